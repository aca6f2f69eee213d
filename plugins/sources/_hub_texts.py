"""Which texts of a revision are worth a request, and what they say."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from governance.core.reading import RepositoryFile, TextFile
from plugins.sources._hub_info import shallow

CARD = "README.md"
CONFIG = "config.json"
WORDS = re.compile(r"licen[cs]e|copying|use[-_ ]?policy", re.IGNORECASE)
PLAIN = re.compile(r"(?:.*\.(?:md|txt|rst|markdown)|[^.]*|.*licen[cs]e[^/]*)", re.IGNORECASE)
BEST = re.compile(r"(?:licen[cs]e|copying)(?:\.(?:md|txt|rst|markdown))?", re.IGNORECASE)


def license_paths(files: Iterable[RepositoryFile]) -> list[str]:
    """LICENSE files in the top folder, the plainest name first; use policies last."""
    paths = [file.path for file in files if "/" not in file.path and is_license_text(file.path)]
    return sorted(paths, key=_worth)


def _worth(path: str) -> tuple[bool, bool, bool, str]:
    """`LICENSE-MODEL` comes before `LICENSE-CODE`: the weights are what is deployed."""
    return not is_license(path), not BEST.fullmatch(path), "model" not in path.lower(), path


def is_license_text(path: str) -> bool:
    return bool(WORDS.search(path) and PLAIN.fullmatch(path)) and not path.lower().endswith((".py", ".json"))


def is_license(path: str) -> bool:
    """A license, and not the use policy beside it."""
    return "policy" not in path.lower()


def text_file(path: str, data: bytes, oid: str) -> TextFile:
    text = data.decode("utf-8-sig", "replace").replace("\0", "\ufffd")
    return TextFile(path=path, text=text, sha256=hashlib.sha256(data).hexdigest(), oid=oid)


def names_code(config: Any) -> bool:
    """Whether a model's configuration names code to load: `auto_map`, or a repository for a part of it."""
    if isinstance(config, dict):
        return any(_is_code(name, value) or names_code(value) for name, value in config.items())
    return isinstance(config, list) and any(names_code(item) for item in config)


def _is_code(name: str, value: Any) -> bool:
    if name in ("auto_map", "custom_pipelines"):
        return bool(value)
    return "_implementation" in name and isinstance(value, str) and "/" in value


def config_of(text: str) -> Mapping[str, Any] | None:
    """The object in a config.json; None where it is none that can be read."""
    try:
        config = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return config if isinstance(config, dict) and shallow(config) else None
