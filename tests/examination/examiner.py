"""Cases put to the policies in the words of the API; what must come out was read from the license texts.

`examine` makes facts from bodies and asks one policy. What a case leaves out is the cast of worked examples:
the company acme (US, commercial), its product chat, a commercial deployment in the US, nothing handed on.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from governance.core.facts import Facts
from governance.core.outcomes import worst
from governance.core.policy import Policy
from governance.core.terms import Example, LicenseTerms
from governance.core.verdicts import Finding, Verdict
from governance.core.worked_examples import facts_of
from governance.discovery import catalog

Row = dict[str, Any]
TODAY = date(2026, 11, 1)


def terms(key: str) -> LicenseTerms:
    return catalog().license_files[key].terms


def examine(license: str, policy: str, *, at: datetime | None = None, **case: Any) -> Verdict:
    """The verdict; `at` replaces the midnight at which worked examples are judged."""
    case.setdefault("as_of", TODAY)
    for name in ("companies", "controls", "products", "measurements", "exchange_rates", "grants"):
        case[name] = tuple(case.get(name, ()))
    example = Example(title="", outcome="", policy=policy, **case)
    facts = facts_of(example, terms(license))
    seen: type[Policy] = catalog().policies[policy]
    shown = {facet: getattr(facts, facet) for facet in seen.reads}
    return seen().evaluate(Facts(at or facts.as_of, shown), seen.parse_params(example.params))


def limit(license: str, threshold: str = "", **case: Any) -> Finding:
    """What is found of the limit with that id, or the worst of all."""
    verdict = examine(license, "license.usage-threshold", **case)
    found = [one for one in verdict.findings if threshold in ("", one.evidence.get("threshold"))]
    return next(one for one in found if one.outcome == worst(each.outcome for each in found))


def standing(license: str, threshold: str = "", **case: Any) -> str:
    return str(limit(license, threshold, **case).evidence["standing"])


def duties(license: str, **case: Any) -> dict[str, str]:
    """Kind of each duty that is asked -> worst outcome."""
    found: dict[str, list[Any]] = {}
    for one in examine(license, "license.duties", **case).findings:
        if "kind" in one.evidence:
            found.setdefault(one.evidence["kind"], []).append(one.outcome)
    return {kind: str(worst(outcomes)) for kind, outcomes in found.items()}


def outcome(license: str, policy: str, **case: Any) -> str:
    return str(examine(license, policy, **case).outcome)


def figure(subject: str, metric: str, period: str, value: Any, currency: str = "", **more: Any) -> Row:
    """`value` may be a pair, low and high."""
    known = {"low": value[0], "high": value[1]} if isinstance(value, tuple) else {"value": value}
    return {"subject": subject, "metric": metric, "period": period, "currency": currency, **known, **more}


def users(period: str, value: Any, subject: str = "company:acme", **more: Any) -> Row:
    return figure(subject, "monthly_active_users", period, value, **more)


def revenue(
    period: str, value: Any, currency: str = "USD", subject: str = "company:acme", **more: Any
) -> Row:
    metric = more.pop("metric", "monthly_revenue" if len(period) == 7 else "annual_revenue")
    return figure(subject, metric, period, value, currency, **more)


def control(parent: str, child: str, percent: Any = 100, **dates: str) -> Row:
    return {"parent": parent, "child": child, "percent": percent, **dates}


def companies(*slugs: str) -> list[Row]:
    return [{"slug": slug} for slug in ("acme", *slugs)]


def second_before(day: date) -> datetime:
    return datetime.combine(day, datetime.min.time(), UTC) - timedelta(seconds=1)
