"""What the policy says of each outcome of the lineage, and to whom it leaves the rest."""

from __future__ import annotations

import pytest

from governance.core.facts import GoverningLicense, SnapshotFacts, TermsFacts
from governance.discovery import catalog
from plugins.policies.license_lineage import Lineage
from tests.plugins.policies.cast import facts, judge

LICENSES = catalog().licenses
CHILD = "other/Chat-8B"


def lineage(own: str, *above: tuple[str, str], fits=("cc-by-nc-4.0",), unknown=(), said=None, against=()):
    """The verdict over a model under `own` (empty: none concluded); each ancestor is (license, relation)."""
    governing = [GoverningLicense(license=own, repo_id=CHILD)] if own else []
    governing += [
        GoverningLicense(license=key, repo_id=f"up/{n}", depth=n, relation=relation)
        for n, (key, relation) in enumerate(above, 1)
    ]
    keys = {one.license for one in governing} & set(LICENSES)
    gaps = unknown if own else (f"{CHILD}: no license could be concluded", *unknown)
    statements = said if said is not None else (("tag", own or "other"),)
    seen = facts(
        terms=TermsFacts(
            governing=tuple(governing),
            terms={key: LICENSES[key] for key in keys},
            unknown=gaps,
            could_carry=fits,
        ),
        snapshot=SnapshotFacts(
            repo_id=CHILD,
            source="huggingface",
            revision="1",
            license=own,
            statements=statements,
            disagreements=against,
        ),
    )
    return judge(Lineage, seen)


def told(verdict) -> list[tuple[str, str]]:
    return [(str(one.outcome), one.evidence.get("outcome", "")) for one in verdict.findings]


UNTAGGED, OTHER = (), (("tag", "other"),)
# Own license, its statements, ancestors with their relation, and what comes out.
CASES = [
    ("mit", None, [], [("not_applicable", "")]),
    ("mit", None, [("mit", "finetune")], [("pass", "ok")]),
    ("mit", None, [("cc-by-nc-4.0", "finetune")], [("fail", "conflict"), ("duty", "obligation")]),
    ("mit", None, [("qwen-research", "finetune")], [("review", "conflict")]),
    ("apache-2.0", None, [("mit", "quantized")], [("duty", "obligation"), ("pass", "ok")]),
    ("llama2", None, [("mit", "finetune")], [("pass", "over_restrictive"), ("duty", "obligation")]),
    ("", UNTAGGED, [("llama3", "finetune")], [("review", "undeclared"), ("duty", "obligation")]),
    ("", UNTAGGED, [("mit", "finetune")], [("duty", "undeclared"), ("duty", "obligation")]),
    ("", UNTAGGED, [("cc0-1.0", "finetune")], [("pass", "ok")]),
    ("", OTHER, [("llama3", "finetune")], [("unknown", "cannot_tell")]),
    ("", OTHER, [("cc0-1.0", "finetune")], [("unknown", "cannot_tell")]),
    (
        *("", OTHER, [("nanbeige", "finetune")]),
        [("unknown", "cannot_tell"), ("fail", "conflict"), ("duty", "obligation")],
    ),
    ("", (("tag", "gemma"),), [("gemma-2024-04-01", "finetune")], [("pass", "ok")]),
]


@pytest.mark.parametrize(("own", "said", "above", "expected"), CASES)
def test_each_outcome_of_an_edge_has_its_finding(own, said, above, expected):
    assert told(lineage(own, *above, said=said)) == expected


def test_the_whole_chain_counts_and_each_ancestor_is_named():
    verdict = lineage("apache-2.0", ("apache-2.0", "quantized"), ("llama3.1", "finetune"))
    conflict = verdict.findings[0]
    assert conflict.evidence["parent"] == "up/2"
    assert conflict.evidence["depth"] == 2
    assert "from up/2" in conflict.reason
    assert conflict.license == "llama3.1"


def test_what_is_not_known_of_an_ancestor_is_named_beside_what_is():
    verdict = lineage("mit", ("mit", "merge"), unknown=("up/9: not registered",))
    assert told(verdict) == [("unknown", "cannot_tell"), ("pass", "ok")]
    assert verdict.findings[0].missing == ("license of up/9",)


def test_a_relation_that_is_not_stated_counts_as_a_derivative_and_says_so():
    assert "counts as a derivative" in lineage("mit", ("llama2", "unknown")).findings[0].reason
    assert "counts as a derivative" not in lineage("mit", ("llama2", "merge")).findings[0].reason


def test_two_statements_that_disagree_are_a_mismatch():
    verdict = lineage("mit", against=("The text of LICENSE is mit, but the license tag 'x' is x.",))
    assert told(verdict) == [("review", "mismatch")]


class TestRemedies:
    def test_licenses_that_fit_are_named(self):
        [conflict, _] = lineage("mit", ("cc-by-nc-4.0", "merge")).findings
        assert "Creative Commons Attribution-NonCommercial 4.0" in conflict.how_to_fix
        assert conflict.evidence["could_carry"] == ["cc-by-nc-4.0"]

    @pytest.mark.parametrize("above", [("nanbeige", "merge"), ("cc-by-nc-nd-4.0", "finetune")])
    def test_where_none_fits_that_is_said(self, above):
        assert "No license that is known here fits" in lineage("mit", above, fits=()).findings[0].how_to_fix

    def test_a_name_that_does_not_begin_as_it_must_is_an_obligation(self):
        assert told(lineage("llama3", ("llama3", "finetune"))) == [("duty", "obligation"), ("pass", "ok")]


def test_what_one_parent_asks_for_is_not_too_much_because_another_asks_for_less():
    verdict = lineage("cc-by-nc-4.0", ("apache-2.0", "merge"), ("cc-by-nc-4.0", "merge"))
    assert "over_restrictive" not in [outcome for _, outcome in told(verdict)]
