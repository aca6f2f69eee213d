from __future__ import annotations

import pytest

from governance.core.facts import SnapshotFacts
from plugins.policies.model_pinned_revision import PinnedRevision
from tests.plugins.policies.cast import COMMIT, MODEL, deployment, facts, judge, only

LONG = "0f" * 32


def told(named, judged=COMMIT, source="huggingface"):
    snapshot = SnapshotFacts(repo_id=MODEL, source=source, revision=judged)
    return only(judge(PinnedRevision, facts(snapshot=snapshot, deployment=deployment(revision=named))))


@pytest.mark.parametrize(
    ("named", "judged", "outcome"),
    [
        (COMMIT, COMMIT, "pass"),
        (LONG, LONG, "pass"),
        ("main", COMMIT, "fail"),
        ("v1.0", COMMIT, "fail"),
        (COMMIT[:7], COMMIT, "fail"),
        (COMMIT.upper(), COMMIT, "fail"),
        (LONG, COMMIT, "fail"),
        ("", COMMIT, "unknown"),
        ("v1", "v1", "review"),
    ],
)
def test_only_the_full_commit_id_that_was_judged_pins(named, judged, outcome):
    assert told(named, judged).outcome == outcome


def test_a_branch_is_told_the_commit_to_name():
    assert told("main").how_to_fix == f"Pin the deployment to commit {COMMIT}."


def test_versions_recorded_by_hand_do_not_move():
    assert told("2026-05", "2026-05", source="manual").outcome == "pass"
