"""How templates write numbers, dates, decisions and icons."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django import template
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from governance.core.joined import parts
from governance.core.outcomes import Decision, Outcome
from governance.core.spoken import exact, number, percent, period, rounded, sentence_case, spoken
from governance.portal import wording
from governance.portal.pages.models import license_name

register = template.Library()
for _filter in (exact, rounded, period, spoken, sentence_case, percent, wording.size, license_name):
    register.filter(_filter.__name__, _filter)
register.simple_tag(wording.plural, name="plural")

_NOTHING = SafeString('<span aria-hidden="true">—</span><span class="visually-hidden">none</span>')


@register.simple_tag
def license_links(license: str) -> SafeString:
    """A license by its name; each part of one that is several."""
    linked = ((reverse("portal:license", args=[key]), license_name(key)) for key in parts(license))
    return format_html_join(" and ", '<a href="{}">{}</a>', linked)


@register.simple_tag
def icon(name: str) -> SafeString:
    """A picture beside words: hidden from those who listen."""
    return format_html(
        '<svg class="icon" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>',
        static("icons.svg"),
        name,
    )


@register.inclusion_tag("portal/parts/badge.html")
def decision(value: str, waived_until: Any = "", large: bool = False) -> dict[str, Any]:
    return {"badge": wording.DECISIONS[Decision(value)], "waived_until": waived_until, "large": large}


@register.inclusion_tag("portal/parts/badge.html")
def outcome(value: str, waived_until: Any = "") -> dict[str, Any]:
    return {"badge": wording.OUTCOMES[Outcome(value)], "waived_until": waived_until}


@register.inclusion_tag("portal/parts/badge.html")
def badge(word: str, tone: str, shape: str, icon: str) -> dict[str, Any]:
    return {"badge": wording.Badge(word, tone, shape, icon)}


@register.simple_tag
def figure(value: Any, unit: str = "") -> SafeString:
    """`683 million`, with the exact figure for those who ask."""
    title = f"{exact(value)} {unit}".strip()
    return format_html('<span class="figure" title="{}">{}</span>', title, rounded(value))


@register.filter
def when(value: Any) -> SafeString:
    """`23 Nov 2026, 14:05 UTC` with how long ago."""
    at = _instant(value)
    if at is None:
        return _NOTHING
    return format_html(
        '<time datetime="{}">{}<span class="ago">{}</span></time>', at.isoformat(), _clock(at), _ago(at)
    )


@register.filter
def day(value: Any) -> SafeString:
    """`23 Nov 2026`, with the time of day for those who ask."""
    at = _instant(value)
    if at is None:
        return _NOTHING
    return format_html('<time datetime="{}" title="{}">{}</time>', at.isoformat(), _clock(at), _date(at))


@register.filter
def ago(value: Any) -> SafeString:
    """`2 hours ago`, with the instant for those who ask."""
    at = _instant(value)
    if at is None:
        return _NOTHING
    return format_html('<time datetime="{}" title="{}">{}</time>', at.isoformat(), _clock(at), _ago(at))


@register.filter
def or_dash(value: Any) -> Any:
    """An empty cell says so, also to those who listen."""
    return value if value not in (None, "", [], {}) else _NOTHING


@register.filter
def stale(subject: Any) -> bool:
    """Whether its decision may not be relied on: something changed since, or a verdict ran out."""
    return not subject.fresh(timezone.now())


@register.filter
def tone(value: str) -> str:
    """The color token of a decision."""
    return wording.DECISIONS[Decision(value)].tone


@register.filter
def get(mapping: Mapping[Any, Any], key: Any) -> Any:
    return mapping.get(key)


def _instant(value: Any) -> datetime | None:
    return parse_datetime(value) if isinstance(value, str) else value


def _date(at: datetime) -> str:
    local = timezone.localtime(at)
    return f"{local.day} {local:%b %Y}"


def _clock(at: datetime) -> str:
    return f"{_date(at)}, {timezone.localtime(at):%H:%M %Z}"


def _ago(at: datetime) -> str:
    gone = timezone.now() - at
    ahead = gone < timedelta(0)
    seconds = int(abs(gone).total_seconds())
    for length, name in (
        (86400 * 365, "year"),
        (86400 * 30, "month"),
        (86400, "day"),
        (3600, "hour"),
        (60, "minute"),
    ):
        if seconds >= length:
            told = wording.plural(seconds // length, name)
            return f"in {told}" if ahead else f"{told} ago"
    return "in a moment" if ahead else "just now"


@register.simple_tag
def bar_width(share: Any) -> str:
    """Of 100, for the bar of a limit; past the limit it is full."""
    found = number(share) or 0
    return f"{min(max(float(found) * 100, 0.5), 100):.1f}"


@register.simple_tag
def bar_tone(limit: Mapping[str, Any]) -> str:
    """By what follows, and not by the share alone: past a limit there may only be a duty."""
    if limit.get("standing") == "approaching":
        return "tone-amber"
    return f"tone-{wording.OUTCOMES[Outcome(limit['outcome'])].tone}"
