"""Between the card data of a model and its README.md."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import yaml

DEEPEST = 50


def readme(repo_id: str, card: Mapping[str, Any]) -> bytes:
    """Front matter, and one line of our own."""
    front = yaml.safe_dump(dict(card), sort_keys=False, allow_unicode=True) if card else ""
    return f"---\n{front}---\n# {repo_id}\n\nSample repository with facts only.\n".encode()


def card_of(body: bytes) -> dict[str, Any]:
    """The card data of a README.md; empty where it has none that this Hub can read."""
    text = body.decode("utf-8-sig", errors="replace").replace("\r\n", "\n").lstrip("\n")
    if not text.startswith("---\n") or "\n---" not in text[3:]:
        return {}
    front = text[4 : text.index("\n---", 3)]
    try:
        if _is_bomb(front):
            return {}
        card = yaml.safe_load(front)
        return json.loads(json.dumps(card, default=str)) if isinstance(card, dict) else {}
    except (yaml.YAMLError, ValueError, TypeError, RecursionError):
        return {}


def _is_bomb(front: str) -> bool:
    """A few aliases of aliases would make gigabytes of JSON, and deep nesting takes seconds."""
    depth = 0
    for event in yaml.parse(front):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if isinstance(event, yaml.AliasEvent) or depth > DEEPEST:
            return True
    return False
