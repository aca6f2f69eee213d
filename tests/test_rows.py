"""Rows in bulk keep each its own values."""

from __future__ import annotations

import pytest

from governance import rows
from governance.compliance.models import Case, FacetBody
from tests.compliance.cast import NOW

pytestmark = pytest.mark.django_db
BODIES = [(f"{number:064x}", "usage", f"body {number} 100% %s") for number in range(7)]


def kept():
    return list(FacetBody.objects.order_by("digest").values_list("digest", "facet", "body"))


def test_every_row_is_added():
    rows.insert_rows(FacetBody, ("digest", "facet", "body"), BODIES)
    assert kept() == BODIES


def test_a_row_that_is_there_wins():
    rows.insert_rows(FacetBody, ("digest", "facet", "body"), BODIES[:4])
    others = [(digest, facet, "another") for digest, facet, _ in BODIES]
    rows.insert_rows(FacetBody, ("digest", "facet", "body"), others, unless_there=True)
    assert kept() == BODIES[:4] + others[4:]


@pytest.mark.parametrize("there", [0, 3, 7])
def test_of_rows_of_which_some_are_there_the_new_ones_are_told(there, monkeypatch):
    monkeypatch.setattr(rows, "BATCH", 2)
    cases = [Case(key=str(number), nearest={"share": "100%"}, judged_at=NOW) for number in range(7)]
    assert len(rows.insert_new(cases[:there])) == there
    new = rows.insert_new(cases)
    names = ("key", "nearest", "judged_at")
    expected = [(str(number), {"share": "100%"}, NOW) for number in range(there, 7)]
    assert list(Case.objects.filter(pk__in=new).order_by("pk").values_list(*names)) == expected
    assert Case.objects.count() == 7


@pytest.mark.parametrize("count", [0, 1, 3, 7])
def test_every_row_gets_its_values_and_no_other_does(count):
    cases = [Case.objects.create(key=str(number)) for number in range(8)]
    values = [
        (f"rule {one.pk}", None if one.pk % 2 else {"share": one.pk}, [{"reason": "100%"}], NOW, one.pk)
        for one in cases[:count]
    ]
    rows.update_rows(Case, ("ruled_from", "nearest", "reasons", "judged_at"), values)
    names = ("ruled_from", "nearest", "reasons", "judged_at", "pk")
    assert list(Case.objects.order_by("pk").values_list(*names)) == [
        *values,
        *[("", None, [], None, one.pk) for one in cases[count:]],
    ]


def test_those_of_a_group_get_the_same():
    cases = [Case.objects.create(key=str(number)).pk for number in range(6)]
    rows.update_alike(Case, ("reasons",), [(([1],), cases[:2]), (([2],), cases[2:3]), (([3],), cases[3:5])])
    assert list(Case.objects.order_by("pk").values_list("reasons", flat=True)) == [
        [1],
        [1],
        [2],
        [3],
        [3],
        [],
    ]
