"""Duties of a deployment: how each stands, what shows it, and the report to paste from."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from governance.deployments.models import Evidence
from governance.pipeline import intake
from tests.compliance import cast as platform
from tests.portal.reading import words

As = Callable[[str], Client]
DUTIES = "/deployments/chat-eu/duties/"


@pytest.fixture
def client(as_: As) -> Client:
    platform.acme()
    platform.deploy()
    return as_("ed")


def show(client: Client, **said: str):
    page = client.get(DUTIES).content.decode()
    key = page.split('name="duty" value="')[1].split('"')[0]
    return client.post(f"{DUTIES}show/", {"duty": key, "kind": "text", "value": "", "recheck_on": "", **said})


def test_each_duty_says_what_is_asked_and_who_asks(client: Client) -> None:
    told = words(client.get(DUTIES))
    assert "2 duties have nothing that shows it." in told
    assert "Nothing shows it Arises: made available Show “Built with Llama” on website" in told
    assert "Llama 3.1 Community License Agreement , § 1.b.i(B)" in told
    assert "Do not arise from this use 3" in told


def test_a_text_with_the_phrase_shows_it_and_can_be_withdrawn(client: Client) -> None:
    assert show(client, value="On our site: Built with Llama.").status_code == 302
    told = words(client.get(DUTIES))
    assert "Shown by a text that user:ed gave" in told
    assert "1 duty has nothing that shows it." in told
    client.post(f"/evidence/{Evidence.objects.get().pk}/withdraw/")
    told = words(client.get(DUTIES))
    assert "2 duties have nothing that shows it." in told
    assert "withdrawn by user:ed" in told


@pytest.mark.parametrize(
    ("said", "cause"),
    [
        ({"value": "Built by us"}, "does not hold “Built with Llama”"),
        ({"kind": "statement", "value": "Done."}, "Recheck on : is needed"),
        ({"kind": "url", "value": "http://10.0.0.1/"}, "no public address"),
        ({"kind": "nothing", "value": "x"}, "Nothing : is no field"),
        ({"duty": "unknown", "value": "x"}, "is no duty of this deployment"),
    ],
)
def test_what_shows_nothing_is_said_beside_the_form(client: Client, said: dict[str, str], cause: str) -> None:
    answer = show(client, **said)
    assert answer.status_code == 422
    assert cause in words(answer)
    assert not Evidence.objects.exists()


def test_a_viewer_sees_everything_and_changes_nothing(client: Client, as_: As) -> None:
    viewer = as_("vera")
    assert "Record the evidence" not in words(viewer.get(DUTIES))
    assert viewer.post(f"{DUTIES}show/", {}).status_code == 403
    assert viewer.post("/evidence/1/withdraw/").status_code == 403


@pytest.mark.parametrize(
    ("path", "title"), [("/deployments/chat-eu/", "chat-eu"), ("/products/chat/", "Chat")]
)
def test_a_report_is_a_page_and_a_file(client: Client, path: str, title: str) -> None:
    told = words(client.get(f"{path}report/"))
    assert "Show “Built with Llama” on website" in told
    assert "Keep to the use policy of the license" in told
    notice = client.get(f"{path}report/?notice")
    assert notice["Content-Disposition"] == 'attachment; filename="NOTICE"'
    assert notice.content.decode().startswith(f"{title}\n\nacme/llama\nLlama 3.1 Community License Agreement")
    assert "Built with Llama\n" in notice.content.decode()


def test_a_license_that_is_not_known_is_named_wherever_duties_are(client: Client) -> None:
    intake.add_model(source="huggingface", repo_id="acme/odd", actor="user:ed")
    platform.deploy("odd", model="acme/odd")
    for path in ("duties", "report"):
        assert "acme/odd: its license is not known" in words(client.get(f"/deployments/odd/{path}/"))
