"""Django system checks: settings that do not go together, and plugins that are broken, each with an id."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register

from governance.discovery import DiscoveryError, catalog


@register(Tags.compatibility)
def check_plugins(**_: Any) -> list[CheckMessage]:
    """E001: a shipped plugin or license file cannot be used. W001: an installed plugin is broken."""
    try:
        catalog().check()
    except DiscoveryError as fault:
        return [Error(str(fault), hint="Mend or remove the file that it names.", id="governance.E001")]
    return [
        Warning(
            f"The installed plugin {one.name} is broken: {one.reason}",
            hint="Its assignments give the outcome `error` until it is mended.",
            id="governance.W001",
        )
        for one in catalog().broken
    ]


@register(Tags.compatibility)
def check_scale(**_: Any) -> list[CheckMessage]:
    return [*_servers(), *_mail(), *_site()]


def _servers() -> Iterator[CheckMessage]:
    if settings.REDIS_URL and "sqlite" in settings.DATABASES["default"]["ENGINE"]:
        yield Error(
            "REDIS_URL is set, but the database is SQLite: several processes would wait for one another.",
            hint="Set DATABASE_URL to a PostgreSQL database, or leave REDIS_URL out.",
            id="governance.E002",
        )
    if settings.DATABASE_URL.startswith("postgres") and not settings.REDIS_URL:
        yield Warning(
            "The database is PostgreSQL without REDIS_URL: web, worker and ticker share one process.",
            hint="Set REDIS_URL to run workers of their own.",
            id="governance.W002",
        )


def _mail() -> Iterator[CheckMessage]:
    options = settings.NOTIFIER_OPTIONS
    if options["password"] and not options["tls"] and options["host"] not in ("localhost", "127.0.0.1"):
        yield Error(
            "EMAIL_HOST_PASSWORD would be sent in the clear.",
            hint="Set EMAIL_USE_TLS=1.",
            id="governance.E003",
        )


def _site() -> Iterator[CheckMessage]:
    if "*" in settings.ALLOWED_HOSTS:
        yield Error(
            "ALLOWED_HOSTS=* lets anybody name this site.", hint="List its names.", id="governance.E004"
        )
    if urlsplit(settings.SITE_URL).hostname not in settings.ALLOWED_HOSTS:
        yield Error(
            "The host of SITE_URL is not in ALLOWED_HOSTS: links in mails would be refused.",
            hint="Add it, or leave ALLOWED_HOSTS out.",
            id="governance.E005",
        )
