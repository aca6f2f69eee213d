"""Bearer tokens and their scopes."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from rest_framework import exceptions
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request

from governance.accounts.models import ApiToken, User
from governance.accounts.services import can, find_token, note_use


class BearerToken(BaseAuthentication):
    """`Authorization: Bearer <token>`; anything else is refused with 401."""

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        words = get_authorization_header(request).decode("latin-1").split()
        if not words or words[0].lower() != "bearer":
            return None
        now = timezone.now()
        token = find_token(words[1], now) if len(words) == 2 else None
        if token is None:
            raise exceptions.AuthenticationFailed("The token is not known, has expired or was revoked.")
        note_use(token, now)
        return token.user, token

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="modelsteward"'


class HasScope(BasePermission):
    """Reading needs `read`, anything else `write`, unless the view names its scope in `scope`.

    Both the token's scopes and the role of its user must be enough.
    """

    message = "The token's scopes or its user's role do not allow this."

    def has_permission(self, request: Request, view: Any) -> bool:
        if not isinstance(request.auth, ApiToken):
            return False
        needed = getattr(view, "scope", None) or ("read" if request.method in SAFE_METHODS else "write")
        return needed in request.auth.scopes and can(request.user, needed)
