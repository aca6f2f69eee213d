from __future__ import annotations

from typing import Any

import pytest

from governance.core.contract import ContractError
from governance.core.facts import Facet, FacetNotReadError, Facts, Subject
from governance.core.policy import ParamsError, Policy, PolicyParams
from governance.core.verdicts import Verdict


def define(**changes: Any) -> type[Policy]:
    """A policy class that is in order but for the changes; None takes an attribute away."""

    def evaluate(self: Policy, facts: Facts, params: Any) -> Verdict:
        return Verdict(())

    whole = {
        "__doc__": "A rule.\n\nMore of it.",
        "key": "test.rule",
        "version": 1,
        "judges": {Subject.DEPLOYMENT},
        "reads": {Facet.USAGE},
        "evaluate": evaluate,
    }
    return type("Rule", (Policy,), {k: v for k, v in (whole | changes).items() if v is not None})


def test_a_policy_in_order_is_accepted_and_its_docstring_is_its_text():
    assert define().summary() == "A rule."


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"key": None}, "key None must be words in lower case"),
        ({"key": "Test.Rule"}, "key 'Test.Rule' must be words in lower case"),
        ({"key": "test.rule\n"}, "must be words in lower case"),
        ({"__doc__": None}, "a docstring is missing"),
        ({"__doc__": "  "}, "a docstring is missing"),
        ({"version": None}, "version None must be a whole number from 1"),
        ({"version": 0}, "version 0 must be"),
        ({"version": True}, "version True must be"),
        ({"version": "1"}, "version '1' must be"),
        ({"judges": None}, "judges must be a set of Subject"),
        ({"judges": set()}, "judges must be a set of Subject"),
        ({"judges": {"deployment"}}, "judges must be a set of Subject"),
        ({"reads": [Facet.USAGE]}, "reads must be a set of Facet"),
        ({"judges": {Subject.SNAPSHOT}}, "judges snapshots, which have no usage"),
        ({"Params": dict}, "Params must be a PolicyParams"),
        ({"Params": 3}, "Params must be a PolicyParams"),
        ({"evaluate": None}, r"evaluate\(\) is missing"),
        ({"evaluate": lambda self, facts: None}, r"must take \('self', 'facts', 'params'\)"),
    ],
)
def test_a_broken_promise_is_refused_when_the_class_is_defined(changes, fault):
    with pytest.raises(ContractError, match=fault) as refused:
        define(**changes)
    assert "Rule: " in str(refused.value)


def test_parameters_that_do_not_fit_are_named_field_by_field():
    class Params(PolicyParams):
        share: float = 0.8
        names: tuple[str, ...] = ()

    policy = define(Params=Params)
    assert policy.parse_params({}) == Params()
    with pytest.raises(ParamsError) as refused:
        policy.parse_params({"share": "much", "nmaes": []})
    assert set(refused.value.faults) == {"share", "nmaes"}


def test_parameters_that_are_no_object_are_refused():
    with pytest.raises(ParamsError, match="params: "):
        define().parse_params([1])


def test_a_facet_that_is_not_read_cannot_be_seen():
    with pytest.raises(FacetNotReadError, match="the facet 'usage' is not in `reads`"):
        Facts(None, {}).usage
