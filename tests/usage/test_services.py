"""Companies, products and exchange rates: saved by slug, refused by field."""

from datetime import date
from decimal import Decimal

import pytest

from governance.usage import selectors, services
from governance.usage.models import Company, ExchangeRate, Product
from tests.usage.cast import LATER, NOW, cast, faults

pytestmark = pytest.mark.django_db


def test_a_company_is_created_once_and_then_replaced():
    first = {"slug": "acme", "name": "Acme", "domicile": "de", "kind": "commercial"}
    company, created = services.save_company(data=first, now=NOW)
    assert (created, company.domicile) == (True, "DE")
    again, created = services.save_company(data={"slug": "acme", "name": "Acme AG"}, now=LATER)
    assert (created, again.pk, again.domicile) == (False, company.pk, None)


def test_not_known_is_kept_apart_from_none():
    services.save_company(data={"slug": "acme", "competes_with": []}, now=NOW)
    found = selectors.companies(["acme"])["acme"]
    assert (found.competes_with, found.business_models) == ((), None)


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({}, "slug"),
        ({"slug": "a b"}, "slug"),
        ({"slug": "acme", "name": ""}, "name"),
        ({"slug": "acme", "domicile": "Germany"}, "domicile"),
        ({"slug": "acme", "kind": "charity"}, "kind"),
        ({"slug": "acme", "competes_with": "meta"}, "competes_with"),
        ({"slug": "acme", "business_models": [1]}, "business_models"),
        ({"slug": "acme", "domicil": "DE"}, "domicil"),
        (["acme"], "body"),
        (None, "body"),
    ],
)
def test_a_company_that_cannot_be_is_refused_by_field(data, field):
    assert field in faults(services.save_company, data=data, now=NOW)
    assert not Company.objects.exists()


def test_a_product_needs_a_company_that_is_known():
    given = {"slug": "chat", "company": "nobody"}
    assert faults(services.save_product, data=given, now=NOW) == {"company": ["there is no company 'nobody'"]}
    assert not Product.objects.exists()


def test_a_product_can_be_renamed_and_keeps_its_company():
    cast()
    renamed, created = services.save_product(
        data={"slug": "chat", "name": "Chat", "company": "acme"}, now=LATER
    )
    assert (renamed.name, created) == ("Chat", False)
    moved = faults(services.save_product, data={"slug": "chat", "company": "lab"}, now=LATER)
    assert moved["company"] == ["chat belongs to acme, and its past figures count there: use another slug"]


RATE = {"from": "EUR", "to": "USD", "on": "2025-03-31", "rate": "1.0815", "source": "ECB"}


def test_an_exchange_rate_is_recorded_once():
    first = services.record_exchange_rate(data=RATE, now=NOW)
    assert services.record_exchange_rate(data={**RATE, "rate": 1.0815}, now=LATER) == first
    services.record_exchange_rate(data={**RATE, "rate": "1.09"}, now=LATER)
    assert [(r.rate, r.on) for r in selectors.rates()] == [(Decimal("1.09"), date(2025, 3, 31))]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"rate": 0}, "rate"),
        ({"rate": -1}, "rate"),
        ({"rate": "1e11"}, "rate"),
        ({"to": "EUR"}, "to"),
        ({"from": "euro"}, "from"),
        ({"on": "31.3.2025"}, "on"),
        ({"source": None}, "source"),
        ({"source": " "}, "source"),
    ],
)
def test_a_rate_that_cannot_be_is_refused_by_field(change, field):
    assert list(faults(services.record_exchange_rate, data={**RATE, **change}, now=NOW)) == [field]
    assert not ExchangeRate.objects.exists()
