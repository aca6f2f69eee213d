"""The words and numbers of mails: labels, amounts against limits, and where it runs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from governance.alerts.context import Context, Place, Shown
from governance.alerts.models import Kind
from governance.core.outcomes import Outcome
from governance.core.periods import Period, PeriodError
from governance.core.spoken import COMPARED, exact, percent, sentence_case

OUTCOMES = {
    Outcome.NOT_APPLICABLE: "Does not apply",
    Outcome.PASS: "Passes",
    Outcome.DUTY: "Duty",
    Outcome.REVIEW: "Needs review",
    Outcome.UNKNOWN: "Cannot tell",
    Outcome.ERROR: "Could not be checked",
    Outcome.FAIL: "Fails",
}
_LABELS = {
    Kind.VIOLATION_RESOLVED: "Resolved",
    Kind.UPSTREAM_CHANGED: "Changed upstream",
    Kind.WAIVER_EXPIRING: "Waiver ends",
    Kind.WORK_DEAD: "Work failed",
    Kind.WORK_STUCK: "Stuck",
    Kind.WORK_RESUMED: "Works again",
}


def label(kind: Kind, context: Context) -> str:
    """What the subject line begins with: the decision, or what happened."""
    if kind in _LABELS:
        return _LABELS[kind]
    if kind is Kind.LIMIT_APPROACHING:
        shares = [measured.share for finding in context.findings if (measured := measure(finding))]
        return next((share for share in shares if share), "Limit near")
    if context.decision is None or context.decision.allows:
        return "Warning"  # an assignment that warns leaves the decision as it is
    return sentence_case(context.decision)


def clause(finding: Shown) -> str:
    """`Llama 4, section 2`; empty where the finding names no license."""
    name = finding.license_name or finding.license
    return f"{name}, section {finding.section}" if name and finding.section else name


@dataclass(frozen=True)
class Measured:
    """A value against its limit, in words. `share` is empty where one of them is not a number."""

    what: str
    value: str
    limit: str
    share: str = ""


def measure(finding: Shown) -> Measured | None:
    """What was measured against which limit; None for a finding that is not about a limit."""
    evidence = finding.evidence
    limit = _number(evidence.get("limit"))
    if limit is None or not evidence.get("metric"):
        return None
    currency = str(evidence.get("currency") or "")
    comparator = COMPARED.get(str(evidence.get("comparator")), "")
    return Measured(
        what=_what(evidence),
        value=_value(evidence, currency),
        limit=f"{comparator} {amount(limit, currency)}".strip(),
        share="" if comparator == "less than" else _share(_number(evidence.get("high")), limit),
    )


def amount(number: Decimal, currency: str = "") -> str:
    """`720,000,000`, `1,500.5 USD`, `1e25`."""
    return f"{exact(number)} {currency}".strip()


def where_rows(kind: Kind, context: Context) -> list[tuple[str, str]]:
    """Where it runs and what decides there, as names with values. Of many places only what they share."""
    rows = [] if context.touched > 1 else [*_place_rows(context), ("Model", context.model)]
    if kind is Kind.UPSTREAM_CHANGED:
        rows = [("Model", context.model)]
    rows.append(("Policy", context.policy))
    if context.decision and context.touched <= 1:
        rows.append(("Decision now", sentence_case(context.decision)))
    return [(name, value) for name, value in rows if value]


def _place_rows(place: Place) -> list[tuple[str, str]]:
    regions = "not known" if place.regions is None else ", ".join(place.regions) or "none named"
    return [
        ("Deployment", place.deployment),
        ("Environment", place.environment),
        ("Regions", regions if place.deployment else ""),
        ("Product", place.product),
        ("Company", place.company),
    ]


def shortened(text: str, room: int) -> str:
    """`text` without its final period, cut between words to at most `room` characters."""
    text = text.rstrip().removesuffix(".")
    if len(text) <= room:
        return text
    cut = text[: max(room - 1, 0)]
    return (cut.rpartition(" ")[0] or cut).rstrip(" ,;:") + "…"


def _number(value: Any) -> Decimal | None:
    """Evidence is JSON of a policy: what is no finite number is shown as not known."""
    if value is None or isinstance(value, bool):
        return None
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return None
    return number if number.is_finite() and number.adjusted() < 40 else None


def _what(evidence: Mapping[str, Any]) -> str:
    metric = sentence_case(evidence["metric"])[:80]
    try:
        period = Period.parse(str(evidence.get("period", ""))).words
    except PeriodError:
        return metric
    return f"{metric} in {period}"


def _value(evidence: Mapping[str, Any], currency: str) -> str:
    low, high = _number(evidence.get("low")), _number(evidence.get("high"))
    if low is None and high is None:
        return "not known"
    if high is None:
        return f"at least {amount(low or Decimal(0), currency)}"
    if low is None or low == high:
        return amount(high, currency)
    return f"{amount(low, currency)} to {amount(high, currency)}"


def _share(high: Decimal | None, limit: Decimal) -> str:
    return "" if high is None or not limit else percent(high / limit)
