from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from governance.accounts.models import ApiToken, Role, User
from governance.accounts.services import can, find_token, issue_token, note_use
from tests.cast import Client, person

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def test_only_a_digest_of_the_secret_is_kept():
    token, secret = issue_token(user=person("eve"), name="laptop")
    row = ApiToken.objects.values().get(pk=token.pk)
    assert secret.startswith("mst_")
    assert len(secret) > 40
    assert all(secret not in str(value) for value in row.values())
    assert find_token(secret, NOW) == token


def test_two_tokens_never_have_one_secret():
    assert len({issue_token(user=person("eve"), name="x")[1] for _ in range(20)}) == 20


def test_a_secret_that_differs_in_one_character_finds_nothing():
    _, secret = issue_token(user=person("eve"), name="laptop")
    assert find_token(secret[:-1] + ("a" if secret[-1] != "a" else "b"), NOW) is None
    assert find_token(secret.upper(), NOW) is None
    assert find_token("", NOW) is None
    assert find_token("\ud800".encode("utf-8", "replace").decode(), NOW) is None


def test_a_token_expires_to_the_second():
    _, secret = issue_token(user=person("eve"), name="laptop", expires_at=NOW)
    assert find_token(secret, NOW - timedelta(seconds=1)) is not None
    assert find_token(secret, NOW) is None


def test_a_revoked_token_is_dead():
    token, secret = issue_token(user=person("eve"), name="laptop")
    ApiToken.objects.filter(pk=token.pk).update(revoked_at=NOW)
    assert find_token(secret, NOW) is None


def test_the_tokens_of_who_left_are_dead():
    _, secret = issue_token(user=person("eve"), name="laptop")
    User.objects.filter(username="eve").update(is_active=False)
    assert find_token(secret, NOW) is None
    assert not can(User.objects.get(username="eve"), "read")


def test_an_unknown_scope_is_refused_by_name():
    with pytest.raises(ValueError, match="scopes: fly is no scope"):
        issue_token(user=person("eve"), name="laptop", scopes=["read", "fly"])
    assert not ApiToken.objects.exists()


def test_a_token_without_the_scope_is_refused_and_changes_nothing():
    answer = Client("alice", scopes=["read"]).send("models/", {"source": "manual", "repo_id": "a/b"})
    assert answer.status_code == 403


def test_a_scope_reaches_no_further_than_the_role_behind_it():
    answer = Client("vic").send("models/", {"source": "manual", "repo_id": "a/b"})
    assert answer.status_code == 403


@pytest.mark.parametrize(
    ("role", "verbs"),
    [
        (Role.VIEWER, {"read"}),
        (Role.EDITOR, {"read", "write"}),
        (Role.APPROVER, {"read", "write", "approve"}),
        (Role.ADMIN, {"read", "write", "approve", "admin"}),
    ],
)
def test_a_role_may_what_it_may_and_no_more(role, verbs):
    user = User(username="x", role=role)
    assert {verb for verb in ("read", "write", "approve", "admin") if can(user, verb)} == verbs


def test_use_is_noted_at_most_once_a_minute(django_assert_num_queries):
    token, _ = issue_token(user=person("eve"), name="laptop")
    note_use(token, NOW)
    token.refresh_from_db()
    assert token.last_used_at == NOW
    with django_assert_num_queries(0):
        note_use(token, NOW + timedelta(seconds=59))
    note_use(token, NOW + timedelta(seconds=61))
    token.refresh_from_db()
    assert token.last_used_at == NOW + timedelta(seconds=61)
