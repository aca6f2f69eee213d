"""`manage.py rederive`: every verdict follows from what was kept, and whoever changed that is found out."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from governance.compliance.models import FacetBody, Verdict
from governance.discovery import catalog
from governance.pipeline import intake
from tests.compliance import cast
from tests.compliance.cast import deploy, judge, says
from tests.pipeline.cast import settle

pytestmark = pytest.mark.django_db


@pytest.fixture
def judged():
    """Every shipped policy has judged three deployments."""
    cast.acme(800_000_000)
    cast.company("sister", domicile="FR")
    intake.record_control(
        data={"parent": "acme", "child": "sister", "percent": "62.5", "from": "2023-01-01"}, actor=cast.ACTOR
    )
    grant = {"company": "acme", "license": "llama3.1", "until": "2030-05-06T07:08:09Z"}
    intake.record_grant(
        data={**grant, "cap": {"metric": "monthly_active_users", "limit": 10**9}}, actor=cast.ACTOR
    )
    cast.model("acme/stable", license="stability-ai-community")
    for key in catalog().policies:
        intake.assign_policy(policy=key, mode="enforce", actor=cast.ACTOR)
    deploy(), deploy("stable", model="acme/stable"), deploy("unread", model="acme/stable", regions=None)
    settle()


def rederive(*words):
    out, err = StringIO(), StringIO()
    code = 0
    try:
        call_command("rederive", *words, stdout=out, stderr=err)
    except CommandError as fault:
        code = fault.returncode
    return code, out.getvalue(), err.getvalue()


def test_every_verdict_follows_from_the_facts_that_were_kept(judged):
    count = Verdict.objects.count()
    assert count > len(catalog().policies)
    assert rederive("--sample", "0") == (0, f"{count} verdicts follow from the facts that were kept.\n", "")


def test_a_sample_of_any_size_is_chosen_by_its_seed(judged):
    code, out, _ = rederive("--sample", "3", "--seed", "1")
    assert (code, out) == (0, "3 verdicts follow from the facts that were kept.\n")
    assert rederive("--sample", "100000")[0] == 0


@pytest.mark.parametrize(
    ("edit", "said"),
    [
        ({"outcome": "pass"}, "it says pass, but fail follows from its facts"),
        ({"findings": []}, "its findings do not follow from its facts"),
        ({"holds_until": "2031-01-01T00:00Z"}, "it holds until 2031"),
        ({"params": {"warn_at": 0.1}}, "the parameters are not those that it was derived with"),
        ({"facets": {}}, "the facts are not those that it was derived from"),
    ],
    ids=str,
)
def test_a_verdict_that_was_changed_is_found_out(edit, said):
    cast.acme(800_000_000)
    cast.assign()
    judge(deploy())
    Verdict.objects.update(**edit)
    code, _, err = rederive("--sample", "0")
    assert code == 1
    assert said in err


def test_facts_that_were_changed_or_are_gone_are_found_out():
    cast.acme(800_000_000)
    cast.assign()
    judge(deploy())
    usage = FacetBody.objects.get(facet="usage")
    FacetBody.objects.filter(pk=usage.pk).update(body=usage.body.replace("800000000", "600000000"))
    code, _, err = rederive()
    assert (code, "the facts about usage were changed" in err) == (1, True)
    FacetBody.objects.filter(pk=usage.pk).delete()
    assert "the facts about usage are gone" in rederive()[2]


def test_errors_and_other_versions_are_not_asked_again():
    cast.acme()
    cast.assign()
    one, two = deploy("one"), deploy("two", regions=["FR"])
    judge(one, evaluate=says("error"))
    judge(two)
    Verdict.objects.exclude(outcome="error").update(policy_version=99)
    code, out, _ = rederive()
    assert code == 0
    assert "0 verdicts follow" in out
    assert "1 are of a version that is not installed any more." in out


def test_a_negative_sample_is_wrong_usage():
    assert rederive("--sample", "-1")[0] == 2
