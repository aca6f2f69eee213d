from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given as drawn
from hypothesis import strategies as st

from governance.core.duty_items import duty_items
from governance.core.facts import DutyEvidence, TermsFacts
from plugins.policies.license_duties import Duties
from tests.plugins.policies.cast import NOW, deployment, facts, governed, judge, only, terms

DISPLAY = {
    "kind": "display",
    "section": "1.b.i",
    "trigger": "made_available",
    "phrase": "Built with Llama",
    "places": ["website", "about_page"],
}
PREFIX = {
    "kind": "name_prefix",
    "section": "1.b.i",
    "trigger": "derivative_made_available",
    "phrase": "Llama",
}
COPY = {"kind": "license_copy", "section": "1.b.i", "trigger": "distributed"}


def asks(*duties, key="some"):
    return terms(key, duties=duties)


def verdict(*licenses, params=None, **where):
    return judge(Duties, facts(*licenses, deployment=deployment(**where)), **(params or {}))


@pytest.mark.parametrize(
    ("trigger", "uses", "outcome"),
    [
        ("always", {}, "duty"),
        ("distributed", {"distributed": True}, "duty"),
        ("distributed", {"distributed": False}, "not_applicable"),
        ("distributed", {}, "duty"),
        ("commercial", {"commercial": True}, "duty"),
        ("commercial", {"commercial": False}, "not_applicable"),
        ("made_available", {"internal_only": True, "distributed": False}, "not_applicable"),
        ("made_available", {"internal_only": True, "distributed": True}, "duty"),
        ("made_available", {"internal_only": False}, "duty"),
        ("made_available", {}, "duty"),
        ("modified", {"modification": "none"}, "not_applicable"),
        ("modified", {"modification": "finetune", "internal_only": True}, "duty"),
        ("modified_and_distributed", {"modification": "none"}, "not_applicable"),
        ("modified_and_distributed", {"modification": "merge", "distributed": True}, "duty"),
        ("derivative_made_available", {"modification": "none", "distributed": True}, "not_applicable"),
        ("derivative_made_available", {"modification": "adapter", "internal_only": False}, "duty"),
    ],
)
def test_a_duty_arises_from_the_use_and_also_where_the_use_is_not_known(trigger, uses, outcome):
    assert verdict(asks({**COPY, "trigger": trigger}), **uses).outcome == outcome


@pytest.mark.parametrize(("models", "outcome"), [(["ACME/*"], "duty"), (["other/*"], "not_applicable")])
def test_a_duty_for_some_models_binds_only_these(models, outcome):
    assert verdict(asks({**COPY, "trigger": "always", "models": models})).outcome == outcome


def test_a_duty_that_may_not_arise_says_what_is_not_known():
    told = only(verdict(asks(COPY)))
    assert told.reason == (
        "Hand on a copy of the license with the model, if it arises: deployment.uses.distributed "
        "is not known (The some License, section 1.b.i)."
    )
    assert "unless" not in only(verdict(asks(COPY), distributed=True)).reason


def test_a_phrase_is_listed_exactly_with_its_places():
    told = only(verdict(asks(DISPLAY), internal_only=False))
    assert told.reason.startswith("Show “Built with Llama” on website or about page (The some License")
    assert told.evidence["phrase"] == "Built with Llama"
    assert told.section == "1.b.i"


@pytest.mark.parametrize(
    ("shown", "required", "outcome"),
    [
        (("Built with Llama",), True, "pass"),
        (("Built with llama",), False, "duty"),
        (("We are built with Llama",), False, "duty"),
        ((), False, "duty"),
        (None, False, "duty"),
        (None, True, "review"),
        (("Built with Llama",), False, "pass"),
    ],
)
def test_a_shown_phrase_must_be_exact(shown, required, outcome):
    params = {"require_evidence": required}
    assert verdict(asks(DISPLAY), internal_only=False, shown_phrases=shown, params=params).outcome == outcome


@pytest.mark.parametrize(
    ("where", "outcome"),
    [
        ({"modification": "finetune", "distributed": True, "published_name": "acme/Llama-Acme"}, "pass"),
        ({"modification": "finetune", "distributed": True, "published_name": "acme/Acme-Llama"}, "fail"),
        ({"modification": "finetune", "internal_only": False, "published_name": "llama-acme"}, "fail"),
        ({"modification": "finetune", "distributed": True}, "unknown"),
        ({"modification": "finetune", "internal_only": False}, "duty"),
        ({"modification": "finetune", "internal_only": True, "distributed": False}, "not_applicable"),
        ({"modification": "none", "distributed": True, "published_name": "acme/x"}, "not_applicable"),
        ({"distributed": True, "published_name": "acme/x"}, "duty"),
    ],
)
def test_the_name_of_a_published_derivative_begins_as_the_license_asks(where, outcome):
    assert verdict(asks(PREFIX), **where).outcome == outcome


def test_a_missing_name_is_named():
    told = only(verdict(asks(PREFIX), modification="merge", distributed=True))
    assert told.missing == ("deployment.published_name",)


def test_the_name_of_a_derivative_that_others_published_is_theirs_to_answer_for():
    found = verdict(terms("own"), asks(PREFIX), modification="none", internal_only=False)
    assert found.outcome == "duty"


def test_what_several_licenses_ask_alike_is_told_once_with_all_who_ask():
    one, two = asks(DISPLAY, COPY, key="one"), asks(DISPLAY, COPY, key="two")
    findings = verdict(one, two, internal_only=False, distributed=True).findings
    assert [f.evidence["kind"] for f in findings] == ["display", "license_copy", "license_copy"]
    assert findings[0].evidence["asked_by"] == [
        "The one License, section 1.b.i",
        "The two License, section 1.b.i, from up/1",
    ]


NEXT_MONTH = datetime(2026, 12, 1, tzinfo=UTC)


def given(**fields):
    """Evidence for the duty of DISPLAY."""
    asked = duty_items(governed(asks(DISPLAY)), deployment(internal_only=False).uses)
    return DutyEvidence(**{"duty": asked[0].key, "told": "the page https://acme.test/about", **fields})


@pytest.mark.parametrize(
    ("evidence", "outcome", "standing"),
    [
        ({}, "pass", "shown"),
        ({"until": NEXT_MONTH}, "pass", "shown"),
        ({"until": NOW}, "duty", "expired"),
        ({"until": NOW + timedelta(seconds=1)}, "pass", "shown"),
        ({"outdated": True}, "duty", "expired"),
        ({"duty": "another"}, "duty", "missing"),
    ],
)
def test_evidence_shows_a_duty_until_it_ends(evidence, outcome, standing):
    told = only(verdict(asks(DISPLAY), internal_only=False, evidence=(given(**evidence),)))
    assert (told.outcome, told.evidence["standing"]) == (outcome, standing)


def test_a_verdict_holds_until_the_first_evidence_ends():
    evidence = (given(until=NEXT_MONTH), given(until=NOW), given())
    assert verdict(asks(DISPLAY), internal_only=False, evidence=evidence).holds_until == NEXT_MONTH


def test_what_ended_asks_for_a_person_where_evidence_is_required():
    evidence, params = (given(until=NOW),), {"require_evidence": True}
    found = verdict(asks(DISPLAY), internal_only=False, evidence=evidence, params=params)
    assert found.outcome == "review"
    assert "no longer counts" in only(found).reason


@pytest.mark.parametrize(
    ("copies", "modification", "outcome"),
    [
        (("some",), "none", "pass"),
        (("some",), None, "pass"),
        (("some",), "finetune", "duty"),
        (("other",), "none", "duty"),
        ((), "none", "duty"),
    ],
)
def test_a_license_text_that_lies_with_the_unchanged_model_is_a_copy(copies, modification, outcome):
    seen = governed(asks(COPY)).model_copy(update={"copies": copies})
    way = deployment(distributed=True, modification=modification)
    assert judge(Duties, facts(terms=seen, deployment=way)).outcome == outcome


def test_a_missing_copy_is_of_low_severity_and_never_asks_for_a_person():
    told = only(verdict(asks(COPY), distributed=True, params={"require_evidence": True}))
    assert (told.outcome, told.evidence["severity"]) == ("duty", "low")


def test_evidence_gives_a_derivative_no_other_name():
    items = duty_items(governed(asks(PREFIX)), deployment(modification="merge").uses)
    evidence = (DutyEvidence(duty=items[0].key, told="a statement"),)
    where = {"modification": "merge", "distributed": True, "published_name": "acme/x"}
    assert verdict(asks(PREFIX), evidence=evidence, **where).outcome == "fail"


def test_one_license_that_comes_down_two_lines_asks_once():
    text = asks(COPY)
    twice = governed(text, text)
    seen = facts(terms=twice, deployment=deployment(distributed=True))
    assert len(judge(Duties, seen).findings) == 1


def test_what_is_not_passed_on_is_not_asked():
    lineage = governed(terms("own"), asks(DISPLAY), parts=("thresholds",))
    assert judge(Duties, facts(terms=lineage)).outcome == "not_applicable"


def test_what_is_only_encouraged_passes():
    assert only(verdict(asks({**DISPLAY, "optional": True}))).outcome == "pass"


@pytest.mark.parametrize(
    ("duty", "text"),
    [
        ({"kind": "use_policy", "url": "https://x.test/p"}, "Keep to the use policy of the license (https:"),
        ({"kind": "notice_file", "phrase": "Made by X"}, "Keep a notice file that says “Made by X”"),
        ({"kind": "notice_file"}, "Keep the notice file with every copy"),
        ({"kind": "other", "note": "Send a report."}, "Send a report (The"),
        ({"kind": "other"}, "Do what the section asks"),
        ({"kind": "other", "phrase": "X", "note": "Write X."}, "Write X (The"),
        ({"kind": "pass_through"}, "Bind those who get the model"),
        ({"kind": "state_changes"}, "Say in changed files"),
        ({"kind": "register"}, "Register with the licensor"),
        ({"kind": "attribution"}, "Keep the notices of copyright"),
    ],
)
def test_each_kind_of_duty_has_its_words(duty, text):
    told = only(verdict(asks({"section": "3", "trigger": "always", **duty})))
    assert told.outcome == "duty"
    assert told.reason.startswith(text)


def test_an_unknown_license_is_never_without_duties():
    assert judge(Duties, facts(terms=TermsFacts())).outcome == "unknown"


def test_one_of_several_phrases_is_enough_and_other_choices_are_other_demands():
    choice = asks({**DISPLAY, "alternatives": ["Improved using Llama"]}, key="one")
    strict = asks(DISPLAY, key="two")
    findings = verdict(choice, strict, internal_only=False, shown_phrases=("Improved using Llama",)).findings
    assert [f.outcome for f in findings] == ["pass", "duty"]


def test_a_wrong_name_under_terms_that_nobody_checked_asks_for_a_person():
    text = terms(duties=[PREFIX], verified=False)
    found = verdict(text, modification="merge", distributed=True, published_name="acme/x")
    assert found.outcome == "review"


TEXTS = (terms("own"), asks(DISPLAY, PREFIX, COPY))
LINEAGE = governed(*TEXTS)
FLAG = st.none() | st.booleans()


@drawn(
    st.fixed_dictionaries(
        {
            "commercial": FLAG,
            "internal_only": FLAG,
            "distributed": FLAG,
            "modification": st.sampled_from([None, "none", "merge"]),
            "published_name": st.sampled_from([None, "acme/x", "Llama-x"]),
            "shown_phrases": st.sampled_from([None, ("Built with Llama",)]),
            "regions": st.sampled_from([None, ("US",)]),
        }
    )
)
def test_what_was_worked_out_for_others_is_right_for_a_deployment_like_them(where):
    remembered = judge(Duties, facts(terms=LINEAGE, deployment=deployment(**where)))
    afresh = judge(Duties, facts(terms=governed(*TEXTS), deployment=deployment(**where)))
    assert remembered == afresh


def test_what_was_worked_out_before_evidence_ended_is_not_said_after_it():
    seen = {"terms": governed(asks(DISPLAY)), "deployment": deployment(evidence=(given(until=NEXT_MONTH),))}
    before, after = facts(**seen), facts(as_of=NEXT_MONTH, **seen)
    assert (judge(Duties, before).outcome, judge(Duties, after).outcome) == ("pass", "duty")
    assert judge(Duties, before) is judge(Duties, facts(as_of=NOW + timedelta(days=1), **seen))
