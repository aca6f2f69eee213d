"""From nothing to a usable platform, and nothing more on the second run."""

from __future__ import annotations

import stat

import pytest
from django.utils import timezone

from governance.accounts.models import User
from governance.accounts.services import SCOPES, find_token
from governance.audit.models import Entry
from governance.compliance.models import Assignment
from governance.discovery import catalog
from governance.pipeline.bootstrap import bootstrap

pytestmark = pytest.mark.django_db


def alive(secret: str):
    return find_token(secret.strip(), timezone.now())


def test_one_call_makes_administrator_token_and_assignments(tmp_path):
    path = tmp_path / "token"
    made = bootstrap(policies="enforce", token_file=path)
    assert User.objects.get(username=made.username).check_password(made.password)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    token = alive(path.read_text())
    assert token is not None
    assert set(token.scopes) == set(SCOPES)
    assigned = Assignment.objects.values_list("policy", "mode")
    assert set(assigned) == {(key, "enforce") for key in catalog().policies}


def test_running_it_again_changes_nothing(tmp_path):
    path = tmp_path / "token"
    bootstrap(policies="enforce", token_file=path)
    before = (path.read_text(), Assignment.objects.count(), Entry.objects.count())
    made = bootstrap(policies="enforce", token_file=path)
    assert (path.read_text(), Assignment.objects.count(), Entry.objects.count()) == before
    assert made.password == ""
    assert User.objects.count() == 1


def test_a_token_in_another_file_stays_alive(tmp_path):
    """`up` keeps one of its own beside the database."""
    for name in ("first", "second"):
        bootstrap(token_file=tmp_path / name / "token")
    first, second = ((tmp_path / name / "token").read_text() for name in ("first", "second"))
    assert first != second
    assert alive(first)
    assert alive(second)


def test_a_lost_file_gets_another_token_and_the_lost_one_ends(tmp_path):
    path = tmp_path / "token"
    bootstrap(token_file=path)
    lost = path.read_text()
    path.unlink()
    bootstrap(token_file=path)
    assert not alive(lost)
    assert alive(path.read_text())


def test_a_policy_that_is_assigned_in_another_mode_keeps_it():
    bootstrap(policies="observe")
    bootstrap(policies="enforce")
    assert set(Assignment.objects.values_list("mode", flat=True)) == {"observe"}
