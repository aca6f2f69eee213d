from __future__ import annotations

import pytest

from governance.core.facts import SnapshotFacts
from plugins.policies.model_look_alike import LookAlike
from tests.plugins.policies.cast import COMMIT, facts, judge, only

LLAMA = "meta-llama/Llama-3.1-8B"


def seen(repo_id, *resembles):
    snapshot = SnapshotFacts(repo_id=repo_id, source="huggingface", revision=COMMIT, resembles=resembles)
    return facts(snapshot=snapshot)


@pytest.mark.parametrize(
    ("resembles", "params", "outcome"),
    [
        ((), {}, "pass"),
        ((LLAMA,), {}, "review"),
        ((LLAMA,), {"accepted": ["META-IIAMA/llama-3.1-8b"]}, "pass"),
        ((LLAMA,), {"accepted": [LLAMA]}, "review"),
    ],
)
def test_a_look_alike_needs_a_second_look_until_it_is_accepted(resembles, params, outcome):
    assert judge(LookAlike, seen("meta-IIama/Llama-3.1-8B", *resembles), **params).outcome == outcome


def test_the_finding_names_what_it_was_matched_to():
    told = only(judge(LookAlike, seen("meta-IIama/Llama-3.1-8B", LLAMA)))
    assert f"is easily taken for {LLAMA}" in told.reason
    assert told.evidence["resembles"] == [LLAMA]
