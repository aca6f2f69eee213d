"""People who decide the same thing at the same instant, each in another way."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.chaos.driver import OVER, SHARED, UNDER, request
from tests.chaos.rig import BOTH, SCALED, Rig
from tests.chaos.scenarios import scenario

APPROVERS = 3


def tokens(rig: Rig) -> list[str]:
    """Of who asks, and of those who decide; made once for a rig."""
    if not rig.tokens:
        asker = rig.clerk.make_user(name="asker", role="editor")
        rig.tokens = [
            asker,
            *(rig.clerk.make_user(name=f"approver-{n}", role="approver") for n in range(APPROVERS)),
        ]
    return rig.tokens


def say(rig: Rig, who: int, method: str, path: str, body: Any) -> tuple[int, Any]:
    """`who` 0 asks, the others decide."""
    headers = {"Authorization": f"Bearer {tokens(rig)[who]}", "Content-Type": "application/json"}
    url = rig.urls[who % len(rig.urls)]
    answer = request(url, method, f"/api/v1{path}", json.dumps(body).encode(), headers, 40)
    return answer.status, answer.body


def breach(rig: Rig, slug: str) -> tuple[str, list[int]]:
    """A deployment of a company over the limit, and what is open of it; from now on it may be waived."""
    rig.driver.deploy(slug, SHARED, "acme", never=False, revision=rig.shared_revision)
    rig.settle()
    rows = rig.platform.get(f"/violations/?deployment={slug}&status=open")["results"]
    assert rows, f"{slug} breaches nothing"
    return slug, [row["id"] for row in rows]


def request_waiver(rig: Rig, violation: int, until: datetime) -> int:
    body = {"reason": "for a time", "until": until.isoformat()}
    status, told = say(rig, 0, "POST", f"/violations/{violation}/waivers/", body)
    assert status == 201, told
    return int(told["id"])


def decide(rig: Rig, waiver: int, verb: str, approver: int) -> int:
    status, told = say(rig, 1 + approver % APPROVERS, "POST", f"/waivers/{waiver}/{verb}/", {"reason": "so"})
    assert status in (200, 409, 503), (verb, status, told)
    return status


@scenario(12, "waivers decided and revoked at once", on=BOTH, short=SCALED)
def waivers(rig: Rig, chance: random.Random, long: bool) -> dict[str, Any]:
    rounds, decided = (20, 0) if long else (2, 0)
    for _ in range(rounds):
        slug, violations = breach(rig, f"waived-{chance.randrange(10**9)}")
        until = datetime.now(UTC) + timedelta(days=30)
        asked = [request_waiver(rig, violation, until) for violation in violations]
        verbs = chance.choices(["approve", "decline", "revoke"], [3, 2, 1], k=16 if long else 8)
        jobs = [(waiver, verb, number) for number, verb in enumerate(verbs) for waiver in asked]
        with ThreadPoolExecutor(8) as pool:
            statuses = list(pool.map(lambda job: decide(rig, *job), jobs))
        decided += len(jobs)
        standing = [one_outcome(rig, waiver, jobs, statuses) for waiver in asked]
        rig.settle()
        allowed = rig.driver.ask("GET", f"/gate/?deployment={slug}").body["allow"]
        assert allowed == all(status == "approved" for status in standing), (slug, standing, allowed)
        if not allowed:
            rig.ledger.forbid(slug)
    return {"rounds": rounds, "decisions": decided}


def one_outcome(rig: Rig, waiver: int, jobs: Sequence[tuple[int, str, int]], statuses: Sequence[int]) -> str:
    """What stands in the end; as if the accepted decisions had come one after the other."""
    taken = [job[1] for job, status in zip(jobs, statuses, strict=True) if job[0] == waiver and status == 200]
    decisions = [verb for verb in taken if verb != "revoke"]
    assert len(decisions) <= 1, f"waiver {waiver} was decided {len(decisions)} times: {taken}"
    [[standing]] = rig.platform.sql(f"SELECT status FROM compliance_waiver WHERE id = {waiver}")
    revoked = "revoke" in taken
    expected = {"revoked"} if revoked and "decline" not in taken else {"approved", "declined", "revoked"}
    assert standing in expected, f"{taken} ended as {standing}"
    return str(standing)


@scenario(12, "thresholds edited at once", on=BOTH, short=SCALED)
def thresholds(rig: Rig, chance: random.Random, long: bool) -> dict[str, Any]:
    """What stands is judged by the parameters and the figure that stand."""
    slug = f"edited-{chance.randrange(10**9)}"
    rig.driver.company(slug, UNDER)
    rig.driver.deploy(slug, SHARED, slug, never=False, revision=rig.shared_revision)
    rig.settle()
    rows = rig.platform.get("/assignments/?policy=license.usage-threshold")["results"]
    path = f"/assignments/{rows[0]['id']}/"
    shares = [round(chance.uniform(0.5, 0.99), 3) for _ in range(20 if long else 6)]
    figures = [chance.choice([UNDER, OVER]) for _ in shares]

    def edit(number: int) -> int:
        rig.driver.restate(slug, figures[number], key=f"figure:{slug}:{number}")
        return rig.driver.ask("PATCH", path, {"params": {"warn_at": shares[number]}}, web=number).status

    with ThreadPoolExecutor(6) as pool:
        statuses = set(pool.map(edit, range(len(shares))))
    assert statuses <= {200}, statuses
    rig.settle()
    other = rig.platform.sql(
        "SELECT count(*) FROM compliance_standing s JOIN compliance_assignment a ON a.id = s.assignment_id"
        " JOIN compliance_verdict v ON v.id = s.verdict_id WHERE a.removed_at IS NULL AND s.case_id IN"
        " (SELECT case_id FROM compliance_subject WHERE deployment_id IS NOT NULL)"
        " AND CAST(a.params AS text) <> CAST(v.params AS text)"
    )
    gate = rig.driver.ask("GET", f"/gate/?deployment={slug}").body
    asked = rig.driver.ask("POST", "/checks/?wait=30", {"deployment": slug}, key=f"check:{slug}:last")
    rig.ledger.note("check", key=f"check:{slug}:last", state="accepted", id=asked.body["id"])
    assert gate["decision"] == asked.body["decision"], (gate, asked.body["decision"])
    assert other == [(0,)], f"{other[0][0]} standing verdicts rest on other parameters"
    if not gate["allow"]:
        rig.ledger.forbid(slug)
    return {"edits": 2 * len(shares)}
