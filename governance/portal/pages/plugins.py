"""Plugins: what each checks, with which parameters, and where it is assigned."""

from __future__ import annotations

import inspect
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count

from governance.compliance.models import Assignment, Mode, Standing
from governance.core.contract import Plugin
from governance.core.policy import Policy
from governance.discovery import Broken, catalog

MODES = {
    Mode.OBSERVE: "Verdicts are kept; nothing else happens.",
    Mode.WARN: "Violations open and people are told; the decision stays as it is.",
    Mode.ENFORCE: "It decides whether a deployment may run.",
}


@dataclass(frozen=True)
class Row:
    key: str
    summary: str
    version: int | None
    modes: list[tuple[str, int]] = field(default_factory=list)


def policies() -> list[Row]:
    assigned: dict[str, Counter[str]] = {}
    for policy, mode in Assignment.objects.filter(removed_at=None).values_list("policy", "mode"):
        assigned.setdefault(policy, Counter())[mode] += 1
    return [
        Row(key, found.summary(), found.version, sorted(assigned.get(key, {}).items()))
        for key, found in catalog().policies.items()
    ]


def others() -> list[tuple[str, list[Row]]]:
    kinds = (("Sources", catalog().sources), ("Notifiers", catalog().notifiers))
    return [
        (title, [Row(key, found.summary(), None) for key, found in kind.items()]) for title, kind in kinds
    ]


def broken() -> tuple[Broken, ...]:
    return catalog().broken


def lost_assignments() -> list[Assignment]:
    """Assignments of policies that are not installed: each gives an error until it is removed."""
    live = Assignment.objects.filter(removed_at=None).order_by("policy")
    return list(live.exclude(policy__in=list(catalog().policies)))


def find(key: str) -> type[Plugin] | None:
    found = catalog()
    return found.policies.get(key) or found.sources.get(key) or found.notifiers.get(key)


def one(key: str, plugin: type[Plugin]) -> dict[str, Any]:
    is_policy = issubclass(plugin, Policy)
    return {
        "key": key,
        "plugin": plugin,
        "summary": plugin.summary(),
        "text": _rest(plugin),
        "is_policy": is_policy,
        "judges": sorted(plugin.judges) if is_policy else [],
        "reads": sorted(plugin.reads) if is_policy else [],
        "version": plugin.version if is_policy else None,
        "assignments": _assignments(key) if is_policy else [],
        "modes": MODES,
    }


def _rest(plugin: type[Plugin]) -> list[str]:
    """The paragraphs of the docstring after the first."""
    paragraphs = inspect.cleandoc(plugin.__doc__ or "").split("\n\n")[1:]
    return [" ".join(paragraph.split()) for paragraph in paragraphs]


def _assignments(key: str) -> list[tuple[Assignment, list[tuple[str, int]]]]:
    """Each live assignment with how many verdicts stand by outcome."""
    live = list(Assignment.objects.filter(policy=key, removed_at=None).order_by("created_at", "id"))
    standing: dict[int, Counter[str]] = {one.pk: Counter() for one in live}
    standings = Standing.objects.filter(assignment__in=live).values_list("assignment", "verdict__outcome")
    rows = standings.annotate(subjects=Count("case__subjects")).order_by()
    for assignment, outcome, subjects in rows:
        standing[assignment][outcome] += subjects
    return [(one, sorted(standing[one.pk].items())) for one in live]
