"""The sample repositories, from data.jsonl.

Each line holds facts of one repository, as the public API and cards of the Hub showed them: id, commit,
gated, license ids, base model, pipeline and library tags, number of parameters. Made up, and the same
everywhere: `hub_id` and `sha` where a line has none, dates without a time of day, blob ids, most file lists
and sizes (names follow the custom of the library, weights add up to the parameters; bert-base-uncased has
its real names), and config.json, which holds only what tells modality and custom code. Left out: license
texts and files (only bert-base-uncased has a LICENSE, filled with a note), and the forms of gated
repositories.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from governance.demo.hub.cards import readme
from governance.demo.hub.repository import EPOCH, Commit, File, Repository, sha1
from governance.demo.hub.state import Hub

DATA = Path(__file__).with_name("data.jsonl")
DEMO_TOKEN = "hf_demo"  # noqa: S105
DEMO_USER = "demo"
NOTE = b"The text of this license is not part of the sample.\n"


def sample_hub() -> Hub:
    """A Hub with the sample repositories; DEMO_TOKEN may read the gated ones."""
    lines = DATA.read_text(encoding="utf-8").splitlines()
    return with_demo_user(Hub(repository(json.loads(line)) for line in lines))


def with_demo_user(hub: Hub) -> Hub:
    """DEMO_TOKEN may read everything that is there by now."""
    hub.add_token(DEMO_TOKEN, DEMO_USER)
    for repo_id in hub.repositories:
        hub.grant_access(repo_id, DEMO_USER)
    return hub


def repository(facts: Mapping[str, Any]) -> Repository:
    """From one line of data.jsonl; keys that are none of ours go to the model info as they are."""
    line = dict(facts)
    repo_id, card = line.pop("id"), line.pop("card")
    files = tuple(sorted(_files(repo_id, card, line), key=lambda file: file.path))
    date = datetime.fromisoformat(line.pop("date")) if "date" in line else EPOCH
    commit = Commit(line.pop("sha", "") or sha1(f"{repo_id} head"), "Upload", date, files, card)
    return Repository(
        repo_id,
        line.pop("hub_id", "") or sha1(repo_id)[:24],
        {commit.id: commit},
        {"main": commit.id},
        dict.fromkeys(line.pop("revision_tags", ()), commit.id),
        line.pop("gated", ""),
        former_ids=tuple(line.pop("former_ids", ())),
        relation=line.pop("relation", "finetune"),
        labels=tuple(line.pop("labels", ())),
        facts=line,
    )


def _files(repo_id: str, card: Mapping[str, Any], line: dict[str, Any]) -> Iterator[File]:
    """Takes the keys `files`, `shards` and `config` from the line."""
    yield File.of("README.md", readme(repo_id, card))
    if "config" in line:
        yield File.of("config.json", json.dumps(line.pop("config"), indent=2).encode())
    for path, size in line.pop("files", {}).items():
        yield File(path, size, NOTE if path.startswith("LICENSE") else b"")
    yield from _shards(**line.pop("shards", {"count": 0, "bytes": 0}))


def _shards(count: int, bytes: int) -> Iterator[File]:
    """Weights in `count` files of nearly one size."""
    for number in range(1, count + 1):
        name = f"model-{number:05d}-of-{count:05d}.safetensors" if count > 1 else "model.safetensors"
        yield File(name, bytes // count + (bytes % count if number == count else 0))
