from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from governance.core.duties import arises, demand, not_known
from governance.core.facts import Uses
from governance.core.terms import Duty, Trigger

YES_NO = st.none() | st.booleans()
USES = st.builds(
    Uses,
    commercial=YES_NO,
    internal_only=YES_NO,
    distributed=YES_NO,
    modification=st.none() | st.sampled_from(["none", "finetune", "merge"]),
)


@pytest.mark.parametrize(
    ("uses", "available"),
    [
        ({"internal_only": False}, True),
        ({"internal_only": True, "distributed": False}, False),
        ({"internal_only": True}, None),
        ({"internal_only": True, "distributed": True}, True),
        ({"distributed": True}, True),
        ({"distributed": False}, None),
        ({}, None),
    ],
)
def test_others_get_it_when_it_is_handed_on_or_offered(uses, available):
    assert arises(Trigger.MADE_AVAILABLE, Uses(**uses), derived=False) is available


def test_a_model_that_comes_from_the_licensed_one_is_a_derivative_already():
    handed_on = Uses(modification="none", distributed=True)
    assert arises(Trigger.MODIFIED_AND_DISTRIBUTED, handed_on, derived=False) is False
    assert arises(Trigger.MODIFIED_AND_DISTRIBUTED, handed_on, derived=True) is True


@given(st.sampled_from(Trigger), USES, st.booleans())
def test_what_is_not_known_is_named_exactly_where_the_answer_is_open(trigger, uses, derived):
    missing = not_known(trigger, uses, derived=derived)
    assert bool(missing) == (arises(trigger, uses, derived=derived) is None)


@given(st.sampled_from(Trigger), USES, st.booleans())
def test_knowing_more_never_turns_a_yes_into_a_no(trigger, uses, derived):
    said = arises(trigger, uses, derived=derived)
    for name in ("commercial", "distributed", "internal_only"):
        if said is not None and getattr(uses, name) is None:
            for value in (True, False):
                more = uses.model_copy(update={name: value})
                assert arises(trigger, more, derived=derived) is said


def test_a_demand_is_a_sentence_with_exact_words_and_places():
    duty = Duty(
        kind="display",
        section="1",
        trigger="always",
        phrase="Built with X",
        places=("user_interface", "website"),
    )
    assert demand(duty) == "Show “Built with X” on user interface or website"
