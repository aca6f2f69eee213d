"""Which of several licenses is judged by, where the licensee may choose: the one that asks least."""

from __future__ import annotations

from collections.abc import Iterable

from governance.core.terms import LicenseTerms, State

Burden = tuple[int, ...]
_REACH = {"file": 1, "library": 2, "work": 3, "network": 4}


def burden(together: Iterable[LicenseTerms]) -> Burden:
    """How much licenses that govern together ask, gravest first; the smaller the less."""
    return tuple(map(sum, zip(*map(_asked, together), strict=True)))


def _asked(terms: LicenseTerms) -> Burden:
    """Counts of: unchecked terms, what is prohibited, what can withhold rights, and what must be done."""
    limits = [limit.consequence.withholds for limit in terms.thresholds]
    states = [permission.state for _, permission in terms.permissions]
    return (
        int(not terms.review.verified),
        int(terms.permissions.commercial_use.state is State.PROHIBITED),
        states.count(State.PROHIBITED),
        limits.count(True),
        len(terms.exclusions),
        states.count(State.CONDITIONAL),
        len(terms.prohibited_uses),
        _REACH[terms.copyleft.reach] if terms.copyleft else 0,
        limits.count(False),
        sum(not duty.optional for duty in terms.duties),
    )
