"""manage.py account"""

from __future__ import annotations

import secrets
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_slug

from governance.accounts.models import Role, User
from governance.pipeline.bootstrap import write_token


class Command(BaseCommand):
    help = "Make a person, or change the role of one: a waiver needs another to approve it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name")
        parser.add_argument("--role", choices=Role.values, default=Role.VIEWER)
        parser.add_argument("--password", default="", help="made up for a new person when left out")
        parser.add_argument("--token-file", type=Path, help="where to write an API token of this person")

    def handle(self, *args: Any, **options: Any) -> None:
        person = User.objects.filter(username=options["name"]).first()
        password = options["password"] or ("" if person else secrets.token_urlsafe(12))
        person = person or User(username=_checked(options["name"]))
        person.role = options["role"]
        if password:
            person.set_password(password)
        person.save()
        self.stdout.write(f"{person.username} is {Role(person.role).label.lower()}.")
        if password and not options["password"]:
            self.stdout.write(f"Sign in as {person.username} with the password {password}")
        if options["token_file"]:
            write_token(person, options["token_file"])
            self.stdout.write(f"The API token is in {options['token_file']}")


def _checked(name: str) -> str:
    try:
        validate_slug(name)
    except ValidationError as fault:
        raise CommandError(f"name: {name!r} may hold letters, digits, - and _ only.") from fault
    return name
