"""What was recognized in a text, in sentences."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from governance.core.recognition import Match, Recognition
from governance.core.terms import LicenseTerms
from governance.core.words import listed


def sentences(told: Recognition, licenses: Mapping[str, LicenseTerms]) -> Iterator[str]:
    """The result first, then what differs, one line each."""
    name = f"{licenses[told.key].name} ({told.key})" if told.key in licenses else ""
    if told.match is Match.EXACT:
        yield f"exact: the {name}"
    elif told.candidates:
        yield f"near: too little of it is left to tell {listed(told.candidates, 'or')} apart"
    elif told.match is Match.NONE:
        yield "none: no license that is known here"
    else:
        yield f"near: the {name}, alike by {told.similarity:.1%}; it is not the same text"
        yield from _differences(told)


def _differences(told: Recognition) -> Iterator[str]:
    if len(told.licenses) > 1:
        parts = (
            f"{one.key} {'whole' if one.whole else 'in part'}, from line {one.line}" for one in told.licenses
        )
        yield f"  holds {listed(parts)}"
    if told.missing:
        yield f"  not in the text as they should be: {told.missing} of its paragraphs"
    for added in told.added:
        yield f"  + {added}"
