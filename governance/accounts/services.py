"""Tokens and permissions. A secret is shown once and kept only as its SHA-256."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import DEFAULT_DB_ALIAS

from governance.accounts.models import ApiToken, Role, User
from governance.prepared import PreparedRead

SCOPES = ("read", "write", "approve", "admin")
PREFIX = "mst_"
_RANK = {role: rank for rank, role in enumerate((Role.VIEWER, Role.EDITOR, Role.APPROVER, Role.ADMIN))}
_NEEDS = {"read": Role.VIEWER, "write": Role.EDITOR, "approve": Role.APPROVER, "admin": Role.ADMIN}
_TOKEN = [field.attname for field in ApiToken._meta.concrete_fields]
_USER = [field.attname for field in User._meta.concrete_fields]
_BY_DIGEST = PreparedRead(
    lambda digest: ApiToken.objects.filter(sha256=digest).values_list(
        *_TOKEN, *(f"user__{name}" for name in _USER)
    )
)


def issue_token(
    *, user: User, name: str, scopes: Sequence[str] = SCOPES, expires_at: datetime | None = None
) -> tuple[ApiToken, str]:
    """A new token and its secret, which cannot be read again. Raises ValueError for an unknown scope."""
    unknown = set(scopes) - set(SCOPES)
    if unknown:
        raise ValueError(f"scopes: {', '.join(sorted(unknown))} is no scope; there are {', '.join(SCOPES)}")
    secret = PREFIX + secrets.token_urlsafe(32)
    token = ApiToken.objects.create(
        user=user,
        name=name,
        prefix=secret[:12],
        sha256=_sha256(secret),
        scopes=list(scopes),
        expires_at=expires_at,
    )
    return token, secret


def find_token(secret: str, now: datetime) -> ApiToken | None:
    """The live token of this secret. Looked up by digest, so that timing tells nothing of the secret."""
    values = _BY_DIGEST.first(_sha256(secret))
    if values is None:
        return None
    token = ApiToken.from_db(DEFAULT_DB_ALIAS, _TOKEN, values[: len(_TOKEN)])
    token.user = User.from_db(DEFAULT_DB_ALIAS, _USER, values[len(_TOKEN) :])
    return token if token.live(now) else None


def note_use(token: ApiToken, now: datetime) -> None:
    """Remember the use, at most once a minute: a gate must not write on each read."""
    if token.last_used_at is None or now - token.last_used_at > timedelta(minutes=1):
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)


def can(user: User, verb: str) -> bool:
    """Whether the user's role is enough for `read`, `write`, `approve` or `admin`."""
    return user.is_active and _RANK[Role(user.role)] >= _RANK[_NEEDS[verb]]


def _sha256(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
