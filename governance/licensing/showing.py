"""The terms of one license as lines of text, as a person reads them: may, must, may not, limits."""

from __future__ import annotations

from collections.abc import Iterator
from textwrap import wrap

from governance.core.plain_terms import Term, grouped, sentences
from governance.core.spoken import spoken
from governance.core.terms import LicenseTerms
from governance.core.words import listed, place

WIDTH = 100


def lines(terms: LicenseTerms) -> Iterator[str]:
    """The license from its name to what derivatives inherit; nothing is wider than `WIDTH`."""
    yield terms.name
    yield from _facts(terms)
    for _, heading, found in grouped(list(sentences(terms))):
        yield ""
        yield heading
        for term in found:
            yield from _term(term)
    yield from _inherited(terms)


def _facts(terms: LicenseTerms) -> Iterator[str]:
    review = terms.review
    state = "verified against the text" if review.verified else "NOT verified against the text"
    rows = {
        "key": terms.key,
        "version": terms.version,
        "by": terms.licensor,
        "on hubs": ", ".join(terms.hub_namespaces),
        "released": str(terms.released or ""),
        "text": terms.published_at,
        "text of": terms.text_of,
        "review": f"{state}, {review.by}, {review.on}. {review.note}".strip(),
        "notes": terms.notes,
    }
    for name, value in rows.items():
        if value:
            yield from _hung(f"  {name:<9}", value)


def _term(term: Term) -> Iterator[str]:
    section = f" [{place(term.section)}]" if term.section else ""
    yield from _hung("  - ", term.sentence + section)
    for detail in (*filter(None, [term.note]), *term.details):
        yield from _hung("      ", detail)


def _inherited(terms: LicenseTerms) -> Iterator[str]:
    """What reaches a model that was made from one under this license."""
    if not terms.passes_on:
        return
    yield ""
    yield "Models made from it inherit"
    for relation, parts in terms.passes_on.items():
        name = "not known" if relation == "unknown" else relation
        yield from _hung("  - ", f"{name}: {listed(map(spoken, parts)) if parts else 'nothing'}")
    yield "  - made in any other way: everything"


def _hung(lead: str, text: str) -> Iterator[str]:
    """The text behind its lead, wrapped, with following lines below the first word."""
    yield from wrap(
        text,
        WIDTH,
        initial_indent=lead,
        subsequent_indent=" " * len(lead),
        break_long_words=False,
        break_on_hyphens=False,
    )
