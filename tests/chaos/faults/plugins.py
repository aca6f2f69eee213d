"""Policies that raise, loop, exit, eat memory or answer nonsense, installed as anybody installs a plugin."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

from tests.chaos.rig import BOTH, EMBEDDED, Rig
from tests.chaos.scenarios import scenario

HEAD = """
import os, signal
from governance.core.facts import Facet, Subject
from governance.core.policy import Policy, PolicyParams
"""
POLICY = '''
class {name}(Policy):
    """A policy that misbehaves."""
    key = "hostile.{key}"; version = 1; judges = {{Subject.DEPLOYMENT}}; reads = {{Facet.DEPLOYMENT}}
    class Params(PolicyParams):
        pass
    def evaluate(self, facts, params):
        {body}
'''
BODIES = {
    "raises": "raise RuntimeError('boom')",
    "exits": "os._exit(0)",
    "dies": "os.kill(os.getpid(), signal.SIGKILL)",
    "nothing": "return None",
    "eats": "kept = [bytearray(8 << 20) for _ in range(256)]",
    "loops": "while True: pass",
}


def install(folder: Path) -> Path:
    """A package with all of them, as pip would have installed it; answers what belongs on PYTHONPATH."""
    site = folder / "site"
    info = site / "hostile_policies-1.0.dist-info"
    info.mkdir(parents=True, exist_ok=True)
    classes = [POLICY.format(name=key.title(), key=key, body=body) for key, body in BODIES.items()]
    (site / "hostile_policies.py").write_text(HEAD + "\n".join(classes))
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: hostile-policies\nVersion: 1.0\n")
    points = "\n".join(f"{key} = hostile_policies:{key.title()}" for key in BODIES)
    (info / "entry_points.txt").write_text(f"[modelsteward.plugins]\n{points}\n")
    return site


@scenario(7, "policies that misbehave", on=BOTH, short=EMBEDDED)
def hostile(rig: Rig, chance: random.Random, long: bool) -> dict[str, Any]:
    """Each is an error of its own: the gate denies what it judges; what is beside it is judged as ever."""
    chosen = list(BODIES) if long else chance.sample(list(BODIES)[:4], 2)
    name = f"hostile-{chance.randrange(10**9)}"
    rig.extra = {"PYTHONPATH": str(install(rig.platform.folder))}
    rig.restart(*rig.platform.commands)
    assigned = []
    try:
        for key in chosen:
            body = {"policy": f"hostile.{key}", "mode": "enforce", "environments": ["lab"]}
            assigned.append(rig.driver.send("assignment", "/assignments/", body, key=f"{name}:{key}")["id"])
        repo_id = rig.new_model(name)
        rig.driver.send("model", "/models/", {"repo_id": repo_id}, key=f"model:{name}")
        rig.driver.deploy(f"{name}-lab", repo_id, "acme", environment="lab")
        neighbor = rig.driver.event(f"{name}-beside")
        check = rig.driver.check(f"{name}-lab")
        rig.settle()
        found = findings(rig, check)
        missing = [key for key in chosen if found.get(f"hostile.{key}") != {"error"}]
        assert not missing, f"no error is told of {missing}: {found}"
        assert not [key for key in findings(rig, neighbor) if key.startswith("hostile")]
        assert "error" not in set().union(*findings(rig, neighbor).values()), "a neighbor was hurt"
    finally:
        for pk in assigned:
            rig.driver.ask("DELETE", f"/assignments/{pk}/")
        rig.settle()
        rig.extra = {}
        rig.restart(*rig.platform.commands)
    return {"policies": chosen, "repeats_allowed": 4}


def findings(rig: Rig, check: int) -> dict[str, set[str]]:
    """Policy -> outcomes, of a check that is finished."""
    told: dict[str, set[str]] = {}
    for finding in rig.platform.get(f"/checks/{check}/")["findings"]:
        told.setdefault(finding["policy"], set()).add(finding["outcome"])
    return told
