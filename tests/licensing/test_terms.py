from __future__ import annotations

import pytest

from governance.discovery import catalog
from governance.licensing.models import TermsVersion
from governance.licensing.services import load_terms, terms
from tests.registry.readings import LATER, MUCH_LATER, NOON

pytestmark = pytest.mark.django_db


def test_the_first_load_records_every_license() -> None:
    assert load_terms(now=NOON) == sorted(catalog().licenses)
    row = TermsVersion.objects.get(key="llama3.1")
    assert (row.current, row.loaded_at, row.terms["key"]) == (True, NOON, "llama3.1")


def test_a_second_load_of_the_same_changes_nothing() -> None:
    load_terms(now=NOON)
    assert load_terms(now=LATER) == []
    assert not TermsVersion.objects.filter(loaded_at=LATER).exists()


def test_terms_that_changed_are_named_and_the_earlier_ones_stay() -> None:
    load_terms(now=NOON)
    TermsVersion.objects.filter(key="mit").update(digest="0" * 64)
    assert load_terms(now=LATER) == ["mit"]
    assert list(TermsVersion.objects.filter(key="mit").order_by("id").values_list("current", flat=True)) == [
        False,
        True,
    ]


def test_terms_that_return_to_an_earlier_version_are_current_again() -> None:
    load_terms(now=NOON)
    held = TermsVersion.objects.get(key="mit")
    TermsVersion.objects.filter(pk=held.pk).update(current=False)
    TermsVersion.objects.create(key="mit", digest="0" * 64, terms={}, loaded_at=LATER)
    assert load_terms(now=MUCH_LATER) == ["mit"]
    assert TermsVersion.objects.get(key="mit", current=True).pk == held.pk


def test_a_license_that_is_gone_is_named() -> None:
    load_terms(now=NOON)
    TermsVersion.objects.create(key="gone", digest="0" * 64, terms={}, loaded_at=NOON)
    assert load_terms(now=LATER) == ["gone"]
    assert not TermsVersion.objects.get(key="gone").current


def test_terms_are_given_for_what_is_known() -> None:
    found = terms(["mit", "nobody-knows", ""])
    assert list(found) == ["mit"]
    assert found["mit"].key == "mit"
