"""Who appears in tests of API and portal: Alice administers, Eve edits, Ada approves, Vic views."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rest_framework.response import Response
from rest_framework.test import APIClient

from governance.accounts.models import Role, User
from governance.accounts.services import SCOPES, issue_token

ROLES = {"alice": Role.ADMIN, "eve": Role.EDITOR, "ada": Role.APPROVER, "vic": Role.VIEWER}


def person(name: str) -> User:
    """The member of the cast, made when first asked for."""
    made, _ = User.objects.get_or_create(username=name, defaults={"role": ROLES[name]})
    return made


def token_of(name: str, scopes: Sequence[str] = SCOPES) -> str:
    """The secret of a new token of that person."""
    _, secret = issue_token(user=person(name), name=f"{name}-laptop", scopes=scopes)
    return secret


class Client(APIClient):
    """Speaks JSON to /api/v1/ with a person's token; paths are given without that prefix."""

    def __init__(self, name: str, scopes: Sequence[str] = SCOPES) -> None:
        super().__init__(raise_request_exception=False)
        self.credentials(HTTP_AUTHORIZATION=f"Bearer {token_of(name, scopes)}")

    def ask(self, path: str, **query: Any) -> Response:
        return self.get(f"/api/v1/{path}", query)

    def send(self, path: str, body: Any = None, **headers: str) -> Response:
        return self.post(f"/api/v1/{path}", body, format="json", headers=headers)

    def raw(self, path: str, body: bytes | str, content_type: str = "application/json") -> Response:
        return self.generic("POST", f"/api/v1/{path}", body, content_type)
