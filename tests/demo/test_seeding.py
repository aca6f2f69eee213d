"""A seeded database is what people would have made, only more of it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.core.management.base import CommandError
from hypothesis import given
from hypothesis import strategies as st

from governance.compliance.models import Case, Placement, Subject
from governance.core.outcomes import Decision
from governance.demo.seeding import Size, seed
from governance.deployments.models import Deployment
from governance.pipeline import execution, intake
from governance.pipeline.models import Work
from governance.registry.models import Model
from governance.usage.models import Company

NOW = datetime(2026, 11, 25, tzinfo=UTC)


@given(st.integers(1, 400), st.integers(1, 400), st.integers(1, 30))
def test_there_are_as_many_different_deployments_as_cases(deployments, cases, models):
    size = Size(deployments, min(cases, deployments), models)
    assert len({size.case(number) for number in range(deployments)}) == size.cases


@pytest.mark.parametrize(
    ("numbers", "field"), [((0, 1, 1), "deployments"), ((5, 6, 1), "cases"), ((5, 5, 0), "models")]
)
def test_numbers_that_do_not_fit_are_refused_by_name(numbers, field):
    with pytest.raises(ValidationError) as refused:
        Size(*numbers)
    assert field in refused.value.message_dict


@pytest.mark.django_db
class TestSeeding:
    def test_everything_is_judged_as_if_people_had_saved_it(self):
        intake.load_licenses(actor="test")
        intake.assign_policy(policy="license.usage-threshold", mode="enforce", actor="test")
        seed(Size(deployments=300, cases=60, models=12), now=NOW)
        execution.drain()
        assert (Deployment.objects.count(), Model.objects.count(), Company.objects.count()) == (300, 12, 3)
        assert Case.objects.count() == 60 + 12
        assert Subject.objects.filter(decided=True, settled=True).count() == 300 + 12
        assert Placement.objects.count() == 300 + 12
        assert str(Decision.ALLOWED) in Subject.objects.values_list("decision", flat=True)

    def test_another_look_at_a_seeded_model_finds_nothing_new(self):
        intake.load_licenses(actor="test")
        seed(Size(deployments=7, cases=7, models=7), now=NOW)
        before = set(Model.objects.values_list("repo_id", "state", "latest_snapshot"))
        for model in Model.objects.all():
            intake.sync_model(model=model, actor="test")
        execution.drain()
        assert set(Model.objects.values_list("repo_id", "state", "latest_snapshot")) == before
        assert not Work.objects.exclude(state=Work.State.DONE).exists()

    def test_a_database_that_holds_something_is_left_alone_unless_asked_for(self):
        call_command("seed", "--deployments", "2", verbosity=0)
        with pytest.raises(CommandError, match="--add"):
            call_command("seed", "--deployments", "2")
        assert Deployment.objects.count() == 2
        call_command("seed", "--deployments", "2", "--add")
        assert Deployment.objects.count() == 4

    def test_the_same_numbers_make_the_same_deployments(self):
        seed(Size.of(20), now=NOW)
        shown = ("slug", "model__repo_id", "company__slug", "published_name")
        first = list(Deployment.objects.order_by("id").values_list(*shown))
        assert first[0][0] == "seed-0-0"
        seed(Size.of(20), now=NOW)
        again = list(Deployment.objects.order_by("id").values_list(*shown))[20:]
        assert [row[3] for row in again] == [row[3] for row in first]

    def test_a_wrong_number_is_refused_with_its_name(self):
        with pytest.raises(CommandError, match="--cases: must not exceed the deployments, 2"):
            call_command("seed", "--deployments", "2", "--cases", "3")
