"""While a fault lasts, a company grows over its limit: from that answer on nothing of it may run."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from tests.chaos.driver import OVER, SHARED, UNDER
from tests.chaos.rig import Rig


@contextmanager
def turning(rig: Rig, chance: random.Random, long: bool) -> Iterator[None]:
    """Something that is allowed before the block, and forbidden from some moment of the block on."""
    slug = f"grower-{chance.randrange(10**9)}"
    rig.driver.company(slug, UNDER)
    rig.driver.deploy(slug, SHARED, slug, never=False, revision=rig.shared_revision)
    rig.settle()
    told = rig.driver.ask("GET", f"/gate/?deployment={slug}").body
    assert told["allow"], f"nothing to lose: {told}"

    def grow() -> None:
        time.sleep(chance.uniform(0, 8 if long else 1.5))
        rig.driver.restate(slug, OVER, key=f"grown:{slug}")
        rig.ledger.forbid(slug)

    growing = threading.Thread(target=grow, name="grower")
    growing.start()
    try:
        yield
    finally:
        growing.join()
