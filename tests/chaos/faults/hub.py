"""A hub that fails, limits, lies, hangs or sends elsewhere, and webhooks that lie about it."""

from __future__ import annotations

import json
import random
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from governance.demo.hub import DEMO_TOKEN
from tests.chaos.driver import request
from tests.chaos.rig import BOTH, EMBEDDED, PATIENCE, SECRET, Rig
from tests.chaos.scenarios import scenario
from tests.servers.hub import faults

FAILING = {
    "429": faults.too_many_requests("1"),
    "429 for years": faults.too_many_requests("99999999"),
    "500": faults.status(500),
    "503": faults.status(503),
    "page of a proxy": faults.html,
    "half a JSON": faults.not_json,
    "no text": faults.not_utf8,
    "nested": faults.deeply_nested(20_000),
    "cut off": faults.truncated(100, 1000),
    "reset": faults.resetting,
    "redirects without end": faults.redirect_loop,
    "drops": faults.dripping(2.0),
    "silence": faults.hanging,
}
MOST_ASKED = 60
"""Requests for one model while the hub fails; more would be a storm."""


@scenario(8, "a hub that fails in every way", on=BOTH, short=EMBEDDED)
def failing(rig: Rig, chance: random.Random, long: bool) -> dict[str, Any]:
    kinds = list(FAILING) if long else chance.sample(list(FAILING)[:-2], 3)
    asked = 0
    for kind in kinds:
        name = f"hub-{chance.randrange(10**9)}"
        path = f"/api/models/acme/{name}*"
        rig.hub.fail(FAILING[kind], path)
        rig.driver.event(name)
        rig.platform.wait(lambda path=path: rig.hub.count(path) > 0, "the hub to be asked", PATIENCE)
        time.sleep(chance.uniform(0, 5 if long else 0.3))
        told = rig.driver.ask("GET", f"/gate/?deployment={name}").body
        assert told["allow"] is False, told
        assert told["reasons"], told
        asked = max(asked, rig.hub.count(path))
        rig.hub.heal()
        rig.settle(hurry=True)
        state = rig.platform.get(f"/models/?repo_id=acme/{name}")["results"][0]["state"]
        assert state in ("available", "invalid"), f"after {kind} it stays {state}"
        if state == "invalid":  # said of an answer that was read; looked at again with the next sweep of all
            pk = rig.platform.get(f"/models/?repo_id=acme/{name}")["results"][0]["id"]
            rig.driver.send("sync", f"/models/{pk}/sync/", None, key=f"sync:{name}")
            rig.settle(hurry=True)
    assert asked <= MOST_ASKED, f"the hub was asked {asked} times while it failed"
    return {"faults": len(kinds), "most_asked": asked}


@scenario(8, "a hub that sends elsewhere", on=BOTH, short=EMBEDDED)
def elsewhere(rig: Rig, chance: random.Random, long: bool) -> dict[str, Any]:
    """The token is for the hub alone."""
    name = f"elsewhere-{chance.randrange(10**9)}"
    before = len(rig.hooks.log)
    rig.hub.fail(faults.redirected(rig.hooks.address), f"/api/models/acme/{name}*", times=3)
    rig.driver.event(name)
    rig.settle(hurry=True)
    rig.hub.heal()
    leaked = [one.path for one in rig.hooks.log[before:] if DEMO_TOKEN in str(dict(one.headers))]
    assert not leaked, f"the token of the hub was sent elsewhere: {leaked}"
    pk = rig.platform.get(f"/models/?repo_id=acme/{name}")["results"][0]["id"]
    rig.driver.send("sync", f"/models/{pk}/sync/", None, key=f"sync:{name}")
    return {"followed": len(rig.hooks.log) - before}


@scenario(11, "webhooks repeated, out of order, replayed, forged", on=BOTH, short=EMBEDDED)
def webhooks(rig: Rig, chance: random.Random, long: bool) -> dict[str, Any]:
    name = f"hinted-{chance.randrange(10**9)}"
    repo_id = rig.new_model(name)
    rig.driver.event(name)
    rig.settle()
    heads = [rig.hub.push(repo_id, card={"license": "llama3.1", "tags": [str(n)]}) for n in range(2)]
    older, newer = (hint(repo_id, head) for head in heads)
    with ThreadPoolExecutor(10) as pool:
        forged = list(pool.map(lambda secret: post(rig, newer, secret), ["", "wrong", SECRET[:-1]] * 3))
        taken = list(pool.map(lambda body: post(rig, body), [newer] * (50 if long else 20) + [older] * 5))
    assert set(forged) <= {401, 403}, forged
    assert set(taken) == {202}, taken
    rig.settle()
    looks = rig.hub.count(f"/api/models/{repo_id}*")
    assert head_of(rig, repo_id) == heads[-1], "the model does not stand where the hub has it"
    post(rig, older)  # replayed, much later
    rig.settle()
    assert head_of(rig, repo_id) == heads[-1], "a replayed hint took it back"
    snapshots = rig.platform.sql(
        "SELECT s.revision, count(*) FROM registry_snapshot s JOIN registry_model m ON m.id = s.model_id"
        f" WHERE m.repo_id = '{repo_id}' GROUP BY s.revision HAVING count(*) > 1"
    )
    assert not snapshots, f"one commit was read into two snapshots: {snapshots}"
    return {"hints": len(taken), "forged": len(forged), "looks": looks}


def hint(repo_id: str, head: str) -> dict[str, Any]:
    ref = {"ref": "refs/heads/main", "newSha": head}
    return {
        "event": {"action": "update", "scope": "repo.content"},
        "repo": {"type": "model", "name": repo_id, "headSha": head},
        "updatedRefs": [ref],
    }


def post(rig: Rig, body: Any, secret: str = SECRET) -> int:
    headers = {"X-Webhook-Secret": secret, "Content-Type": "application/json"}
    raw = json.dumps(body).encode()
    return request(rig.urls[0], "POST", "/api/v1/webhooks/huggingface/", raw, headers, 20).status


def head_of(rig: Rig, repo_id: str) -> str:
    [row] = rig.platform.get(f"/models/?repo_id={repo_id}")["results"]
    return str(rig.platform.get(f"/models/{row['id']}/")["latest_snapshot"]["revision"])
