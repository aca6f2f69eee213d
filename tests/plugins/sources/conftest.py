"""A served sample Hub with models of our own making, and the source that reads it."""

from collections.abc import Iterator

import pytest

from governance.demo.hub import Hub, hub_server
from plugins.sources.huggingface import HuggingFace

TOKEN = "hf_alice"
LICENSE = b"Terms of the model m.\n"


@pytest.fixture
def hub() -> Hub:
    """acme/m: a card, a license, a configuration and weights. alice has a token."""
    hub = Hub()
    hub.add_token(TOKEN, "alice")
    hub.create("acme/m", card={"license": "apache-2.0"}, facts={"pipeline_tag": "text-generation"})
    files = {"LICENSE": LICENSE, "config.json": b'{"model_type": "llama"}', "model.safetensors": 5_000_000}
    hub.push("acme/m", files)
    return hub


@pytest.fixture
def address(hub: Hub) -> Iterator[str]:
    with hub_server(hub) as address:
        yield address


@pytest.fixture
def source(address: str) -> HuggingFace:
    """As alice."""
    return HuggingFace({"endpoint": address, "token": TOKEN})


@pytest.fixture
def impatient(address: str) -> HuggingFace:
    """For what never ends by itself."""
    return HuggingFace({"endpoint": address, "token": TOKEN, "timeout": 0.5, "total_seconds": 1})


@pytest.fixture
def anybody(address: str) -> HuggingFace:
    return HuggingFace({"endpoint": address})
