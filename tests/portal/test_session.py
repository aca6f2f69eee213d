"""Signing in and out, and the theme."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from governance.accounts.models import User
from tests.portal import cast
from tests.portal.reading import read, words

As = Callable[[str], Client]


@pytest.fixture
def vera(people: dict[str, User]) -> User:
    people["vera"].set_password(cast.PASSWORD)
    people["vera"].save()
    return people["vera"]


def sign_in(password: str = cast.PASSWORD, **more: str):
    return Client().post("/sign-in/", {"username": "vera", "password": password, **more})


def test_the_models_come_after_signing_in(vera: User) -> None:
    assert sign_in().headers["Location"] == "/models/"


def test_the_page_that_was_asked_for_comes_after_signing_in(vera: User) -> None:
    assert sign_in(next="/usage/").headers["Location"] == "/usage/"


def test_nobody_is_led_to_another_site(vera: User) -> None:
    assert sign_in(next="https://evil.example/").headers["Location"] == "/models/"


def test_a_wrong_password_is_told_in_words(vera: User) -> None:
    answer = sign_in("wrong")
    assert answer.status_code == 422
    assert "There is a problem" in words(answer)
    assert "<title>Error: Sign in" in answer.content.decode()


def test_signing_out_takes_a_form(as_: As) -> None:
    client = as_("vera")
    assert client.get("/sign-out/").status_code == 405
    assert client.post("/sign-out/").headers["Location"] == "/sign-in/"
    assert client.get("/models/").status_code == 302


@pytest.mark.parametrize(("theme", "attribute"), [("light", "light"), ("dark", "dark"), ("system", None)])
def test_the_theme_is_kept_and_set_by_the_server(as_: As, theme: str, attribute: str | None) -> None:
    client = as_("vera")
    assert client.post("/theme/", {"theme": theme, "next": "/usage/"}).headers["Location"] == "/usage/"
    assert read(client.get("/usage/")).all("html")[0].get("data-bs-theme") == attribute


def test_a_theme_that_does_not_exist_changes_nothing(as_: As) -> None:
    as_("vera").post("/theme/", {"theme": "purple", "next": "//evil.example"})
    assert User.objects.get(username="vera").theme == "system"
