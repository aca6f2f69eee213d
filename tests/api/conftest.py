"""The cast with their tokens, and a platform that tracks one model of the sample Hub."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from governance.demo.hub import hub_server, sample_hub
from governance.pipeline import intake
from governance.pipeline.execution import drain
from tests.cast import Client

LLAMA = "meta-llama/Llama-3.1-405B"
DEPLOYMENT = {
    "slug": "chat-prod",
    "model": LLAMA,
    "product": "chat",
    "environment": "production",
    "regions": ["US"],
    "uses": {"commercial": True, "internal_only": False},
}
USERS = {
    "subject": "product:chat",
    "metric": "monthly_active_users",
    "period": "2024-06",
    "source": "analytics",
}


@pytest.fixture
def alice(db: Any) -> Client:
    return Client("alice")


@pytest.fixture
def eve(db: Any) -> Client:
    return Client("eve")


@pytest.fixture
def ada(db: Any) -> Client:
    return Client("ada")


@pytest.fixture
def vic(db: Any) -> Client:
    return Client("vic")


@pytest.fixture
def hub(settings: Any) -> Iterator[None]:
    with hub_server(sample_hub()) as address:
        settings.SOURCE_OPTIONS = {"endpoint": address, "token": "", "timeout": 5}
        yield


@pytest.fixture
def llama(hub: None, alice: Client) -> int:
    """Id of a tracked model that was read, with Acme and its product chat recorded."""
    tracked = alice.send("models/", {"repo_id": LLAMA})
    alice.send("companies/", {"slug": "acme", "name": "Acme", "domicile": "US", "kind": "commercial"})
    alice.send("products/", {"slug": "chat", "name": "Chat", "company": "acme"})
    drain()
    return int(tracked.json()["id"])


@pytest.fixture
def saved(alice: Client) -> None:
    """A deployment that nobody looked at yet, of a model that was not read."""
    alice.send("models/", {"repo_id": LLAMA})
    assert alice.send("deployments/", {**DEPLOYMENT, "product": None}).status_code == 201


@pytest.fixture
def threshold(db: Any) -> None:
    """The limit on usage is enforced everywhere."""
    intake.load_licenses(actor="bootstrap")
    intake.assign_policy(policy="license.usage-threshold", mode="enforce", actor="bootstrap")


@pytest.fixture
def blocked(llama: int, threshold: None, alice: Client) -> dict[str, Any]:
    """A deployment beyond the limit, judged."""
    alice.send("measurements/", {**USERS, "value": 720_000_000})
    alice.send("deployments/", DEPLOYMENT)
    drain()
    return dict(alice.ask("deployments/chat-prod/").json())
