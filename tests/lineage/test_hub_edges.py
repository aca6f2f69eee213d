"""What must hold on every declared edge of the Hub of July 2024, with their license tags as they were."""

from __future__ import annotations

import csv
import gzip
import resource
import time
from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

import pytest

from governance.core.concluding import conclude
from governance.core.conflicts import Passed
from governance.core.inheriting import Child, Inherited, judge
from governance.core.joined import parts
from governance.core.reading import Relation, Statement, StatementKind
from governance.core.terms import LicenseTerms
from governance.discovery import catalog
from tests.shared import shared

LICENSES = catalog().licenses
RESOLVED = 122_240
FREE = {"cc0-1.0", "unlicense", "mit", "apache-2.0"}
SET_FREE = {"mit", "apache-2.0", "cc-by-4.0"}
SHARED = [terms.recognition for terms in LICENSES.values() if terms.recognition.repositories]
SHARED_IDS = {tag for known in SHARED for tag in (*known.hub_ids, *known.license_names)}
"""Tags that mean one text here and another there."""
NONE_COULD = {"cc-by-nd-4.0", "cc-by-nc-nd-4.0", "cc-by-nc-nd-3.0"}
"""Licenses under which nothing that was made from the work may be shared, or nothing at all handed on."""


class Edge(NamedTuple):
    child: str
    child_tag: str
    base: str
    base_tag: str
    relation: Relation


def hub_edges() -> Iterator[Edge]:
    with gzip.open(shared("lineage", "hub_edges_2024-07.csv.gz"), "rt", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if row["resolution"] != "unresolved":
                relation = Relation.MERGE if row["multi_base"] == "merge" else Relation.UNKNOWN
                yield Edge(
                    *(row["child"], row["child_license"], row["base_resolved"], row["base_license"]), relation
                )


class Concluding:
    """The terms that a tag means, as the platform concludes them; each is looked up once."""

    def __init__(self) -> None:
        self.known: dict[tuple[str, str], list[LicenseTerms]] = {}

    def terms(self, repo_id: str, tag: str) -> list[LicenseTerms]:
        key = (repo_id if tag in SHARED_IDS else "", tag)
        if key not in self.known:
            statements = [Statement(StatementKind.TAG, one) for one in tag.split("|") if one]
            found = conclude(repo_id=repo_id, statements=statements, texts=(), catalog=LICENSES).license
            self.known[key] = [LICENSES[part] for part in parts(found)]
        return self.known[key]


def restrictive(tag: str) -> bool:
    return tag.startswith(("llama", "gemma", "cc-by-nc")) or "rail" in tag


def faults(edge: Edge, base: list[LicenseTerms], child: list[LicenseTerms], told: Inherited) -> Iterator[str]:
    """The rules of the edge that its outcome breaks."""
    if edge.base_tag == edge.child_tag and told is Inherited.CONFLICT and edge.base_tag not in NONE_COULD:
        yield "the same license on both sides is a conflict"
    if edge.base_tag in FREE and told is Inherited.CONFLICT:
        yield "a base that asks for notices alone makes a conflict"
    if restrictive(edge.base_tag) and edge.child_tag in SET_FREE and told is Inherited.OK:
        yield "a restrictive base is set free"
    if not edge.child_tag and edge.base_tag not in ("", *_ASK_NOTHING) and told is Inherited.OK:
        yield "a child without a tag is in order though the base has terms"
    if not child and edge.child_tag and told is Inherited.OK:
        yield "a child under a license that is not known is in order"
    if not base and told is Inherited.OK:
        yield "a base under a license that is not known is in order"


_ASK_NOTHING = {
    *("cc0-1.0", "unlicense", "wtfpl", "pddl"),
    *("cdla-permissive-1.0", "cdla-permissive-2.0", "cdla-sharing-1.0", "c-uda"),
}
"""Tags of licenses that ask nothing of a model: public domain, and data that trained it."""


@pytest.fixture(scope="module")
def judged() -> list[tuple[Edge, list[LicenseTerms], list[LicenseTerms], Inherited]]:
    edges, concluding = list(hub_edges()), Concluding()
    sides = [
        (concluding.terms(one.base, one.base_tag), concluding.terms(one.child, one.child_tag))
        for one in edges
    ]
    began = time.process_time()
    told = [_told(edge, base, child) for edge, (base, child) in zip(edges, sides, strict=True)]
    taken = time.process_time() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"\n{len(edges):,} edges judged, {len(edges) / taken:,.0f} a second; peak memory {peak} MB")
    print(", ".join(f"{outcome} {count:,}" for outcome, count in Counter(told).most_common()))
    return [(edge, *side, one) for edge, side, one in zip(edges, sides, told, strict=True)]


def _told(edge: Edge, base: list[LicenseTerms], child: list[LicenseTerms]) -> Inherited:
    """The worst over all licenses of the base."""
    made = Child(edge.child, tuple(child), bool(edge.child_tag))
    ways = [Passed(terms, terms.reaching(edge.relation), edge.relation) for terms in base] or [None]
    return min((judge(way, made).outcome for way in ways), key=list(Inherited).index)


def test_every_rule_holds_on_every_edge(judged):
    assert len(judged) == RESOLVED
    broken = Counter(fault for edge, base, child, told in judged for fault in faults(edge, base, child, told))
    assert broken == {}


def test_a_restriction_more_turns_no_conflict_of_an_edge_into_one_that_is_in_order(judged):
    """Each pair of licenses in conflict, with each restriction of a strict license added to the parent's."""
    strict = LICENSES["tencent-hunyuan-large"]
    more = {name: getattr(strict, name) for name in ("thresholds", "exclusions", "prohibited_uses", "duties")}
    pairs = {
        (terms.key, *(one.key for one in child)): (edge, terms, child)
        for edge, base, child, told in judged
        if told is Inherited.CONFLICT
        for terms in base
    }
    assert len(pairs) > 100
    for edge, terms, child in pairs.values():
        made = Child(edge.child, tuple(child), bool(edge.child_tag))
        before = judge(Passed(terms), made).outcome
        for name, added in more.items():
            stricter = terms.model_copy(update={name: (*getattr(terms, name), *added)})
            after = judge(Passed(stricter), made).outcome
            assert after is Inherited.CONFLICT or before is not Inherited.CONFLICT, (terms.key, name)


def test_the_edges_hold_every_outcome_that_an_edge_can_have(judged):
    assert {told for *_, told in judged} == set(Inherited) - {Inherited.MISMATCH}
