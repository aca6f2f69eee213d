"""Where a text leaves room: what each reading makes of the terms, and what findings say of the others."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from governance.core.ambiguities import Ambiguity, TakenReading
from governance.core.duty_items import duty_items
from governance.core.duty_readings import duty_readings
from governance.core.facts import GoverningLicense, TermsFacts, Uses
from governance.core.readings import adopted, faults, find, under
from governance.core.terms import LicenseTerms
from governance.core.thresholds import Result, judge
from governance.core.thresholds_evidence import readings
from governance.discovery import catalog
from tests.core.threshold_cast import World, figure, holds

CATALOG = catalog().licenses
OPEN = [(key, one.id) for key, terms in CATALOG.items() for one in terms.ambiguities]


def taken(license: str, ambiguity: str, alternative: str) -> TakenReading:
    return TakenReading(
        license=license,
        ambiguity=ambiguity,
        alternative=alternative,
        by="user:counsel",
        on=date(2026, 11, 1),
        reason="As we see it.",
    )


@pytest.mark.parametrize("key", sorted({key for key, _ in OPEN}))
def test_every_shipped_reading_fits_and_the_terms_are_written_in_the_adopted_one(key: str) -> None:
    assert list(faults(CATALOG[key])) == []


def test_the_licenses_that_leave_room_say_so() -> None:
    assert len({key for key, _ in OPEN}) >= 30
    known = {("llama3.1", "counting"), ("llama3.1", "quantizing"), ("stability-ai-community", "boundary")}
    assert known <= set(OPEN)


def test_another_reading_changes_what_it_names_and_nothing_else() -> None:
    terms = CATALOG["llama3.1"]
    read = adopted(terms, [taken("llama3.1", "counting", "summed")])
    assert read.thresholds[0].when.counting == "summed"  # type: ignore[union-attr]
    assert read.model_copy(update={"thresholds": terms.thresholds}) == terms
    assert adopted(terms, [taken("llama2", "counting", "summed")]) == terms


def test_a_reading_that_is_no_longer_known_is_left_out() -> None:
    terms = CATALOG["llama3.1"]
    assert (
        adopted(terms, [taken("llama3.1", "gone", "summed"), taken("llama3.1", "counting", "gone")]) == terms
    )


@settings(deadline=None)
@given(st.lists(st.sampled_from(OPEN).flatmap(
    lambda one: st.sampled_from([
        taken(one[0], one[1], a.key) for a in find(CATALOG[one[0]], one[1]).alternatives  # type: ignore[union-attr]
    ])
), max_size=6))  # fmt: skip
def test_the_last_reading_of_an_ambiguity_counts_whatever_went_before(given_: list[TakenReading]) -> None:
    last = {(one.license, one.ambiguity): one for one in given_}
    for key in {one.license for one in given_}:
        mine = [one for one in last.values() if one.license == key]
        assert adopted(CATALOG[key], given_) == adopted(CATALOG[key], mine)


def group(users: int) -> dict[str, Any]:
    """Two products of Acme, each with so many users."""
    names = ("chat", "search")
    figures = tuple(figure(f"product:{one}", "2024-06", users) for one in names)
    return {"products": {"acme": names}, "figures": figures}


def judged(terms: LicenseTerms, **facts: Any) -> Result:
    return judge(terms.thresholds[0], World(**facts).case)


def test_counting_in_each_product_settles_what_counting_once_leaves_open() -> None:
    once = CATALOG["llama3.1"]
    summed = adopted(once, [taken("llama3.1", "counting", "summed")])
    assert judged(once, **group(400_000_000)).standing == "review"
    assert judged(summed, **group(400_000_000)).standing == "exceeded"
    assert judged(summed, **group(350_000_000)).standing == "approaching"  # at exactly the limit
    assert judged(summed, **group(350_000_001)).standing == "exceeded"


MEASURING = {
    "id": "measuring",
    "section": "2",
    "question": "Is the limit measured once, at the release, or again in every month?",
    "adopted": "once",
    "alternatives": [
        {
            "key": key,
            "says": says,
            "changes": [{"threshold": "monthly-users", "set": {"anchor": anchor, "anchor_date": day}}],
        }
        for key, says, anchor, day in (
            ("once", "Once.", "before_version_release", date(2024, 7, 23)),
            ("rolling", "In every month.", "each_period", ""),
        )
    ],
}


def test_a_snapshot_may_be_read_as_rolling_and_back() -> None:
    """As a license may leave it open; the terms of Llama 3.1 with such an ambiguity."""
    once = CATALOG["llama3.1"].model_copy(update={"ambiguities": (Ambiguity.model_validate(MEASURING),)})
    assert list(faults(once)) == []
    grown: dict[str, Any] = {
        "products": {"acme": ("chat",)},
        "figures": tuple(figure("product:chat", month, users) for month, users in GROWTH.items()),
    }
    assert judged(once, **grown).standing == "below"
    (told,) = readings(once, judged(once, **grown), (), Decimal("0.8"))["readings"]
    assert [(one["reading"], one["standing"]) for one in told["others"]] == [("rolling", "exceeded")]
    rolling = adopted(once, [taken("llama3.1", "measuring", "rolling")])
    assert judged(rolling, **grown).standing == "exceeded"
    assert adopted(rolling, [taken("llama3.1", "measuring", "once")]) == once


GROWTH = {"2024-06": 500_000_000, "2026-10": 900_000_000}


def test_half_of_a_company_makes_an_affiliate_only_where_that_is_adopted() -> None:
    facts: dict[str, Any] = {
        "products": {"acme": ("chat",), "joint": ("game",)},
        "controls": (holds("acme", "joint", 50),),
        "figures": (figure("product:chat", "2024-06", 1), figure("product:game", "2024-06", 800_000_000)),
    }
    terms = CATALOG["llama3.1"]
    assert judged(terms, **facts).standing == "below"
    half = adopted(terms, [taken("llama3.1", "control", "at-least-half")])
    assert judged(half, **facts).standing == "exceeded"


def test_evidence_says_which_reading_was_taken_and_what_the_others_would_give() -> None:
    terms = CATALOG["llama3.1"]
    by_itself = readings(terms, judged(terms, **group(400_000_000)), (), Decimal("0.8"))["readings"]
    counting = next(one for one in by_itself if one["ambiguity"] == "counting")
    assert (counting["reading"], counting["decided"]) == ("once", None)
    assert counting["others"] == [
        {
            "reading": "summed",
            "says": "The users of every product are added up, whoever they are.",
            "standing": "exceeded",
            "outcome": "fail",
        }
    ]
    decided = taken("llama3.1", "counting", "summed")
    read = adopted(terms, [decided])
    told = readings(read, judged(read, **group(400_000_000)), (decided,), Decimal("0.8"))["readings"]
    counting = next(one for one in told if one["ambiguity"] == "counting")
    assert counting["decided"] == {"by": "user:counsel", "on": "2026-11-01", "reason": "As we see it."}
    assert [(one["reading"], one["standing"]) for one in counting["others"]] == [("once", "review")]


def test_a_license_that_leaves_no_room_says_nothing_of_readings() -> None:
    terms = CATALOG["kimi-k2"]
    assert readings(terms, judged(terms), (), Decimal("0.8")) == {}


@pytest.mark.parametrize(
    ("reading", "modification", "arises"),
    [
        ("makes-a-model", "quantized", True),
        ("makes-none", "quantized", False),
        ("makes-none", "finetune", True),
        ("makes-none", None, None),
    ],
)
def test_whether_quantizing_makes_a_model_decides_on_its_name(
    reading: str, modification: Any, arises: bool | None
) -> None:
    terms = adopted(CATALOG["llama3.1"], [taken("llama3.1", "quantizing", reading)])
    governing = (GoverningLicense(license="llama3.1", repo_id="a/b"),)
    facts = TermsFacts(governing=governing, terms={"llama3.1": terms})
    uses = Uses(modification=modification, distributed=True, internal_only=False)
    (item,) = (one for one in duty_items(facts, uses) if one.duty.kind == "name_prefix")
    assert item.applies is arises


ONE = {"key": "a", "says": "A.", "changes": [{"threshold": "t", "set": {"purpose": "any"}}]}
TWO = {"key": "b", "says": "B.", "changes": [{"threshold": "t", "set": {"purpose": "commercial"}}]}
REFUSED = [
    ("one alternative", [ONE], "a", "at least 2 items"),
    ("one key twice", [ONE, {**TWO, "key": "a"}], "a", "two alternatives have one key"),
    ("an adopted one that there is not", [ONE, TWO], "c", "'c' is none of a, b"),
    (
        "other fields",
        [ONE, {**TWO, "changes": [{"threshold": "t", "set": {"consequence": "notify"}}]}],
        "a",
        "must set the same fields",
    ),
    ("neither limit nor duty", [ONE, {**TWO, "changes": [{"set": {"purpose": "any"}}]}], "a", "names either"),
]


@pytest.mark.parametrize(
    ("alternatives", "taken_", "cause"), [one[1:] for one in REFUSED], ids=[one[0] for one in REFUSED]
)
def test_an_ambiguity_that_cannot_be_is_refused(alternatives: list[Any], taken_: str, cause: str) -> None:
    with pytest.raises(ValidationError, match=cause):
        Ambiguity(id="x", section="1", question="What?", adopted=taken_, alternatives=alternatives)


def test_a_reading_that_fits_nothing_is_a_fault_of_the_license() -> None:
    terms = CATALOG["llama3.1"]
    wrong = find(terms, "counting").model_copy(update={"adopted": "summed"})  # type: ignore[union-attr]
    told = list(faults(terms.model_copy(update={"ambiguities": (wrong,)})))
    assert any("is adopted, and the terms are written otherwise" in one for one in told)
    assert any("once: changes nothing" in one for one in told)
    bare = terms.model_copy(update={"thresholds": ()})
    assert any("there is no threshold 'monthly-users'" in one for one in faults(bare))
    with pytest.raises(ValueError, match="there is no duty"):
        under(terms.model_copy(update={"duties": ()}), find(terms, "quantizing").alternative("makes-none"))  # type: ignore[union-attr]


def test_evidence_of_a_duty_says_whether_it_would_arise_under_the_other_reading() -> None:
    decided = taken("llama3.1", "quantizing", "makes-a-model")
    governing = (GoverningLicense(license="llama3.1", repo_id="a/b"),)
    facts = TermsFacts(governing=governing, terms={"llama3.1": CATALOG["llama3.1"]})
    uses = Uses(modification="quantized", distributed=True, internal_only=False)
    items = {one.duty.kind: one for one in duty_items(facts, uses)}
    (told,) = duty_readings(items["name_prefix"], (decided,), uses)["readings"]
    assert (told["reading"], told["decided"]["by"]) == ("makes-a-model", "user:counsel")
    assert [(one["reading"], one["arises"]) for one in told["others"]] == [("makes-none", False)]
    assert duty_readings(items["display"], (), uses) == {}
