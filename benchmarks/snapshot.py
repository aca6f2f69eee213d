"""P9: requests for one snapshot of a 220-file, 30-shard repository, counted at the hub.

Compared with what the usual calls of the client cost on the same served repository (without reading the
headers of the shards, which took 75 on a real one), and with one HEAD per file.
"""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Callable
from tempfile import TemporaryDirectory

os.environ.update(HF_HUB_DISABLE_TELEMETRY="1", HF_HUB_DISABLE_XET="1")  # read when the client is imported

from huggingface_hub import HfApi, hf_hub_download

from governance.core.reading import Known
from governance.demo.hub import Hub, hub_server
from plugins.sources.huggingface import HuggingFace

GOAL = 3
SHARDS = 30
FILES = 220
MODEL = "bench/large"


def repository() -> Hub:
    """30 shards, and small files to make 220."""
    hub = Hub()
    hub.create(MODEL, card={"license": "other", "license_name": "bench"})
    shards: dict[str, bytes | int | None] = {
        f"model-{number:05}-of-{SHARDS:05}.safetensors": 5_000_000_000 for number in range(1, SHARDS + 1)
    }
    named = {"LICENSE": b"Terms.\n", "USE_POLICY.md": b"Uses.\n", "config.json": b'{"model_type": "llama"}'}
    small = {f"assets/{number:03}.json": b"{}" for number in range(FILES - SHARDS - len(named) - 1)}
    hub.push(MODEL, {**shards, **named, **small})
    return hub


def counted(hub: Hub, work: Callable[[], object]) -> int:
    hub.forget()
    work()
    return hub.count()


def per_file(address: str) -> None:
    """The listing, and the size and hash of each file by its own HEAD."""
    api = HfApi(endpoint=address, token=False)
    for path in api.list_repo_files(MODEL):
        api.get_hf_file_metadata(url=f"{address}/{MODEL}/resolve/main/{path}", token=False)


def usual(address: str) -> None:
    """Info, tree, refs, weights' metadata and texts, each by the call of the client that is made for it."""
    api = HfApi(endpoint=address, token=False)
    api.model_info(MODEL)
    list(api.list_repo_tree(MODEL, recursive=True))
    api.list_repo_refs(MODEL)
    for path in (name for name in api.list_repo_files(MODEL) if name.endswith(".safetensors")):
        api.get_hf_file_metadata(url=f"{address}/{MODEL}/resolve/main/{path}", token=False)
    with TemporaryDirectory() as cache:
        for path in ("README.md", "LICENSE", "USE_POLICY.md", "config.json"):
            hf_hub_download(MODEL, path, endpoint=address, token=False, cache_dir=cache)


def main() -> None:
    logging.disable(logging.WARNING)
    hub = repository()
    with hub_server(hub) as address:
        source = HuggingFace({"endpoint": address})
        requests = counted(hub, lambda: source.read(MODEL, "main", Known()))
        known = Known(hub[MODEL].branches["main"])
        result = {
            "name": "P9 requests per snapshot",
            "requests": requests,
            "unchanged": counted(hub, lambda: source.read(MODEL, "main", known)),
            "goal": GOAL,
            "compared_with": {
                "usual client code": 75,
                "usual client code, here": counted(hub, lambda: usual(address)),
                "one HEAD per file": counted(hub, lambda: per_file(address)),
            },
        }
    print(json.dumps(result))


if __name__ == "__main__":
    main()
