"""From nothing to a usable platform; running it again changes nothing."""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from django.core.management import call_command
from django.utils import timezone

from governance.accounts.models import ApiToken, Role, User
from governance.accounts.services import find_token, issue_token
from governance.compliance.models import Assignment
from governance.discovery import catalog
from governance.pipeline import intake

ADMIN = "admin"
ACTOR = "bootstrap"


@dataclass(frozen=True)
class Result:
    username: str
    password: str
    """Empty when the administrator existed already: it cannot be read again."""
    token: str
    """Empty when no token file was asked for."""
    assigned: int
    licenses: int


def bootstrap(*, policies: str = "", token_file: Path | None = None, password: str = "") -> Result:
    """Migrate, load licenses, make an administrator, write a token, assign every policy in one mode."""
    call_command("migrate", interactive=False, verbosity=0)
    licenses = intake.load_licenses(actor=ACTOR)
    admin, password = _administrator(password)
    token = write_token(admin, token_file) if token_file else ""
    assigned = _assign_all(policies) if policies else 0
    return Result(ADMIN, password, token, assigned, len(licenses))


def _administrator(password: str) -> tuple[User, str]:
    existing = User.objects.filter(username=ADMIN).first()
    if existing:
        return existing, ""
    password = password or secrets.token_urlsafe(12)
    made = User(username=ADMIN, role=Role.ADMIN, is_staff=True, is_superuser=True)
    made.set_password(password)
    made.save()
    return made, password


def write_token(user: User, path: Path) -> str:
    """The token in the file if it is alive, else a new one, readable by its owner alone.

    It replaces what was written to this file before; tokens in other files stay alive.
    """
    name = f"{ACTOR} {str(path.absolute())[-80:]}"
    if path.exists():
        held = path.read_text("utf-8").strip()
        if held and find_token(held, timezone.now()):
            return held
    ApiToken.objects.filter(user=user, name=name, revoked_at=None).update(revoked_at=timezone.now())
    _, secret = issue_token(user=user, name=name)
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(secret + "\n")
    draft.replace(path)
    return secret


def _assign_all(mode: str) -> int:
    """Every shipped policy to everything, unless it is assigned to everything already."""
    everywhere = Assignment.objects.filter(removed_at=None, environments=[], products=[])
    assigned = set(everywhere.values_list("policy", flat=True))
    new = [key for key in sorted(catalog().policies) if key not in assigned]
    for key in new:
        intake.assign_policy(policy=key, mode=mode, actor=ACTOR)
    return len(new)
