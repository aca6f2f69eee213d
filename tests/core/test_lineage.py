from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from governance.core.joined import joined
from governance.core.lineage import Descent, _steps, governing_licenses
from governance.core.reading import Relation
from governance.core.terms import Parts
from tests.core.threshold_cast import license_terms

META, QWEN = ("meta-llama", "facebook"), ("Qwen",)
LICENSORS = {"llama3": META, "llama3.1": META, "llama3.3": META, "qwen": QWEN}
ALL = {
    key: license_terms(key=key).model_copy(update={"hub_namespaces": LICENSORS.get(key, ())})
    for key in ("mit", "cc-by-nc-4.0", *LICENSORS)
}


def descend(*edges: tuple) -> list[Descent]:
    """Each edge is (child, parent) or (child, parent, relation)."""
    return [Descent(e[0], e[1], Relation(e[2] if len(e) > 2 else "finetune")) for e in edges]


def keys(lineage) -> list[tuple[str, str, int]]:
    return [(g.license, g.repo_id, g.depth) for g in lineage.governing]


def test_a_model_without_ancestors_has_its_own_license():
    lineage = governing_licenses("a/model", [], {"a/model": "mit"}, ALL)
    assert keys(lineage) == [("mit", "a/model", 0)]
    assert lineage.governing[0].parts is None
    assert lineage.unknown == ()


def test_what_an_ancestor_passes_on_binds_besides_the_own_license():
    lineage = governing_licenses(
        "deepseek-ai/R1-Distill-Llama-70B",
        descend(("deepseek-ai/R1-Distill-Llama-70B", "meta-llama/Llama-3.3-70B-Instruct", "distilled")),
        {"deepseek-ai/R1-Distill-Llama-70B": "mit", "meta-llama/Llama-3.3-70B-Instruct": "llama3.3"},
        ALL,
    )
    assert keys(lineage) == [
        ("mit", "deepseek-ai/R1-Distill-Llama-70B", 0),
        ("llama3.3", "meta-llama/Llama-3.3-70B-Instruct", 1),
    ]
    assert lineage.governing[1].relation == "distilled"


RELICENSED = [
    # each model of the line with its license, the latest first; then the licenses that govern it
    ("own root, then stricter", [("x/two", "cc-by-nc-4.0"), ("x/one", "mit")], ["cc-by-nc-4.0"]),
    ("own root, then freer", [("x/two", "mit"), ("x/one", "cc-by-nc-4.0")], ["mit"]),
    (
        "somebody else makes more of it",
        [("y/three", "mit"), ("x/two", "mit"), ("x/one", "cc-by-nc-4.0")],
        ["mit", "mit"],
    ),
    (
        "own root that is a Llama derivative",
        [("x/two", "mit"), ("x/one", "llama3.1")],
        ["mit", "llama3.1"],
    ),
    (
        "the first of two comes from Llama, and says so",
        [("x/two", "mit"), ("x/one", "llama3.1"), ("meta-llama/L", "llama3.1")],
        ["mit", "llama3.1", "llama3.1"],
    ),
    (
        "the first of two comes from Llama, and hides it",
        [("x/two", "mit"), ("x/one", "mit"), ("meta-llama/L", "llama3.1")],
        ["mit", "mit", "llama3.1"],
    ),
    ("Qwen relicenses Qwen", [("Qwen/two", "mit"), ("Qwen/one", "qwen")], ["mit"]),
    ("and its tuner cannot", [("x/two", "mit"), ("x/one", "qwen")], ["mit", "qwen"]),
    (
        "a licensor under two names",
        [("x/tuned", "mit"), ("facebook/two", "llama3.3"), ("facebook/one", "llama3.1")],
        ["mit", "llama3.3"],
    ),
    ("a licensor by another name", [("facebook/two", "mit"), ("meta-llama/one", "llama3")], ["mit"]),
    (
        "a licensor from what somebody else made of its own",
        [("meta-llama/two", "mit"), ("x/one", "llama3"), ("meta-llama/root", "llama3")],
        ["mit", "llama3", "llama3"],
    ),
    ("names in capitals", [("QWEN/two", "mit"), ("qwen/one", "qwen")], ["mit"]),
    (
        "a licensor whose own terms stand upon Llama",
        [("Qwen/two", "mit"), ("Qwen/one", "qwen"), ("meta-llama/L", "llama3.1")],
        ["mit", "llama3.1"],
    ),
    (
        "a fork",
        [("fork/two", "mit"), ("fork/one", "cc-by-nc-4.0"), ("x/one", "cc-by-nc-4.0")],
        ["mit", "cc-by-nc-4.0", "cc-by-nc-4.0"],
    ),
    (
        "a fork that made it stricter is nobody's root",
        [("fork/two", "mit"), ("fork/one", "cc-by-nc-4.0"), ("x/one", "mit")],
        ["mit", "cc-by-nc-4.0", "mit"],
    ),
    (
        "two steps of one owner, the root being another's",
        [("x/three", "mit"), ("x/two", "cc-by-nc-4.0"), ("x/one", "mit"), ("y/root", "mit")],
        ["mit", "cc-by-nc-4.0", "mit", "mit"],
    ),
]


class TestTheOwnersOwnWork:
    @pytest.mark.parametrize(
        ("line", "governing"), [one[1:] for one in RELICENSED], ids=[r[0] for r in RELICENSED]
    )
    def test_an_owner_may_relicense_what_is_its_own_to_license(self, line, governing):
        edges = descend(*zip([name for name, _ in line], [name for name, _ in line[1:]], strict=False))
        lineage = governing_licenses(line[0][0], edges, dict(line), ALL)
        assert [g.license for g in lineage.governing] == governing
        assert lineage.unknown == ()

    def test_without_a_license_of_its_own_the_earlier_terms_pass(self):
        edges = descend(("x/two", "x/one"))
        lineage = governing_licenses("x/two", edges, {"x/two": "", "x/one": "mit"}, ALL)
        assert keys(lineage) == [("mit", "x/one", 1)]
        assert lineage.unknown == ("x/two: no license could be concluded",)

    @pytest.mark.parametrize(
        ("held", "unknown"),
        [("", "no license could be concluded"), ("gone", "the terms of gone are not known")],
    )
    def test_a_gap_matters_in_what_came_from_others_only(self, held, unknown):
        edges = descend(("x/three", "x/two"), ("x/two", "x/one"))
        licenses = {"x/three": "mit", "x/two": held, "x/one": "cc-by-nc-4.0"}
        lineage = governing_licenses("x/three", edges, licenses, ALL)
        assert (keys(lineage), lineage.unknown) == ([("mit", "x/three", 0)], ())
        borrowed = [*edges, *descend(("x/one", "y/root"))]
        lineage = governing_licenses("x/three", borrowed, licenses | {"y/root": "mit"}, ALL)
        assert lineage.unknown == (f"x/two: {unknown}",)

    def test_one_license_of_two_may_be_its_own(self):
        edges = descend(("Qwen/two", "Qwen/one"))
        licenses = {"Qwen/two": "mit", "Qwen/one": joined(["qwen", "llama3.1"])}
        lineage = governing_licenses("Qwen/two", edges, licenses, ALL)
        assert [g.license for g in lineage.governing] == ["mit", "llama3.1"]

    def test_names_without_an_owner_are_nobodys_own_work(self):
        lineage = governing_licenses("gpt3", descend(("gpt3", "gpt2")), {"gpt3": "mit", "gpt2": "qwen"}, ALL)
        assert [g.license for g in lineage.governing] == ["mit", "qwen"]


class TestParts:
    TERMS = {
        "mit": license_terms(key="mit"),
        "qwen": license_terms(key="qwen").model_copy(
            update={
                "passes_on": {
                    Relation.DISTILLED: (),
                    Relation.ADAPTER: (Parts.THRESHOLDS, Parts.DUTIES),
                    Relation.MERGE: (Parts.DUTIES, Parts.USES),
                }
            }
        ),
    }
    LICENSES = {"a/own": "mit", "b/mid": "mit", "c/base": "qwen"}

    @pytest.mark.parametrize(
        ("first", "second", "parts"),
        [
            ("finetune", "quantized", None),
            ("finetune", "adapter", (Parts.DUTIES, Parts.THRESHOLDS)),
            ("merge", "adapter", (Parts.DUTIES,)),
            ("unknown", "adapter", (Parts.DUTIES, Parts.THRESHOLDS)),
            ("unknown", "unknown", None),
        ],
    )
    def test_only_what_every_step_of_a_way_passes_on_arrives(self, first, second, parts):
        edges = descend(("a/own", "b/mid", first), ("b/mid", "c/base", second))
        lineage = governing_licenses("a/own", edges, self.LICENSES, self.TERMS)
        assert {g.license: g.parts for g in lineage.governing}["qwen"] == parts

    def test_a_license_that_passes_on_nothing_does_not_govern(self):
        edges = descend(("a/own", "c/base", "distilled"))
        assert keys(governing_licenses("a/own", edges, self.LICENSES, self.TERMS)) == [("mit", "a/own", 0)]

    def test_what_arrives_on_any_way_binds(self):
        edges = descend(("a/own", "c/base", "merge"), ("a/own", "b/mid"), ("b/mid", "c/base", "adapter"))
        lineage = governing_licenses("a/own", edges, self.LICENSES, self.TERMS)
        (qwen,) = [g for g in lineage.governing if g.license == "qwen"]
        assert qwen.parts == (Parts.DUTIES, Parts.THRESHOLDS, Parts.USES)
        assert qwen.depth == 1


class TestUnknown:
    @pytest.mark.parametrize(
        ("licenses", "unknown"),
        [
            ({"a/own": "mit"}, ("b/base: not registered",)),
            ({"a/own": "mit", "b/base": ""}, ("b/base: no license could be concluded",)),
            ({"a/own": "mit", "b/base": "gone"}, ("b/base: the terms of gone are not known",)),
            ({"b/base": "mit"}, ("a/own: not registered",)),
        ],
    )
    def test_a_model_of_which_the_terms_are_not_known_is_named(self, licenses, unknown):
        assert governing_licenses("a/own", descend(("a/own", "b/base")), licenses, ALL).unknown == unknown

    def test_a_license_without_known_terms_still_governs(self):
        lineage = governing_licenses("a/own", [], {"a/own": "gone"}, ALL)
        assert keys(lineage) == [("gone", "a/own", 0)]


def test_circles_end():
    edges = descend(("a/x", "b/y"), ("b/y", "c/z"), ("c/z", "a/x"), ("a/x", "a/x"))
    lineage = governing_licenses("a/x", edges, {"a/x": "mit", "b/y": "qwen", "c/z": "llama3"}, ALL)
    assert [g.license for g in lineage.governing] == ["mit", "qwen", "llama3"]


NAMES = [f"{owner}/{n}" for owner in ("a", "facebook", "meta-llama") for n in range(3)]
edges = st.lists(
    st.builds(Descent, st.sampled_from(NAMES), st.sampled_from(NAMES), st.sampled_from(Relation)), max_size=20
)
licenses = st.dictionaries(st.sampled_from(NAMES), st.sampled_from(["", "gone", *ALL]))


@given(edges, licenses)
def test_any_graph_ends_with_each_license_of_a_model_once_and_the_own_first(edges, licenses):
    lineage = governing_licenses("a/0", edges, licenses, ALL)
    seen = [(g.license, g.repo_id) for g in lineage.governing]
    assert len(seen) == len(set(seen))
    assert len(lineage.unknown) == len(set(lineage.unknown))
    assert ("a/0" in {g.repo_id for g in lineage.governing}) == bool(licenses.get("a/0"))
    assert all(g.depth > 0 for g in lineage.governing[1:])


@given(edges, licenses, st.sampled_from(NAMES), st.sampled_from(Relation))
def test_an_ancestor_more_never_takes_a_license_away(edges, licenses, parent, relation):
    before = governing_licenses("a/0", edges, licenses, ALL)
    after = governing_licenses("a/0", [*edges, Descent("a/0", parent, relation)], licenses, ALL)
    assert {(g.license, g.repo_id) for g in before.governing} <= {
        (g.license, g.repo_id) for g in after.governing
    }


def test_each_model_is_looked_at_a_bounded_number_of_times():
    relations = list(Relation)
    chain = [Descent(f"o{n}/m", f"o{n + 1}/m", relations[n % 6]) for n in range(10_000)]
    skips = [Descent(f"o{n}/m", f"o{n + 7}/m", relations[n % 5]) for n in range(0, 9_990, 3)]
    looks = Counter(step.repo_id for step in _steps("o0/m", chain + skips, {}))
    assert len(looks) == 10_001
    assert max(looks.values()) <= 20  # sets of five relations of which none holds another: at most ten
