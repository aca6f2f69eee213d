"""A mail server that is away, busy, refuses, falls silent, or hangs up at the end; a webhook that fails."""

from __future__ import annotations

import random
import time
from typing import Any

from tests.chaos.rig import BOTH, EMBEDDED, PATIENCE, Rig
from tests.chaos.scenarios import scenario
from tests.flow.cast import PEOPLE
from tests.servers.smtp import Answer, Moment

STORMS = {
    "421 at the beginning": (Answer.UNAVAILABLE, Moment.MAIL),
    "421 at the recipient": (Answer.UNAVAILABLE, Moment.RCPT),
    "451 at the recipient": (Answer.TRY_LATER, Moment.RCPT),
    "451 after the text": (Answer.TRY_LATER, Moment.DATA),
    "silence after the text": (Answer.HANG, Moment.DATA),
    "cut off before the 250": (Answer.CLOSE, Moment.DATA),
}


@scenario(9, "mail refused for now, cut off, or never answered", on=BOTH, short=EMBEDDED)
def storms(rig: Rig, chance: random.Random, long: bool) -> dict[str, Any]:
    kinds = list(STORMS) if long else ["cut off before the 250", chance.choice(list(STORMS)[:4])]
    cut = 0
    for kind in kinds:
        answer, moment = STORMS[kind]
        before = len(rig.mail.messages)
        rig.mail.answer(answer, at=moment)
        rig.driver.burst(f"mail-{chance.randrange(10**9)}", 4 if long else 1)
        tried = len(rig.mail.steps)
        rig.platform.wait(lambda tried=tried: len(rig.mail.steps) > tried, "a mail to be tried", PATIENCE)
        time.sleep(chance.uniform(0, 5 if long else 0.5))
        rig.mail.answer(Answer.ACCEPT)
        if answer is Answer.CLOSE:
            cut += len(rig.mail.messages) - before
        rig.settle(hurry=True)  # hours of waiting, in seconds
    return {"storms": len(kinds), "repeats_allowed": cut + 4 * kinds.count("cut off before the 250")}


@scenario(9, "a webhook that fails, or asks to wait", on=BOTH, short=EMBEDDED)
def hooks(rig: Rig, chance: random.Random, long: bool) -> dict[str, Any]:
    """It is called again until it takes what it is told, under the same id."""
    statuses = [500, 503, 429] if long else [chance.choice([500, 503, 429])]
    for status in statuses:
        rig.hooks.status, called = status, len(rig.hooks.log)
        rig.driver.burst(f"hook-{chance.randrange(10**9)}", 4 if long else 1)
        rig.platform.wait(lambda called=called: len(rig.hooks.log) > called, "a call", PATIENCE)
        time.sleep(chance.uniform(0, 3 if long else 0.3))
        rig.hooks.status = 204
        rig.settle(hurry=True)
    failed = [one for one in rig.hooks.log if one.status >= 300]
    assert {one.id for one in failed} <= set(rig.hooks.came()), "what was refused for now never came"
    return {"statuses": statuses, "calls_refused": len(failed)}


@scenario(9, "one of many refused for good", on=BOTH, short=EMBEDDED)
def one_refused(rig: Rig, chance: random.Random, long: bool) -> dict[str, Any]:
    """The others get theirs, and what was refused is shown as refused."""
    gone = PEOPLE[1]
    rig.mail.answer(Answer.REFUSE, to=gone)
    try:
        names = [f"refused-{chance.randrange(10**9)}" for _ in range(4 if long else 1)]
        for name in names:
            rig.driver.event(name)
        rig.settle()
    finally:
        rig.mail.answer(Answer.ACCEPT, to=gone)
    # A worker of an older version, which knows no webhooks, may have refused those.
    by_mail = "status = 'refused' AND channel = 'email'"
    refused = rig.platform.sql(f"SELECT DISTINCT recipient FROM alerts_delivery WHERE {by_mail}")
    assert refused == [(gone,)], refused
    for name in names:
        told = [kept for kept in rig.mail.messages if name in str(kept.message["Subject"])]
        assert {one for kept in told for one in kept.recipients} == {PEOPLE[0]}, name
    return {"refused": len(names)}
