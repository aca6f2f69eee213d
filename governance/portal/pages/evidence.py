"""The evidence of a finding as readable facts: a label, and words or further facts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from governance.core.outcomes import Outcome
from governance.core.spoken import COMPARED, exact, number, percent, period, sentence_case, spoken
from governance.portal.pages.models import license_name

_NAMED = {
    "reading": "Reading adopted",
    "alternative": "Other reading",
    "members": "Companies counted",
    "assumed": "Assumed",
    "grant": "Grant",
    "exemption": "Exemption",
    "consequence": "What happens then",
    "standing": "Standing",
    "threshold": "Limit by name",
}
_SHOWN_TOGETHER = {
    *("low", "high", "limit", "comparator", "currency", "metric", "period", "subject", "window"),
    *("anchor", "atoms", "boundary", "holds", "purpose", "any_of", "negated"),
}
_CODES = {"consequence", "standing", "exemption"}
_PROSE = {"reading", "alternative", "assumed"}


@dataclass(frozen=True)
class Fact:
    """`facts` where the value is made of further facts."""

    label: str
    text: str = ""
    facts: list[Fact] = field(default_factory=list)


@dataclass(frozen=True)
class Finding:
    """A stored finding with what is shown beside it."""

    policy: str
    outcome: str
    reason: str
    license: str
    license_name: str
    section: str
    how_to_fix: str
    missing: list[str]
    facts: list[Fact]
    mode: str = ""
    waived_until: Any = None


def finding(stored: Mapping[str, Any], *, mode: str = "", waived_until: Any = None) -> Finding:
    return Finding(
        policy=stored.get("policy", ""),
        outcome=stored["outcome"],
        reason=stored["reason"],
        license=stored.get("license", ""),
        license_name=license_name(stored.get("license", "")),
        section=stored.get("section", ""),
        how_to_fix=stored.get("how_to_fix", ""),
        missing=list(stored.get("missing", ())),
        facts=facts(stored.get("evidence") or {}),
        mode=mode,
        waived_until=waived_until if Outcome(stored["outcome"]).breaches else None,
    )


def worst_first(findings: Iterable[Finding]) -> list[Finding]:
    return sorted(findings, key=lambda one: Outcome(one.outcome), reverse=True)


def facts(evidence: Mapping[str, Any]) -> list[Fact]:
    """Of a threshold: figure against limit first. Of anything else: by name, as databases keep no order."""
    if not {"metric", "limit"} <= evidence.keys():
        return [_fact(key, value) for key, value in sorted(evidence.items())]
    rest = [(key, value) for key, value in sorted(evidence.items()) if key not in _SHOWN_TOGETHER]
    told = [*_compared(evidence), *(_fact(key, value) for key, value in rest if value not in ("", [], None))]
    conditions = [
        Fact(f"Condition {n}", facts=_compared(one)) for n, one in enumerate(evidence.get("atoms") or (), 1)
    ]
    return told + conditions


def _compared(atom: Mapping[str, Any]) -> list[Fact]:
    if "any_of" in atom:
        names = ", ".join(map(spoken, atom["any_of"]))
        return [Fact(sentence_case(atom["metric"]), f"{'none of ' if atom.get('negated') else ''}{names}")]
    metric = " ".join(filter(None, (atom.get("currency", ""), spoken(atom["metric"]))))
    told = [Fact("Figure", f"{bounds(atom)} {metric}".strip())]
    if atom.get("limit") is not None:
        compared = COMPARED.get(str(atom.get("comparator")), "")
        told.append(Fact("Limit", f"{compared} {exact(atom['limit'])}".strip()))
        told += _share(atom)
    told += [Fact("Period", period(atom["period"]))] if atom.get("period") else []
    return [*told, Fact("Whose figure", spoken(atom["subject"]))] if atom.get("subject") else told


def _share(atom: Mapping[str, Any]) -> list[Fact]:
    high, limit = number(atom.get("high")), number(atom["limit"])
    if high is None or not limit or not (high.is_finite() and limit.is_finite()):
        return []
    return [Fact("Share of the limit", percent(high / limit))]


def bounds(atom: Mapping[str, Any]) -> str:
    low, high = atom.get("low"), atom.get("high")
    if low is None and high is None:
        return "not known:"
    if high is None:
        return f"at least {exact(low)}"
    return exact(high) if low == high else f"between {exact(low)} and {exact(high)}"


def _fact(key: str, value: Any) -> Fact:
    label = _NAMED.get(key, sentence_case(key))
    if isinstance(value, Mapping):
        return Fact(label, facts=[_fact(name, part) for name, part in value.items()])
    if isinstance(value, list) and any(isinstance(part, Mapping) for part in value):
        return Fact(label, facts=[_fact(str(n), part) for n, part in enumerate(value, 1)])
    spell = spoken if key in _CODES else str
    return Fact(label, spell(_text(value, prose=key in _PROSE)))


def _text(value: Any, prose: bool = False) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if value in (None, "", []):
        return "not known" if value is None else "none"
    if isinstance(value, list):
        return ("; " if prose else ", ").join(_text(part) for part in value)
    if isinstance(value, int | float):
        return exact(value)
    return str(value)
