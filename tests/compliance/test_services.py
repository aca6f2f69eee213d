from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError

from governance.compliance import cases
from governance.compliance.models import Assignment, Case, Subject, UsageRead
from governance.pipeline import intake
from tests.compliance import cast
from tests.compliance.cast import NOW, assign, deploy

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"policy": "no.such"}, "policy"),
        ({"mode": "forbid"}, "mode"),
        ({"params": {"warn_at": "often"}}, "params.warn_at"),
        ({"params": {"warn": 1}}, "params.warn"),
        ({"params": "warn_at"}, "params"),
        ({"environments": "production"}, "environments"),
        ({"environments": [1]}, "environments"),
        ({"products": ["no-such-product"]}, "products"),
    ],
    ids=str,
)
def test_a_bad_assignment_names_its_field_and_changes_nothing(asked, field):
    with pytest.raises(ValidationError) as refused:
        intake.assign_policy(**{"policy": cast.THRESHOLD, "actor": cast.ACTOR, **asked})
    assert list(refused.value.message_dict) == [field]
    assert not Assignment.objects.exists()


def test_a_new_assignment_observes_and_knows_its_defaults():
    one = intake.assign_policy(policy=cast.THRESHOLD, actor=cast.ACTOR)
    assert (one.mode, one.params["warn_at"]) == ("observe", 0.8)


def test_two_people_who_change_an_assignment_lose_nothing_of_each_other():
    one = assign()
    hers, his = (Assignment.objects.get(pk=one.pk) for _ in range(2))
    intake.change_assignment(assignment=hers, mode="warn", actor=cast.ACTOR)
    intake.change_assignment(assignment=his, params={"warn_at": 0.5}, actor=cast.ACTOR)
    one.refresh_from_db()
    assert (one.mode, one.params["warn_at"]) == ("warn", 0.5)


def test_a_removed_assignment_stays_removed():
    one = assign()
    intake.remove_assignment(assignment=one, actor=cast.ACTOR)
    removed = one.removed_at
    intake.remove_assignment(assignment=one, actor=cast.ACTOR)
    assert one.removed_at == removed
    with pytest.raises(ValidationError, match="it was removed"):
        intake.change_assignment(assignment=one, mode="enforce", actor=cast.ACTOR)


@pytest.fixture
def reader():
    cast.acme()
    subject = deploy()
    for company, metric, period in (
        ("acme", "monthly_active_users", "2024-06"),
        ("acme", "annual_revenue", ""),
    ):
        UsageRead.objects.create(case=subject.case, company=company, metric=metric, period=period)
    return subject


@pytest.mark.parametrize(
    ("changed", "touched"),
    [
        (("acme", "monthly_active_users", "2024-06"), True),
        (("acme", "monthly_active_users", "2024-07"), False),
        (("acme", "daily_active_users", "2024-06"), False),
        (("other", "monthly_active_users", "2024-06"), False),
        (("acme", "monthly_active_users", None), True),
        (("acme", "annual_revenue", "2019"), True),
        (("acme", "annual_revenue", None), True),
        (("other", "annual_revenue", None), False),
    ],
)
def test_a_figure_touches_those_who_look_it_up_and_nobody_else(reader, changed, touched):
    assert cases.reading_usage([changed]).filter(pk=reader.case_id).exists() is touched


def test_any_number_of_figures_finds_its_readers(reader):
    for n in range(250):
        UsageRead.objects.create(case=reader.case, company="acme", metric=f"metric_{n}", period="2024-06")
    many = [(f"company-{n}", "monthly_active_users", "2024-06") for n in range(5000)]
    hits = [("acme", f"metric_{n}", "2024-06") for n in range(250)]
    assert list(cases.reading_usage([*many, *hits])) == [reader.case]
    assert not cases.reading_usage(many).exists()


def test_no_figure_touches_nobody(reader):
    assert not cases.reading_usage([]).exists()


def test_marking_raises_every_change_once(reader):
    reader.refresh_from_db()
    before = reader.case.changes
    ids = cases.mark_changed(Case.objects.filter(usage_reads__company="acme"))
    assert ids == [reader.case_id]
    reader.refresh_from_db()
    assert reader.case.changes == before + 1


def test_a_subject_that_somebody_else_made_meanwhile_is_left_to_them():
    """A web and a worker place the same new model: neither knew of a subject when it looked."""
    model, nobody = cast.model(), {}
    Subject.objects.filter(model=model).delete()
    for _ in range(2):
        cases._place(nobody, {model.pk: "a key"}, "model_id", NOW)
    subject = Subject.objects.get(model=model)
    assert [placement.case for placement in subject.placements.all()] == [subject.case]
