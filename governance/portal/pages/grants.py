"""Grants as a ledger: what was asked for, granted, denied and revoked, and what may be done next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.http import QueryDict

from governance.compliance.grant_letters import letter_for
from governance.core.grant_steps import CHANGEABLE, possible
from governance.discovery import catalog
from governance.licensing.models import Grant
from governance.portal.wording import Badge
from governance.usage.models import Company

STATUSES = {
    "draft": Badge("Draft", tone="muted", shape="dashed", icon="circle-off"),
    "requested": Badge("Requested", tone="amber", shape="diamond", icon="eye"),
    "granted": Badge("Granted", tone="green", shape="circle", icon="check"),
    "denied": Badge("Denied", tone="red", shape="octagon", icon="minus"),
    "revoked": Badge("Revoked", tone="red", shape="octagon", icon="minus"),
    "expired": Badge("Expired", tone="muted", shape="circle", icon="circle-off"),
}
STEPS = {
    "request": ("It was asked for", "Record the request"),
    "grant": ("The licensor granted it", "Record the grant"),
    "deny": ("The licensor denied it", "Record the denial"),
    "revoke": ("It was taken back", "Record the revocation"),
}
"""Step -> what happened, and what the button says."""
_WORDS = ("company", "license", "status", "reference", "from", "until")
_LISTS = ("models", "territories")
FIELDS = (*_WORDS, *_LISTS, "cap_metric", "cap_limit")


@dataclass(frozen=True)
class Row:
    grant: Grant
    badge: Badge
    company: str


def found(*, q: str = "", status: str = "") -> QuerySet[Grant]:
    rows = Grant.objects.filter(retired_at=None).order_by("-recorded_at", "-pk")
    words = Q(company__icontains=q) | Q(license__icontains=q) | Q(reference__icontains=q)
    rows = rows.filter(words) if q else rows
    return rows.filter(status=status) if status else rows


def rows(grants: list[Grant]) -> list[Row]:
    names = dict(Company.objects.filter(slug__in=[one.company for one in grants]).values_list("slug", "name"))
    return [Row(one, badge(one), names.get(one.company, one.company)) for one in grants]


def badge(grant: Grant) -> Badge:
    return STATUSES["expired" if grant.expired else grant.status]


def one(grant: Grant, now: datetime) -> dict[str, Any]:
    known = grant.license in catalog().licenses
    steps = possible(grant.status) if grant.retired_at is None else []
    return {
        "grant": grant,
        "badge": badge(grant),
        "company": Company.objects.filter(slug=grant.company).first(),
        "steps": grant.steps.order_by("at", "pk"),
        "possible": [(step, *STEPS[step]) for step in steps],
        "changeable": grant.retired_at is None and grant.status in CHANGEABLE,
        "letter": letter_for(grant, now) if known else None,
    }


def choices() -> dict[str, Any]:
    return {
        "companies": Company.objects.order_by("name").values_list("slug", "name"),
        "licenses": sorted((key, one.name) for key, one in catalog().licenses.items()),
        "statuses": [
            ("draft", "A wish, not asked for yet"),
            ("requested", "Asked for"),
            ("granted", "Granted"),
        ],
    }


def asked(form: QueryDict) -> dict[str, str]:
    """What the form holds, to be shown again."""
    return {name: form.get(name, "").strip() for name in FIELDS} | {
        "covers_affiliates": form.get("covers_affiliates", "")
    }


def held(grant: Grant) -> dict[str, Any]:
    """A grant as the form holds it."""
    return {
        "reference": grant.reference,
        "from": _day(grant.start),
        "until": _day(grant.end),
        "models": "\n".join(grant.models),
        "territories": ", ".join(grant.territories),
        "cap_metric": grant.cap_metric,
        "cap_limit": "" if grant.cap_limit is None else f"{grant.cap_limit.normalize():f}",
        "covers_affiliates": "yes" if grant.covers_affiliates else "",
    }


def body(given: Mapping[str, str]) -> dict[str, Any]:
    """The form in the words of the API. What is left empty is null: nothing is limited by it."""
    words = {name: given[name] or None for name in _WORDS if name in given}
    lists = {name: given[name].replace(",", "\n").split() for name in _LISTS if name in given}
    cap = {"metric": given["cap_metric"], "limit": given["cap_limit"]}
    return {
        **words,
        **lists,
        "covers_affiliates": given["covers_affiliates"] == "yes",
        "cap": cap if any(cap.values()) else None,
    }


def _day(instant: datetime | None) -> str:
    return instant.isoformat().removesuffix("T00:00:00+00:00") if instant else ""
