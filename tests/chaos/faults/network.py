"""Connections that stay open while nothing passes: to the database, Redis, the mail server, the hub."""

from __future__ import annotations

import random
import threading
import time
import urllib.parse
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any

from tests.chaos.driver import request
from tests.chaos.proxy import Proxy, proxy
from tests.chaos.rig import SCALED, Rig, supervised
from tests.chaos.scenarios import scenario

LINKS = {"DATABASE_URL": 5432, "REDIS_URL": 6379, "HF_ENDPOINT": 80}
FOUND = 60.0
"""Seconds within which a link that carries nothing must be noticed."""


@contextmanager
def proxied(rig: Rig, names: Sequence[str]) -> Iterator[dict[str, Proxy]]:
    """These processes run again, with a proxy in each of their connections; afterwards without."""
    with ExitStack() as held:
        made, told = {}, {}
        for name, usual in LINKS.items():
            parts = urllib.parse.urlsplit(rig.platform.environment[name])
            made[name] = held.enter_context(proxy(parts.hostname or "", parts.port or usual))
            user = f"{parts.username}@" if parts.username else ""
            netloc = f"{user}127.0.0.1:{made[name].port}"
            told[name] = urllib.parse.urlunsplit(parts._replace(netloc=netloc))
        made["EMAIL_PORT"] = held.enter_context(proxy("127.0.0.1", rig.mail.port))
        told["EMAIL_PORT"] = str(made["EMAIL_PORT"].port)
        rig.extra = told
        try:
            rig.restart(*names)
            yield made
        finally:
            rig.extra = {}
            rig.restart(*names)


@scenario(19, "connections that carry nothing", on=SCALED)
def stalled(rig: Rig, chance: random.Random, long: bool) -> dict[str, Any]:
    told: dict[str, float] = {}
    with proxied(rig, list(rig.platform.commands) if long else rig.of("worker")) as links, supervised(rig):
        chosen = list(links) if long else chance.sample(["REDIS_URL", "HF_ENDPOINT", "EMAIL_PORT"], 2)
        for link in chosen:
            name = f"stalled-{chance.randrange(10**9)}"
            client = threading.Thread(target=rig.driver.burst, args=(name, 2))
            client.start()
            time.sleep(chance.uniform(0, 0.5))
            links[link].stall()
            told[link] = round(noticed(rig, link), 1)
            links[link].mend()
            client.join()
            rig.settle(hurry=True)
    late = {link: seconds for link, seconds in told.items() if seconds > FOUND}
    assert not late, f"noticed too late: {late}"
    return {"noticed_seconds": told, "repeats_allowed": 4 * len(told)}


def noticed(rig: Rig, link: str) -> float:
    """Seconds until the platform says so: by readyz that fails or is silent, or by going on without it."""
    began = time.monotonic()
    if link in ("REDIS_URL", "HF_ENDPOINT", "EMAIL_PORT"):
        rig.driver.event(f"unstalled-{random.randrange(10**9)}")  # the web needs none of these
        return time.monotonic() - began
    while time.monotonic() - began < FOUND + 5:
        if request(rig.urls[0], "GET", "/readyz", None, {}, 10).status != 200:
            break
        time.sleep(0.5)
    return time.monotonic() - began
