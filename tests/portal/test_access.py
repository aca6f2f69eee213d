"""Who may open which address, and who may change what."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from django.test import Client
from django.urls import reverse

from governance.accounts.models import Role, User
from governance.pipeline.models import Work
from governance.portal.urls import urlpatterns
from tests.portal import cast
from tests.portal.reading import words

OPEN = {"sign-in", "sign-out", "home"}
"""Addresses that need no reader: signing in and out, and the way to the models."""
ARGUMENTS = {
    "source": "huggingface",
    "repo_id": cast.LLAMA,
    "tab": "files",
    "slug": "chat-us",
    "number": 1,
    "key": "model.file-formats",
    "name": "request",
}
As = Callable[[str], Client]


def addresses() -> Iterator[tuple[str, str]]:
    for pattern in urlpatterns:
        names = pattern.pattern.converters
        yield (
            pattern.name,
            reverse(f"portal:{pattern.name}", kwargs={name: ARGUMENTS[name] for name in names}),
        )


@pytest.mark.django_db
@pytest.mark.parametrize(("name", "address"), [one for one in addresses() if one[0] not in OPEN])
def test_nobody_sees_or_does_anything_without_signing_in(name: str, address: str) -> None:
    answers = [Client().get(address), Client().post(address)]
    assert {answer.status_code for answer in answers} <= {302, 405}
    led = [answer.headers["Location"] for answer in answers if answer.status_code == 302]
    assert led
    assert all(where.startswith("/sign-in/?next=") for where in led)


WRITES = [
    ("add-model", {}, "write"),
    ("sync-model", {"source": "huggingface", "repo_id": cast.LLAMA}, "write"),
    ("retire", {"slug": "chat-us"}, "write"),
    ("override-license", {"source": "huggingface", "repo_id": cast.LLAMA}, "write"),
    ("withdraw-license", {"source": "huggingface", "repo_id": cast.LLAMA}, "write"),
    ("curate", {"source": "huggingface", "repo_id": cast.LLAMA}, "write"),
    ("retract-edge", {"source": "huggingface", "repo_id": cast.LLAMA, "number": 1}, "write"),
    ("record-model-figure", {"source": "huggingface", "repo_id": cast.LLAMA}, "write"),
    ("retract-model-figure", {"source": "huggingface", "repo_id": cast.LLAMA, "number": 1}, "write"),
    ("add-grant", {}, "write"),
    ("change-grant", {"number": 1}, "write"),
    ("grant-step", {"number": 1, "name": "request"}, "write"),
    ("attach-grant", {"number": 1}, "write"),
    ("retire-grant", {"number": 1}, "write"),
    ("adopt-reading", {"key": "model.file-formats"}, "approve"),
    ("withdraw-reading", {"number": 1}, "approve"),
    ("show-duty", {"slug": "chat-us"}, "write"),
    ("withdraw-evidence", {"number": 1}, "write"),
    ("add-figure", {}, "write"),
    ("subscribe", {}, "admin"),
    ("end-subscription", {"number": 1}, "admin"),
    ("subscription-secret", {"number": 1}, "admin"),
    ("import-figures", {}, "write"),
    ("request-waiver", {"number": 1}, "write"),
    ("decide-waiver", {"number": 1}, "approve"),
    ("revoke-waiver", {"number": 1}, "approve"),
    ("assign", {"key": "model.file-formats"}, "admin"),
    ("change-assignment", {"number": 1}, "admin"),
    ("remove-assignment", {"number": 1}, "admin"),
    ("retry", {"number": 1}, "admin"),
    ("retry-all", {}, "admin"),
]
ROLES = {"vera": Role.VIEWER, "ed": Role.EDITOR, "ann": Role.APPROVER, "adam": Role.ADMIN}
MAY = {"write": {"ed", "ann", "adam"}, "approve": {"ann", "adam"}, "admin": {"adam"}}


@pytest.mark.parametrize("name", ROLES)
@pytest.mark.parametrize(("action", "arguments", "verb"), WRITES)
def test_each_action_needs_its_role(as_: As, name: str, action: str, arguments: dict, verb: str) -> None:
    answer = as_(name).post(reverse(f"portal:{action}", kwargs=arguments))
    assert (answer.status_code == 403) == (name not in MAY[verb])


def test_every_action_is_in_the_table_above(as_: As) -> None:
    told = {action for action, _, _ in WRITES}
    reader, listed = as_("vera"), dict(addresses())
    only_post = {name for name, address in listed.items() if reader.get(address).status_code == 405}
    refused = {name for name, address in listed.items() if reader.get(address).status_code == 403}
    assert (only_post | refused) - OPEN - {"theme"} == told


def test_a_refusal_says_which_role_is_missing(as_: As) -> None:
    answer = as_("vera").post(reverse("portal:add-figure"))
    assert "This needs the role of an editor. An administrator can give it to you." in words(answer)


def test_no_button_is_shown_that_would_be_refused(as_: As) -> None:
    cast.everything()
    assert "Add a model" not in words(as_("vera").get("/models/"))
    assert "Add a model" in words(as_("ed").get("/models/"))
    assert "Try again" not in words(as_("ann").get("/jobs/"))
    assert "Try again" in words(as_("adam").get("/jobs/"))


def test_forms_without_the_token_of_the_page_change_nothing(people: dict[str, User]) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(people["adam"])
    cast.dead()
    answer = strict.post(reverse("portal:retry", args=[Work.objects.get().pk]))
    assert answer.status_code == 403
    assert "The form could not be accepted" in words(answer)
    assert Work.objects.get().state == Work.State.DEAD
