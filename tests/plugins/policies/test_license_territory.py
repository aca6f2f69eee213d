from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from governance.core.facts import SnapshotFacts, TermsFacts
from plugins.policies.license_territory import Territory
from tests.plugins.policies.cast import MODEL, NOW, company, deployment, facts, grant, judge, only, terms

SEAT = terms(
    exclusions=[
        {
            "regions": ["EU"],
            "tests": "seat",
            "modalities": "multimodal",
            "exempt": ["end_users"],
            "section": "use policy",
        }
    ]
)
PLACE = terms(exclusions=[{"regions": ["EU", "GB", "KR"], "tests": "place_of_use", "section": "1.l"}])
OUTPUTS = terms(
    exclusions=[{"regions": ["EU", "GB", "KR"], "tests": "place_of_use", "outputs": True, "section": "1.l"}]
)


def snapshot(*modalities):
    return SnapshotFacts(repo_id=MODEL, source="huggingface", revision="r", modalities=modalities)


@pytest.mark.parametrize(
    ("domicile", "modalities", "outcome", "missing"),
    [
        ("DE", ("text", "image"), "fail", ()),
        ("DE", ("text",), "pass", ()),
        ("DE", (), "unknown", ("modalities of the model",)),
        ("US", ("text", "image"), "pass", ()),
        ("US", (), "pass", ()),
        ("GB", ("text", "image"), "pass", ()),
        (None, ("text", "image"), "unknown", ("company.domicile",)),
        (None, ("text",), "pass", ()),
        (None, (), "unknown", ("company.domicile", "modalities of the model")),
        ("Germany", ("image",), "unknown", ("company.domicile: 'Germany' is no region",)),
    ],
)
def test_a_seat_in_the_union_excludes_from_multimodal_models(domicile, modalities, outcome, missing):
    told = only(judge(Territory, facts(SEAT, companies=company(domicile), snapshot=snapshot(*modalities))))
    assert (told.outcome, told.missing) == (outcome, missing)


@pytest.mark.parametrize(
    ("received_in_product", "outcome"), [(True, "pass"), (False, "fail"), (None, "fail")]
)
def test_only_who_got_the_model_inside_a_product_is_an_end_user(received_in_product, outcome):
    seen = facts(
        SEAT,
        companies=company("FR"),
        snapshot=snapshot("image"),
        deployment=deployment(integrated_end_user_product=received_in_product),
    )
    assert judge(Territory, seen).outcome == outcome


@pytest.mark.parametrize(
    ("regions", "outcome"),
    [
        (("US",), "pass"),
        (("US", "KR"), "fail"),
        (("EU",), "fail"),
        (("uk",), "fail"),
        (("FR",), "fail"),
        (("RE",), "fail"),
        (("WORLD",), "fail"),
        (("US", "Atlantis"), "unknown"),
        (("KR", "Atlantis"), "fail"),
        ((), "unknown"),
        (None, "unknown"),
    ],
)
def test_the_place_of_use_counts_wherever_the_company_sits(regions, outcome):
    seen = facts(PLACE, companies=company("KR"), deployment=deployment(regions=regions))
    assert only(judge(Territory, seen)).outcome == outcome


@pytest.mark.parametrize(
    ("regions", "output_regions", "outcome", "missing"),
    [
        (("US",), ("US",), "pass", ()),
        (("US",), ("DE",), "fail", ()),
        (("US",), None, "unknown", ("deployment.output_regions",)),
        (("DE",), None, "fail", ()),
        (None, None, "unknown", ("deployment.regions", "deployment.output_regions")),
    ],
)
def test_some_licenses_also_look_at_where_outputs_are_used(regions, output_regions, outcome, missing):
    where = deployment(regions=regions, output_regions=output_regions)
    told = only(judge(Territory, facts(OUTPUTS, deployment=where)))
    assert (told.outcome, told.missing) == (outcome, missing)


def test_a_hit_names_the_country_and_the_section():
    told = only(judge(Territory, facts(PLACE, deployment=deployment(regions=("US", "DE")))))
    assert told.section == "1.l"
    assert told.evidence["touched"] == ["DE"]
    assert "licenses nothing in the EU, GB and KR, and DE is among the places of use" in told.reason


@pytest.mark.parametrize(
    ("territories", "outcome"), [(("EU",), "pass"), (("DE",), "pass"), (("US",), "fail"), ((), "fail")]
)
def test_only_a_grant_that_names_the_territory_clears_it(territories, outcome):
    seen = facts(PLACE, deployment=deployment(regions=("DE",)), grants=[grant(territories=territories)])
    assert judge(Territory, seen).outcome == outcome


def test_the_verdict_holds_until_such_a_grant_ends():
    end = NOW.replace(year=2027)
    seen = facts(PLACE, deployment=deployment(regions=("DE",)), grants=[grant(territories=("EU",), end=end)])
    assert judge(Territory, seen).holds_until == end


def test_a_license_that_excludes_nothing_passes_and_an_unknown_one_does_not():
    assert judge(Territory, facts(terms())).outcome == "pass"
    assert judge(Territory, facts(terms=TermsFacts())).outcome == "unknown"


REGIONS = st.lists(st.sampled_from(["US", "DE", "EU", "KR", "JP", "Atlantis"]), max_size=3)


@given(REGIONS, REGIONS, st.sampled_from([PLACE, OUTPUTS]))
def test_one_more_place_of_use_never_makes_the_answer_better(some, more, text):
    def outcome(regions):
        where = deployment(regions=tuple(regions), output_regions=("US",))
        return judge(Territory, facts(text, deployment=where)).outcome

    assert not some or outcome([*some, *more]) >= outcome(some)
