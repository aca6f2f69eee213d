from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from governance.core.facts import TermsFacts
from plugins.policies.license_training_on_outputs import TrainingOnOutputs
from tests.plugins.policies.cast import deployment, facts, governed, judge, only, terms


def rule(state="prohibited", scope=None, **fields):
    return terms(outputs_training={"state": state, "section": "1.b.v", "scope": scope, **fields})


def told(text, train):
    return only(judge(TrainingOnOutputs, facts(text, deployment=deployment(outputs_train=train))))


TARGETS = ("none", "llm", "generative_model", "foundational_generative_model", "other_ai_model")


@pytest.mark.parametrize(
    ("scope", "outcomes"),
    [
        ("llm", ("pass", "fail", "review", "review", "pass")),
        ("any_model", ("pass", "fail", "fail", "fail", "fail")),
        ("foundational_generative_model", ("pass", "review", "pass", "fail", "pass")),
        ("general_purpose", ("pass", "fail", "review", "fail", "pass")),
        ("text_to_image", ("pass", "pass", "review", "review", "pass")),
    ],
)
def test_the_scope_of_a_ban_decides_what_may_be_trained(scope, outcomes):
    assert tuple(told(rule(scope=scope), target).outcome for target in TARGETS) == outcomes


@pytest.mark.parametrize(("competing", "outcome"), [(True, "fail"), (False, "pass"), (None, "unknown")])
@pytest.mark.parametrize("target", TARGETS[1:])
def test_a_ban_on_competing_models_asks_whether_it_competes(target, competing, outcome):
    found = told(rule(scope="competing"), {"target": target, "competing": competing})
    assert found.outcome == outcome
    assert (outcome == "unknown") == bool(found.missing)


@pytest.mark.parametrize("state", ["prohibited", "conditional"])
def test_what_outputs_train_must_be_known_where_it_is_limited(state):
    found = told(rule(state, "llm"), None)
    assert (found.outcome, found.missing) == ("unknown", ("deployment.uses.outputs_train",))


@pytest.mark.parametrize("state", ["allowed", "silent"])
@pytest.mark.parametrize("train", [None, "llm"])
def test_a_license_without_a_limit_passes(state, train):
    assert told(rule(state), train).outcome == "pass"


@pytest.mark.parametrize(
    ("name", "outcome"),
    [
        ("Llama-Acme-8B", "duty"),
        ("acme/Llama-Acme-8B", "duty"),
        ("acme/llama-acme", "fail"),
        ("Llama-hub/acme", "fail"),
        ("acme/Acme-Llama", "fail"),
        (None, "unknown"),
        ("", "unknown"),
    ],
)
def test_a_trained_model_must_be_named_as_the_license_asks(name, outcome):
    text = rule("conditional", "any_model", name_prefix="Llama")
    found = told(text, {"target": "llm", "published_name": name})
    assert found.outcome == outcome
    if outcome == "unknown":
        assert found.missing == ("deployment.uses.outputs_train.published_name",)


def test_phrases_to_show_and_other_conditions_are_duties():
    show = told(rule("conditional", "any_model", display=["Built with Qwen", "Improved using Qwen"]), "llm")
    assert show.outcome == "duty"
    assert "“Built with Qwen” or “Improved using Qwen”" in show.reason
    other = told(rule("conditional", "any_model", condition="The use rules bind it too."), "llm")
    assert other.outcome == "duty"
    assert "on a condition: The use rules bind it too." in other.reason


def test_an_exempt_family_is_told_with_the_way_to_use_it():
    assert "waiver" in told(rule(scope="llm", own_family_exempt=True), "llm").how_to_fix
    assert "waiver" not in told(rule(scope="llm"), "llm").how_to_fix


def test_the_strictest_of_several_licenses_decides():
    lineage = governed(terms("own"), rule(scope="llm"))
    verdict = judge(TrainingOnOutputs, facts(terms=lineage, deployment=deployment(outputs_train="llm")))
    assert [f.outcome for f in verdict.findings] == ["pass", "fail"]


SCOPES = st.sampled_from(
    ["llm", "any_model", "foundational_generative_model", "general_purpose", "text_to_image", "competing"]
)
TRAINED = st.fixed_dictionaries({"target": st.sampled_from(TARGETS), "competing": st.none() | st.booleans()})


@given(SCOPES, TRAINED)
def test_a_condition_is_never_worse_than_a_ban_of_the_same_scope(scope, train):
    ban, condition = rule(scope=scope), rule("conditional", scope)
    assert told(condition, train).outcome <= told(ban, train).outcome


@given(SCOPES, TRAINED)
def test_a_ban_on_all_models_is_the_widest(scope, train):
    assert told(rule(scope=scope), train).outcome <= told(rule(scope="any_model"), train).outcome


def test_an_unknown_license_is_never_a_pass():
    seen = facts(terms=TermsFacts(), deployment=deployment(outputs_train="none"))
    assert judge(TrainingOnOutputs, seen).outcome == "unknown"
