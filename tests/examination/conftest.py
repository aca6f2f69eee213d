"""A platform on which every shipped policy is enforced, with the company acme and its product chat."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from governance.demo.hub import Hub, hub_server, sample_hub
from governance.demo.hub.sample import DEMO_TOKEN
from tests.examination.platform import Platform


@pytest.fixture
def platform(db: Any) -> Platform:
    made = Platform()
    made.company("acme")
    made.product("chat")
    return made


@pytest.fixture
def hub(settings: Any) -> Iterator[Hub]:
    made = sample_hub()
    with hub_server(made) as address:
        settings.SOURCE_OPTIONS = {"endpoint": address, "token": DEMO_TOKEN, "timeout": 5}
        yield made
