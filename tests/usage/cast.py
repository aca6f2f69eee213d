"""Who appears in these tests: Acme with a lab and a chat product, and an outsider."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from django.core.exceptions import ValidationError

from governance.usage import services

NOW = datetime(2025, 4, 2, 12, tzinfo=UTC)
LATER = NOW + timedelta(days=1)
ACTOR = "user:alice"


def cast() -> None:
    for slug in ("acme", "lab", "outsider"):
        services.save_company(data={"slug": slug}, now=NOW)
    services.save_product(data={"slug": "chat", "company": "acme"}, now=NOW)


def users(value=720_000_000, **changed):
    row = {"subject": "product:chat", "metric": "monthly_active_users", "period": "2025-03", "value": value}
    return {name: v for name, v in {**row, **changed}.items() if v is not ...}


def measured(*rows, now=NOW):
    return services.record_measurements(rows=list(rows), actor=ACTOR, now=now)


def faults(call, **given) -> dict[str, list[str]]:
    """What a service refuses, by field; fails where it refuses nothing."""
    try:
        call(**given)
    except ValidationError as refused:
        return refused.message_dict
    raise AssertionError("nothing was refused")
