"""The structured terms of a license: what they refuse, and what they tell of themselves."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from governance.core.periods import Period
from governance.core.reading import Relation
from governance.core.terms import (
    AllOf,
    AnyOf,
    Consequence,
    Duty,
    FigureAtom,
    LicenseTerms,
    OutputRule,
    Parts,
    Predicate,
    Threshold,
    TraitAtom,
    Whose,
    atoms,
    period_before_release,
)
from governance.discovery import catalog

USERS = {
    "metric": "monthly_active_users",
    "comparator": ">",
    "limit": 700_000_000,
    "subject": "products_of_licensee_and_affiliates",
    "window": "calendar_month",
    "anchor": "each_period",
}
REVENUE = USERS | {"metric": "annual_revenue", "currency": "USD", "window": "fiscal_year"}
TRAIT = {"trait": "business_models", "any_of": ["model_as_a_service"]}
PREDICATE: TypeAdapter[Any] = TypeAdapter(Predicate)
ALLOWED = {"state": "allowed", "section": "1"}
TERMS = {
    "key": "sample",
    "name": "Sample",
    "licensor": "Sample",
    "review": {"by": "desk", "on": "2026-11-24", "verified": True},
    "permissions": {"commercial_use": ALLOWED, "redistribution": ALLOWED, "modification": ALLOWED},
}


def test_a_condition_on_use_names_uses_that_exist() -> None:
    assert PREDICATE.validate_python({"trait": "uses", "any_of": ["commercial", "model_as_a_service"]})
    with pytest.raises(ValidationError, match="resale is no use: one of always, commercial"):
        PREDICATE.validate_python({"trait": "uses", "any_of": ["commercial", "resale"]})


@pytest.mark.parametrize(
    ("licensor", "maker"),
    [
        ("Meta", "Meta"),
        ("various", "the licensor"),
        ("various; the text is of somebody", "the licensor"),
    ],
)
def test_a_text_that_many_use_has_no_single_maker(licensor: str, maker: str) -> None:
    assert LicenseTerms.model_validate(TERMS | {"licensor": licensor}).maker == maker


def test_a_duty_may_bind_some_models_only() -> None:
    duty = Duty(kind="other", section="3", trigger="always", models=("nvidia/Cosmos*",))
    assert duty.binds("NVIDIA/cosmos-1.0")
    assert not duty.binds("nvidia/Llama-3.1-Nemotron")
    assert Duty(kind="other", section="3", trigger="always").binds("a/b")


def test_a_predicate_is_read_as_the_tree_that_it_is() -> None:
    tree = PREDICATE.validate_python({"all": [TRAIT, {"any": [USERS, REVENUE]}]})
    assert isinstance(tree, AllOf)
    assert isinstance(tree.all[1], AnyOf)
    kinds = [type(leaf) for leaf in atoms(tree)]
    assert kinds == [TraitAtom, FigureAtom, FigureAtom]


REFUSED = [
    ("an empty tree", {"all": []}),
    ("nothing", {}),
    ("a number", 5),
    ("two branches at once", {"all": [USERS], "any": [USERS]}),
    ("a trait without values", TRAIT | {"any_of": []}),
    ("a figure with a trait", USERS | TRAIT),
    ("an unknown subject", USERS | {"subject": "everybody"}),
    ("an unknown window", USERS | {"window": "week"}),
    ("a date without a snapshot", USERS | {"anchor_date": "2024-07-23"}),
    ("a snapshot without a date", USERS | {"anchor": "before_version_release"}),
    ("users in dollars", USERS | {"currency": "USD"}),
    ("money in no currency", REVENUE | {"currency": ""}),
]


@pytest.mark.parametrize("body", [r[1] for r in REFUSED], ids=[r[0] for r in REFUSED])
def test_a_predicate_that_means_nothing_is_refused(body: Any) -> None:
    with pytest.raises(ValidationError):
        PREDICATE.validate_python(body)


predicates = st.recursive(
    st.sampled_from([USERS, REVENUE, TRAIT]),
    lambda inner: st.builds(
        lambda name, parts: {name: parts}, st.sampled_from(["all", "any"]), st.lists(inner, min_size=1)
    ),
    max_leaves=8,
)


@given(predicates)
def test_a_predicate_survives_json(body: Any) -> None:
    tree = PREDICATE.validate_python(body)
    assert PREDICATE.validate_json(PREDICATE.dump_json(tree)) == tree


@pytest.mark.parametrize("key", sorted(catalog().licenses))
def test_shipped_terms_survive_json(key: str) -> None:
    terms = catalog().licenses[key]
    assert LicenseTerms.model_validate_json(terms.model_dump_json(exclude_defaults=True)) == terms


def test_a_limit_keeps_every_digit() -> None:
    atom = FigureAtom.model_validate(REVENUE | {"limit": Decimal("10000000.01")})
    assert FigureAtom.model_validate_json(atom.model_dump_json()).limit == Decimal("10000000.01")


def test_a_limit_measured_once_looks_up_the_month_before() -> None:
    once = USERS | {"anchor": "before_version_release", "anchor_date": date(2024, 7, 23)}
    assert period_before_release(FigureAtom.model_validate(once)) == Period.parse("2024-06")
    assert period_before_release(FigureAtom.model_validate(USERS)) is None


@pytest.mark.parametrize("consequence", Consequence)
def test_only_display_notice_and_registration_leave_the_rights(consequence: Consequence) -> None:
    assert consequence.withholds is (consequence not in ("display", "notify", "register"))


@pytest.mark.parametrize("whose", Whose)
def test_whose_figures_include_affiliates(whose: Whose) -> None:
    assert whose.group is ("affiliates" in whose or whose == "consolidated_group")


def test_a_ban_on_outputs_names_its_scope() -> None:
    with pytest.raises(ValidationError, match="scope is needed"):
        OutputRule.model_validate({"state": "prohibited", "section": "5"})


def test_a_display_names_its_phrase() -> None:
    with pytest.raises(ValidationError, match="phrase is needed"):
        Threshold.model_validate({"id": "a", "section": "1", "when": USERS, "consequence": "display"})


def test_a_duty_accepts_its_phrase_or_an_alternative() -> None:
    duty = {"kind": "display", "section": "5", "trigger": "always", "phrase": "a", "alternatives": ["b"]}
    assert Duty.model_validate(duty).accepted == ("a", "b")
    plain = {"kind": "license_copy", "section": "5", "trigger": "always"}
    assert Duty.model_validate(plain).accepted == ()


def test_a_relation_that_is_not_named_passes_everything_on() -> None:
    terms = LicenseTerms.model_validate(TERMS | {"passes_on": {"finetune": ["duties"], "distilled": []}})
    assert terms.passed_on(Relation.FINETUNE) == {Parts.DUTIES}
    assert terms.passed_on(Relation.DISTILLED) == frozenset()
    assert terms.passed_on(Relation.UNKNOWN) == frozenset(Parts)


def test_a_relation_or_part_that_is_none_is_refused() -> None:
    for wrong in ({"cousin": []}, {"finetune": ["everything"]}):
        with pytest.raises(ValidationError):
            LicenseTerms.model_validate(TERMS | {"passes_on": wrong})


@pytest.mark.parametrize("key", ["", "Llama", "a b", "../a", "-a"])
def test_a_key_is_a_plain_word(key: str) -> None:
    with pytest.raises(ValidationError, match="key"):
        LicenseTerms.model_validate(TERMS | {"key": key})
