"""A Hub with one small open model, served on a free port, and the real client that asks it."""

from collections.abc import Iterator

import pytest
from huggingface_hub import HfApi

from governance.demo.hub import Hub, hub_server

TOKEN = "hf_alice"


@pytest.fixture
def hub() -> Hub:
    """acme/m is open; alice has a token."""
    hub = Hub()
    hub.add_token(TOKEN, "alice")
    hub.create("acme/m", card={"license": "apache-2.0"})
    hub.push("acme/m", {"config.json": b'{"model_type": "llama"}', "model.safetensors": 5_000_000})
    return hub


@pytest.fixture
def address(hub: Hub) -> Iterator[str]:
    with hub_server(hub) as address:
        yield address


@pytest.fixture
def alice(address: str) -> HfApi:
    return HfApi(endpoint=address, token=TOKEN)


@pytest.fixture
def anybody(address: str) -> HfApi:
    return HfApi(endpoint=address, token=False)
