"""Fixtures of the portal's tests."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from governance.accounts.models import User
from tests.portal import cast


@pytest.fixture
def people(db: None) -> dict[str, User]:
    return cast.people()


@pytest.fixture
def as_(people: dict[str, User]) -> Callable[[str], Client]:
    """`as_("ed")` is a browser in which Ed is signed in."""

    def signed_in(name: str) -> Client:
        client = Client()
        client.force_login(people[name])
        return client

    return signed_in
