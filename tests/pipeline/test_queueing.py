"""What a change leaves to be judged is cut into pieces that share as much as they can."""

from __future__ import annotations

import pytest

from governance.compliance.models import Case, Subject
from governance.pipeline.models import Kind, Work
from governance.pipeline.queueing import queue_judging
from tests.compliance import cast

pytestmark = pytest.mark.django_db


def pieces():
    rows = Work.objects.filter(kind=Kind.JUDGE, state=Work.State.DUE, key__startswith="because").order_by(
        "id"
    )
    return [work.payload["cases"] for work in rows]


def test_cases_of_one_model_are_judged_in_one_piece(settings):
    settings.CHUNK = 3
    cast.acme()
    cast.model("acme/other", license="mit")
    made = [
        deploy_in(region, model) for region in ("US", "DE") for model in (cast.LLAMA, "acme/other")
    ]  # their cases come in turn
    queue_judging(sorted(Case.objects.values_list("pk", flat=True)), "because")
    llama, other = pieces()
    assert {made[0].case_id, made[2].case_id, model_case(cast.LLAMA)} == set(llama)
    assert {made[1].case_id, made[3].case_id, model_case("acme/other")} == set(other)


def deploy_in(region, model):
    return cast.deploy(f"{region}-{model.rpartition('/')[2]}".lower(), model, regions=[region])


def model_case(repo_id):
    return Subject.objects.get(model__repo_id=repo_id).case_id


def test_every_case_is_in_exactly_one_piece_also_one_that_nobody_belongs_to(settings):
    settings.CHUNK = 2
    cast.acme()
    deploy_in("US", cast.LLAMA)
    Case.objects.create(key="empty")
    wanted = sorted(Case.objects.values_list("pk", flat=True))
    queue_judging(wanted, "because")
    assert sorted(pk for piece in pieces() for pk in piece) == wanted
