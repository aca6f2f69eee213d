"""What a child's license must keep of its parent's: a table of cases, over the real licenses."""

from __future__ import annotations

import csv

import pytest

from governance.core.conflicts import NOTHING_KEPT, Passed, conflicts, restricts
from governance.core.reading import Relation
from governance.core.terms import Parts
from governance.discovery import catalog
from tests.core.threshold_cast import license_terms
from tests.shared import shared

LICENSES = catalog().licenses
NOTICES_ONLY = ("mit", "apache-2.0", "cc0-1.0", "unlicense", "bsd-3-clause", "cc-by-4.0", "0bsd", "isc")
LIMITED = (
    "llama2",
    "llama3",
    "llama3.1",
    "gemma-2024-04-01",
    "creativeml-openrail-m",
    "cc-by-nc-4.0",
    "qwen",
)


def passed(parent: str, relation: str = "finetune") -> Passed:
    way = Relation(relation)
    return Passed(LICENSES[parent], LICENSES[parent].passed_on(way), way)


def sections(parent: str, *child: str, relation: str = "finetune") -> list[str]:
    return [one.section for one in conflicts(passed(parent, relation), [LICENSES[key] for key in child])]


# Parent, child, whether the child keeps to everything.
CASES = [
    ("mit", "apache-2.0", True),
    ("mit", "cc-by-nc-4.0", True),
    ("mit", "gpl-3.0-only", True),
    ("cc-by-nc-4.0", "cc-by-nc-sa-4.0", True),
    ("cc-by-nc-4.0", "cc-by-4.0", False),
    ("cc-by-nc-sa-4.0", "cc-by-nc-4.0", False),
    ("cc-by-sa-4.0", "cc-by-4.0", False),
    ("cc-by-sa-3.0", "cc-by-sa-4.0", True),
    ("gpl-3.0-only", "mit", False),
    ("lgpl-3.0-only", "gpl-3.0-only", True),
    ("agpl-3.0-only", "gpl-3.0-only", False),
    ("llama2", "llama3", False),
    ("llama3", "llama2", False),
    ("llama3.1", "cc-by-nc-4.0", False),
    ("llama3.1", "mit", False),
    ("gemma-2025-03-24", "gemma-2024-04-01", True),
    ("gemma-2024-04-01", "apache-2.0", False),
    ("openrail-pp-m-sdxl", "creativeml-openrail-m", True),
    ("creativeml-openrail-m", "bigscience-bloom-rail-1.0", False),
    ("tencent-hunyuan-large", "apache-2.0", False),
    ("qwen", "apache-2.0", False),
    ("sam", "apache-2.0", False),
]


@pytest.mark.parametrize(("parent", "child", "kept"), CASES)
def test_a_child_may_grant_no_more_than_its_parent(parent, child, kept):
    assert (sections(parent, child) == []) == kept


def test_the_same_license_keeps_every_term_unless_none_could():
    for key in LICENSES:
        assert all(one.barred for one in conflicts(passed(key), [LICENSES[key]])), key


@pytest.mark.parametrize("key", ["cc-by-nd-4.0", "cc-by-nc-nd-4.0", "cc-by-nc-nd-3.0", "nanbeige"])
def test_no_license_helps_where_nothing_may_be_shared(key):
    assert [one.barred for one in conflicts(passed(key), [LICENSES[key]])] == [True]
    assert [one.barred for one in conflicts(passed(key), [])] == [True]


@pytest.mark.parametrize("parent", NOTICES_ONLY)
def test_a_parent_that_asks_for_notices_alone_is_in_nobodys_way(parent):
    assert not restricts(passed(parent))
    assert [child for child in LICENSES if sections(parent, child)] == []


@pytest.mark.parametrize("parent", LIMITED)
@pytest.mark.parametrize("child", ["mit", "apache-2.0", "cc-by-4.0", "cc0-1.0"])
def test_what_a_parent_limits_is_not_set_free(parent, child):
    assert sections(parent, child)
    assert restricts(passed(parent))


def test_a_child_under_two_licenses_keeps_what_one_of_them_keeps():
    assert sections("cc-by-nc-4.0", "mit", "cc-by-nc-4.0") == []
    assert sections("gpl-3.0-only", "mit", "apache-2.0")


def test_a_review_tells_whether_other_words_prohibit_the_same_uses():
    (found,) = conflicts(passed("creativeml-openrail-m"), [LICENSES["bigscience-bloom-rail-1.0"]])
    assert not found.certain
    assert "nobody has reviewed" in found.what


def test_restrictions_kept_by_other_licenses_name_licenses_that_have_them():
    for terms in LICENSES.values():
        for key in terms.uses_kept_by:
            ours, theirs = terms.prohibited_uses, LICENSES[key].prohibited_uses
            assert {one.use for one in ours} <= {one.use for one in theirs}


class TestDistilled:
    def test_what_the_outputs_taught_is_not_the_work_itself(self):
        assert sections("agpl-3.0-only", "mit", relation="distilled") == []
        assert sections("cc-by-nd-4.0", "cc-by-nd-4.0", relation="distilled") == []

    def test_outputs_that_may_train_nothing_else_are_a_conflict_for_a_person_to_weigh(self):
        found = conflicts(passed("llama2", "distilled"), [LICENSES["llama2"]])
        assert [(one.certain, one.section) for one in found] == [(False, "1.b.v")]


class TestParts:
    TERMS = license_terms(key="some")

    @pytest.mark.parametrize("part", Parts)
    def test_only_what_reaches_the_child_binds_it(self, part):
        parts = frozenset(Parts) - {part}
        everything = conflicts(Passed(LICENSES["tencent-hunyuan-large"]), [NOTHING_KEPT])
        fewer = conflicts(Passed(LICENSES["tencent-hunyuan-large"], parts), [NOTHING_KEPT])
        assert set(fewer) <= set(everything)
        assert (set(fewer) < set(everything)) == (part is not Parts.DUTIES)


@pytest.mark.parametrize("child", ["mit", "cc-by-nc-4.0", "llama2", "gpl-3.0-only"])
def test_one_restriction_more_never_makes_a_conflict_go_away(child):
    """Whatever a strict license restricts is added to each parent's terms, one field at a time."""
    strict, ours = LICENSES["tencent-hunyuan-large"], [LICENSES[child]]
    for key, parent in LICENSES.items():
        before = conflicts(Passed(parent), ours)
        for name in ("thresholds", "exclusions", "prohibited_uses"):
            more = parent.model_copy(update={name: (*getattr(parent, name), *getattr(strict, name))})
            assert not before or conflicts(Passed(more), ours), (key, name)


NO_NOTICE_CONFLICTS = {"Apache-1.1", "Apache-2.0", "BSD-4-Clause", "ECL-2.0", "OpenSSL", "PHP-3.01"}
"""Licenses that ask for notices alone. The matrix refuses them under copyleft licenses that bear no further
condition: there the child's own license is in the way, which its publisher answers for."""


def test_software_licenses_agree_with_the_matrix_of_osadl():
    """OSADL compatibility matrix, CC-BY-4.0: rows are outbound licenses, columns inbound ones."""
    known = {terms.spdx: terms for terms in LICENSES.values() if terms.spdx and terms.common}
    head, *rows = csv.reader(shared("lineage", "osadl_matrix.csv").read_text().splitlines())
    compared, differing = 0, []
    for outbound, *cells in rows:
        for inbound, answer in zip(head[1:], cells, strict=True):
            if outbound in known and inbound in known and answer in ("Yes", "No", "Same"):
                compared += 1
                told = bool(conflicts(Passed(known[inbound]), [known[outbound]]))
                if told != (answer == "No") and inbound not in NO_NOTICE_CONFLICTS:
                    differing.append((inbound, outbound, answer))
    assert compared > 1_500
    assert differing == []
