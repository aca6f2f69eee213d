"""Duties of a deployment from the first evidence to the page that no longer shows it."""

from __future__ import annotations

import pytest
from django.utils import timezone

from governance.compliance.duties import asked_of
from governance.compliance.gate import gate
from governance.deployments.models import Deployment, Evidence
from governance.pipeline import execution, intake, looking
from governance.pipeline.models import Work
from governance.pipeline.opening import open_page
from tests.compliance import cast
from tests.compliance.cast import ACTOR, assign, deploy
from tests.pipeline.cast import settle
from tests.pipeline.test_opening import local
from tests.pipeline.test_opening import site as site

pytestmark = pytest.mark.django_db


@pytest.fixture
def chat() -> Deployment:
    cast.acme()
    assign("license.duties")
    deploy()
    settle()
    return Deployment.objects.select_related("model", "snapshot", "company", "product").get()


def standings(chat: Deployment) -> dict[str, str]:
    return {item.duty.kind: seen.standing for item, seen in asked_of([chat], timezone.now())[0].duties}


def give(chat: Deployment, kind: str, **fields: object) -> Evidence:
    duties = asked_of([chat], timezone.now())[0].duties
    key = next(item.key for item, _ in duties if item.duty.kind == kind)
    body = {"deployment": chat.slug, "duty": key, **fields}
    return intake.give_evidence(data=body, actor=ACTOR)


def look(page: Evidence) -> Evidence:
    execution.run(Work.objects.get(kind="look", state="due").pk)
    page.refresh_from_db()
    return page


def answers(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    """The page is open to the public internet only: what it says is given here, opening has its own tests."""
    monkeypatch.setattr(looking, "open_page", lambda address: text)


def test_the_decision_has_no_duties_left_once_each_is_shown(chat):
    assert gate(chat.slug, timezone.now())["decision"] == "allowed_with_duties"
    give(chat, "display", text="Built with Llama")
    settle()
    assert gate(chat.slug, timezone.now())["decision"] == "allowed_with_duties"
    give(chat, "use_policy", statement="Our terms of use bind all users.", recheck_on="2100-01-01")
    settle()
    assert gate(chat.slug, timezone.now())["decision"] == "allowed"
    assert standings(chat) == {
        "license_copy": "not_applicable",
        "display": "shown",
        "name_prefix": "not_applicable",
        "notice_file": "not_applicable",
        "use_policy": "shown",
    }


def test_a_page_within_is_never_opened_and_says_so(chat):
    page = give(chat, "display", url="https://localhost/about")
    assert standings(chat)["display"] == "missing"
    look(page)
    assert page.state == Evidence.State.FAILED
    assert "is no public address" in page.fault
    assert standings(chat)["display"] == "missing"


def test_a_page_that_redirects_within_shows_nothing_and_says_why(chat, monkeypatch, site):
    monkeypatch.setattr(looking, "open_page", lambda address: open_page(f"{site}/away", local))
    page = look(give(chat, "display", url="https://acme.example/about"))
    assert page.state == Evidence.State.FAILED
    assert page.fault.startswith("The page redirects to http://10.0.0.1/secret, which is not followed")
    settle()
    assert standings(chat)["display"] == "missing"


def test_a_page_is_looked_at_again_before_it_counts_no_longer(chat, monkeypatch):
    answers(monkeypatch, "<p>Built with Llama</p>")
    page = look(give(chat, "display", url="https://acme.example/about"))
    settle()
    assert standings(chat)["display"] == "shown"
    looking.look_again(timezone.now())
    assert not Work.objects.filter(kind="look", state="due").exists()
    Evidence.objects.update(recheck_on=timezone.now().date())
    looking.look_again(timezone.now())
    answers(monkeypatch, "We moved.")
    look(page)
    settle()
    assert standings(chat)["display"] == "missing"
    assert gate(chat.slug, timezone.now())["decision"] == "allowed_with_duties"


def test_withdrawn_evidence_is_not_looked_at(chat):
    page = give(chat, "display", url="https://acme.example/about")
    intake.withdraw_evidence(evidence=page, actor=ACTOR)
    assert look(page).state == Evidence.State.PENDING
