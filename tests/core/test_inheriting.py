"""Models as children of all their ancestors: any graph ends, and each conflict names who brings it."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from governance.core.conflicts import Passed
from governance.core.facts import GoverningLicense, SnapshotFacts, TermsFacts
from governance.core.inheriting import Child, Inherited, ancestors, child_of, could_carry, judge, judge_all
from governance.core.lineage import Descent, governing_licenses
from governance.core.reading import Relation
from governance.discovery import catalog

LICENSES = catalog().licenses
KEYS = ("mit", "apache-2.0", "cc-by-nc-4.0", "llama3.1", "gemma-2024-04-01", "agpl-3.0-only", "cc-by-nd-4.0")
OWN = "a/0"


def judged(descents, licenses):
    """Every ancestor's license that reaches `a/0`, with its outcome."""
    found = governing_licenses(OWN, descents, licenses, LICENSES)
    above = ancestors(found.governing, LICENSES)
    own = licenses.get(OWN, "")
    child = Child(OWN, (LICENSES[own],) if own in LICENSES else (), bool(own))
    told = judge_all([one.passed for one in above], child)
    return [(one.license, edge) for one, edge in zip(above, told, strict=True)]


NAMES = [f"{owner}/{n}" for owner in "abcd" for n in range(3)]
edges = st.lists(
    st.builds(Descent, st.sampled_from(NAMES), st.sampled_from(NAMES), st.sampled_from(Relation)), max_size=20
)
stated = st.dictionaries(st.sampled_from(NAMES), st.sampled_from(["", "gone", *KEYS]))


@given(edges, stated)
def test_in_any_graph_each_conflict_names_an_ancestor_under_that_license(descents, licenses):
    for license, edge in judged(descents, licenses):
        assert licenses[license.repo_id] == license.license
        if edge.outcome is Inherited.CONFLICT:
            assert edge.conflicts
            assert license.license not in ("mit", "apache-2.0")
            assert license.license != licenses.get(OWN) or all(one.barred for one in edge.conflicts)


@given(edges, stated, st.sampled_from(NAMES), st.sampled_from(Relation))
def test_one_ancestor_more_never_makes_a_conflict_go_away(descents, licenses, parent, relation):
    def conflicting(descents):
        told = judged(descents, licenses)
        return {(one.license, one.repo_id) for one, edge in told if edge.outcome is Inherited.CONFLICT}

    assert conflicting(descents) <= conflicting([*descents, Descent(OWN, parent, relation)])


@given(st.lists(st.sampled_from(sorted(LICENSES)), min_size=1, max_size=3), st.sampled_from(Relation))
def test_what_is_suggested_fits_every_parent(keys, relation):
    parents = [Passed(LICENSES[key], LICENSES[key].reaching(relation), relation) for key in keys]
    for key in could_carry(parents, LICENSES):
        told = [judge(parent, Child("x/model", (LICENSES[key],))) for parent in parents]
        assert Inherited.CONFLICT not in [one.outcome for one in told]


@pytest.mark.parametrize(
    ("keys", "fitting", "unfit"),
    [
        (["cc-by-nc-4.0"], {"cc-by-nc-4.0", "cc-by-nc-sa-4.0"}, {"mit", "cc-by-4.0", "qwen-research"}),
        (["llama3.1"], {"llama3.1"}, {"mit", "llama3"}),
        (["apache-2.0", "agpl-3.0-only"], {"agpl-3.0-only"}, {"apache-2.0", "mit"}),
        (["llama3.1", "agpl-3.0-only"], set(), {"llama3.1", "agpl-3.0-only"}),
        (["cc-by-nd-4.0"], set(), set(LICENSES)),
    ],
)
def test_which_licenses_a_child_could_carry(keys, fitting, unfit):
    found = set(could_carry([Passed(LICENSES[key]) for key in keys], LICENSES))
    assert fitting <= found
    assert not found & unfit
    assert fitting or not found


def test_an_id_that_several_texts_share_means_the_text_of_the_ancestor():
    governing = (GoverningLicense(license="gemma-2024-04-01", repo_id="google/gemma-2-9b", depth=1),)
    facts = TermsFacts(governing=governing, terms={"gemma-2024-04-01": LICENSES["gemma-2024-04-01"]})
    said = SnapshotFacts(
        repo_id="x/tuned", source="huggingface", revision="1", statements=(("tag", "gemma"),)
    )
    assert [terms.key for terms in child_of(said, facts).terms] == ["gemma-2024-04-01"]
    other = said.model_copy(update={"statements": (("tag", "other"),)})
    assert (child_of(other, facts).terms, child_of(other, facts).stated) == ((), True)
    silent = said.model_copy(update={"statements": ()})
    assert not child_of(silent, facts).stated


def _line(size: int) -> list[Descent]:
    return [Descent(f"o{n}/m", f"o{n + 1}/m", Relation.FINETUNE) for n in range(size - 1)]


def _circle(size: int) -> list[Descent]:
    return [*_line(size), Descent(f"o{size - 1}/m", "o0/m", Relation.MERGE)]


def _tangle(size: int) -> list[Descent]:
    pick = random.Random(7)
    kinds = list(Relation)
    return [
        Descent(f"o{n}/m", f"o{pick.randrange(size)}/m", pick.choice(kinds))
        for n in range(size)
        for _ in "123"
    ]


def _fan(size: int) -> list[Descent]:
    return [Descent("o0/m", f"o{n}/m", Relation.MERGE) for n in range(1, size)]


@pytest.mark.timeout(30)
@pytest.mark.parametrize("shape", [_line, _circle, _tangle, _fan])
def test_ten_thousand_models_with_circles_and_missing_ones_are_gone_through_once(shape):
    """It is a matter of half a second; who goes through them once for each of them never comes to an end."""
    size = 10_000
    licenses = {f"o{n}/m": KEYS[n % len(KEYS)] for n in range(size) if n % 11}
    licenses["o0/m"] = "mit"
    descents = shape(size)
    found = governing_licenses("o0/m", descents, licenses, LICENSES)
    above = ancestors(found.governing, LICENSES)
    told = judge_all([one.passed for one in above], Child("o0/m", (LICENSES["mit"],)))
    assert {one.outcome for one in told} >= {Inherited.CONFLICT, Inherited.OK}
    assert found.unknown
