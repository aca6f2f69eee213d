from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from governance.accounts.models import User
from governance.accounts.services import can, find_token

pytestmark = pytest.mark.django_db


def account(*words):
    out = StringIO()
    call_command("account", *words, stdout=out)
    return out.getvalue()


def test_a_person_is_made_with_a_role_a_password_and_a_token(tmp_path):
    told = account("ada", "--role", "approver", "--token-file", str(tmp_path / "token"))
    person = User.objects.get(username="ada")
    assert can(person, "approve")
    assert not can(person, "admin")
    assert person.check_password(told.split("password ")[1].split()[0])
    assert find_token((tmp_path / "token").read_text().strip(), timezone.now()).user == person


def test_a_role_is_changed_and_the_password_stays():
    account("ada", "--password", "a long enough one")
    assert "password" not in account("ada", "--role", "editor")
    person = User.objects.get(username="ada")
    assert (person.role, person.check_password("a long enough one")) == ("editor", True)


def test_a_name_that_is_none_is_refused():
    with pytest.raises(CommandError, match="may hold letters"):
        account("Ada Lovelace")
    assert not User.objects.filter(username__startswith="Ada").exists()
