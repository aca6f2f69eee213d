"""A letter that asks a licensor for a license, drafted from the facts at hand.

It names license and section and says in our words what they ask; the text of the license is never quoted.
What is not known stands in brackets, for a person to fill in.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from textwrap import fill
from typing import Any

from governance.core.companies import Company, ControlRule
from governance.core.facts import CompaniesFacts, Grant, UsageFacts
from governance.core.figures import REVENUE, Figure
from governance.core.periods import before
from governance.core.plain_terms import limit
from governance.core.spoken import exact, period, spoken
from governance.core.terms import FigureAtom, LicenseTerms, Threshold, atoms
from governance.core.words import listed, place

WIDTH = 78
_FILL: dict[str, Any] = {"width": WIDTH, "break_long_words": False, "break_on_hyphens": False}
_ADDRESS = re.compile(r"@|https?://|www\.")
RECENT = 3
"""Figures of a window without a fixed place that are told, the latest ones."""


@dataclass(frozen=True)
class Letter:
    """`blanks` is what a person has to fill in, as it stands in the text."""

    text: str
    blanks: tuple[str, ...]


def letter(
    grant: Grant, terms: LicenseTerms, companies: CompaniesFacts, usage: UsageFacts, today: date
) -> Letter:
    """The request for `grant` as of `today`."""
    asked = [one for one in terms.thresholds if one.consequence.withholds]
    blocks = [
        *_head(grant, terms, companies, asked, today),
        *_scope(grant, companies, today),
        *_limits(asked, terms, companies, usage, today),
        *_end(asked),
    ]
    text = "\n\n".join(blocks) + "\n"
    return Letter(text, tuple(dict.fromkeys(_blanks(text))))


def _head(
    grant: Grant, terms: LicenseTerms, companies: CompaniesFacts, asked: list[Threshold], today: date
) -> Iterator[str]:
    sections = listed(dict.fromkeys(place(one.section) for one in asked))
    version = f", version {terms.version}" if terms.version and terms.version not in terms.name else ""
    contacts = (one.contact for one in asked if _ADDRESS.search(one.contact))
    maker = _known(terms.maker, "the licensor", "name of the licensor")
    yield _hung("To:    ", maker, next(contacts, "[address of the licensor]"))
    signs = ("[postal address]", "[name and role of who signs]")
    yield _hung("From:  ", _company(grant.company, companies), *signs)
    yield f"Date:  {today.isoformat()}"
    yield _wrapped(f"Request for a license: {terms.name}{version}{f', {sections}' if sections else ''}")
    yield "Dear Sir or Madam,"
    yield _wrapped(
        f"{_name(grant.company, companies)} asks for a license for the use that is described below, beyond "
        f"what the {terms.name} grants by itself. All figures are ours and are given with their source."
    )


def _scope(grant: Grant, companies: CompaniesFacts, today: date) -> Iterator[str]:
    yield "1. What is asked for"
    lines = [f"Licensee: {_company(grant.company, companies)}"]
    if grant.covers_affiliates:
        lines += [f"Affiliate: {one}" for one in _affiliates(grant.company, companies, today)]
    else:
        lines.append("Affiliates: none are to be covered")
    lines.append(f"Models: {listed(grant.models) if grant.models else 'every model under this license'}")
    lines.append(f"Territories: {listed(grant.territories) if grant.territories else 'worldwide'}")
    lines.append(f"From: {_day(grant.start) or '[first day]'}")
    lines.append(f"Until, not included: {_day(grant.end) or '[day, or without end]'}")
    lines.append(f"Up to: {_cap(grant) or 'no upper limit'}")
    if grant.reference:
        lines.append(f"Our reference: {grant.reference}")
    yield _items(lines)


def _limits(
    asked: list[Threshold], terms: LicenseTerms, companies: CompaniesFacts, usage: UsageFacts, today: date
) -> Iterator[str]:
    yield "2. Why it is asked for"
    if not asked:
        yield _wrapped("[what the use is, and why it needs more than the license grants]")
    for one in asked:
        yield _wrapped(f"{place(one.section).capitalize()}, as we read it: {limit(one, terms)}")
        figures = [atom for atom in atoms(one.when) if isinstance(atom, FigureAtom)]
        lines = [line for atom in figures for line in _figures(atom, companies, usage, today)]
        yield _items(lines or ["[the facts that this section asks for]"])


def _figures(atom: FigureAtom, companies: CompaniesFacts, usage: UsageFacts, today: date) -> list[str]:
    """What is recorded of the figure that a limit speaks of, each with period and source."""
    names = REVENUE if atom.metric in REVENUE else (atom.metric,)
    window = None if atom.window.floats else str(before(atom.anchor_date or today, atom.window))
    held = [one for one in usage.figures if one.metric in names and window in (None, one.period)]
    told = sorted(held, key=lambda one: (one.period, one.subject), reverse=window is None)
    lines = [_figure(one, companies) for one in (told if window else told[:RECENT])]
    when = f" in {period(window)}" if window else ""
    return lines or [f"[{spoken(atom.metric)}{when}: not recorded]"]


def _figure(one: Figure, companies: CompaniesFacts) -> str:
    unit = f" {one.currency}" if one.currency else ""
    value = exact(one.low) if one.low == one.high else f"{exact(one.low)} to {exact(one.high)}"
    whose, _, slug = one.subject.partition(":")
    name = f"product {slug}" if whose == "product" else _name(slug, companies)
    name += " and its affiliates, each person counted once" if one.deduplicated else ""
    source = one.source or "[source]"
    return f"{name}: {value}{unit} {spoken(one.metric)} in {period(one.period)} (source: {source})"


def _end(asked: list[Threshold]) -> Iterator[str]:
    yield "3. What we ask you to answer"
    yield _items(
        [
            "whether you grant the license, and from which day until which",
            "whom, which models, which territories and up to which figure it covers",
            "under which reference it is kept at your side",
        ]
    )
    if asked:
        yield _wrapped("Until your answer we treat the rights that depend on it as not granted.")
    yield "Yours faithfully,\n\n[signature]"


def _affiliates(licensee: str, companies: CompaniesFacts, today: date) -> list[str]:
    group = companies.group(licensee, today, ControlRule()) - {licensee}
    return [_company(slug, companies) for slug in sorted(group)] or ["[none is on record]"]


def _company(slug: str, companies: CompaniesFacts) -> str:
    known = companies.companies.get(slug) or Company(slug=slug)
    seat = known.domicile or "[country of its principal place of business]"
    return f"{known.name or slug} ({seat})"


def _name(slug: str, companies: CompaniesFacts) -> str:
    known = companies.companies.get(slug)
    return (known.name if known else "") or slug


def _known(value: str, nobody: str, blank: str) -> str:
    return f"[{blank}]" if value in ("", nobody) else value


def _cap(grant: Grant) -> str:
    return f"{exact(grant.cap_limit)} {spoken(grant.cap_metric)}" if grant.cap_limit is not None else ""


def _day(instant: object) -> str:
    return str(instant)[:10] if instant else ""


def _hung(lead: str, *lines: str) -> str:
    """Lines one below the other behind a lead."""
    leads = (lead, *(" " * len(lead) for _ in lines[1:]))
    below = " " * len(lead)
    told = zip(leads, lines, strict=True)
    return "\n".join(fill(line, initial_indent=at, subsequent_indent=below, **_FILL) for at, line in told)


def _wrapped(text: str) -> str:
    return fill(text, **_FILL)


def _items(lines: Iterable[str]) -> str:
    return "\n".join(fill(line, initial_indent="   - ", subsequent_indent="     ", **_FILL) for line in lines)


def _blanks(text: str) -> Iterator[str]:
    """What stands in brackets, on one line."""
    for part in " ".join(text.split()).split("[")[1:]:
        yield part.partition("]")[0]
