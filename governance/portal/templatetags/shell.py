"""The frame around each page: navigation, theme, and what the reader may do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

from django import template
from django.template import Context
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from governance.compliance.models import Violation

register = template.Library()


class Name(NamedTuple):
    """A list page of the portal, by the name of its address."""

    name: str
    title: str
    icon: str


_ENTRIES = (
    (
        Name("models", "Models", icon="box"),
        Name("deployments", "Deployments", icon="rocket"),
        Name("inbox", "Inbox", icon="inbox"),
        Name("usage", "Usage and limits", icon="gauge"),
        Name("licenses", "Licenses", icon="license"),
        Name("grants", "Grants", icon="shield-check"),
        Name("plugins", "Plugins", icon="plug"),
    ),
    (Name("jobs", "Jobs", icon="stack-2"), Name("deliveries", "Deliveries", icon="mail")),
)


@dataclass(frozen=True)
class Entry:
    title: str
    icon: str
    url: str
    current: bool
    count: int = 0


@register.simple_tag(takes_context=True)
def navigation(context: Context) -> list[list[Entry]]:
    """The side navigation; built once for a page, though it is written twice (wide and narrow)."""
    request = context["request"]
    if not hasattr(request, "navigation"):
        open_count = Violation.objects.filter(status=Violation.Status.OPEN).count()
        request.navigation = [[_entry(one, request.path, open_count) for one in group] for group in _ENTRIES]
    found: list[list[Entry]] = request.navigation
    return found


def _entry(one: Name, path: str, open_count: int) -> Entry:
    url = reverse(f"portal:{one.name}")
    return Entry(one.title, one.icon, url, path.startswith(url), open_count if one.name == "inbox" else 0)


@register.simple_tag(takes_context=True)
def theme_attribute(context: Context) -> SafeString:
    """Nothing for `system`: then the style sheet follows the machine, without script or flash."""
    user: Any = context.get("user")
    chosen = getattr(user, "theme", "system")
    return format_html(' data-bs-theme="{}"', chosen) if chosen in ("light", "dark") else SafeString("")
