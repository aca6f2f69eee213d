"""Bearer tokens and their scopes."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from rest_framework import exceptions
from rest_framework.authentication import BaseAuthentication
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request

from governance.accounts.models import ApiToken, User
from governance.accounts.services import can, find_token, note_use

REALM = 'Bearer realm="modelsteward"'
REFUSED = "The token is not known, has expired or was revoked."


class BearerToken(BaseAuthentication):
    """`Authorization: Bearer <token>`; anything else is refused with 401."""

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        header = request.META.get("HTTP_AUTHORIZATION", "")
        if not is_bearer(header):
            return None
        token = live_token(header)
        if token is None:
            raise exceptions.AuthenticationFailed(REFUSED)
        return token.user, token

    def authenticate_header(self, request: Request) -> str:
        return REALM


def is_bearer(header: str) -> bool:
    return header[:7].lower() == "bearer "


def live_token(header: str) -> ApiToken | None:
    """The token that an Authorization header carries, if it is alive; its use is noted."""
    words = header.split()
    if len(words) != 2 or not is_bearer(header):
        return None
    now = timezone.now()
    token = find_token(words[1], now)
    if token is not None:
        note_use(token, now)
    return token


class HasScope(BasePermission):
    """A view names what it needs in `scope`, or in `read_scope` and `write_scope` by method.

    Both the token's scopes and the role of its user must be enough.
    """

    def has_permission(self, request: Request, view: Any) -> bool:
        if not isinstance(request.auth, ApiToken):
            return False
        self.message = fault = scope_fault(request.auth, scope_of(view, request.method or ""))
        return not fault


def scope_of(view: Any, method: str) -> str:
    read, write = getattr(view, "read_scope", "read"), getattr(view, "write_scope", "write")
    return str(getattr(view, "scope", "") or (read if method in SAFE_METHODS else write))


def scope_fault(token: ApiToken, needed: str) -> str:
    """Why the token does not reach as far as the scope; empty when it does."""
    if needed not in token.scopes:
        return f"The token lacks the scope {needed!r}."
    if not can(token.user, needed):
        return f"The role of {token.user.username} does not allow {needed!r}."
    return ""
