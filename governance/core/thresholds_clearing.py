"""What clears a limit: a grant that covers the use and whose cap holds, or the asked phrase, shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from governance.core.companies import next_change
from governance.core.facts import Grant
from governance.core.figures import UNBOUNDED, Bounds
from governance.core.grants import covering, next_turn
from governance.core.periods import Window, before, midnight, turns
from governance.core.terms import Consequence, FigureAtom, Threshold, Whose
from governance.core.thresholds_case import Case, Weighed, asked_phrases
from governance.core.thresholds_figures import Sums
from governance.core.verdicts import soonest


@dataclass(frozen=True, slots=True)
class Clearing:
    """The grant that clears, if any; else why those at hand do not. `until`: when that may change.

    `shown`: the phrase that clears, because it is what the limit asks for and the deployment shows it.
    """

    grant: Grant | None = None
    shown: str = ""
    missing: tuple[str, ...] = ()
    over_cap: tuple[Grant, ...] = ()
    until: datetime | None = None


NOT_CLEARED = Clearing()


def clearing(threshold: Threshold, weighed: Sequence[Weighed], case: Case) -> Clearing:
    """What is at hand for a limit that is, or may be, passed."""
    if shown := _shown(threshold, case):
        return Clearing(shown=shown)
    if "grant" not in threshold.clears:
        return NOT_CLEARED
    figures = [(one.atom, one.bounds) for one in weighed if isinstance(one.atom, FigureAtom)]
    grants = case.grants.grants
    capped = tuple(grant for grant in grants if not _within_cap(grant, figures, case))
    grant = _covering(tuple(grant for grant in grants if grant not in capped), case)
    until = _turn(grant, case)
    if grant:
        return Clearing(grant, until=until)
    over = tuple(grant for grant in capped if _covering((grant,), case))
    return Clearing(missing=_missing(case), over_cap=over, until=until)


def _shown(threshold: Threshold, case: Case) -> str:
    """The phrase that a display asks for, where the deployment shows it exactly."""
    if threshold.consequence is not Consequence.DISPLAY or "evidence" not in threshold.clears:
        return ""
    asked = asked_phrases(threshold, case)
    return next((phrase for phrase in case.shown_phrases or () if phrase in asked), "")


def _covering(grants: tuple[Grant, ...], case: Case) -> Grant | None:
    return covering(
        grants,
        license=case.license,
        repo_ids=case.repo_ids,
        licensee=case.companies.licensee,
        companies=case.companies,
        regions=case.regions,
        as_of=case.as_of,
    )


def _missing(case: Case) -> tuple[str, ...]:
    """The regions, where only they keep a grant with territories from being looked at."""
    if case.regions:
        return ()
    anywhere = tuple(grant.model_copy(update={"territories": ()}) for grant in case.grants.grants)
    return ("deployment.regions",) if _covering(anywhere, case) else ()


def _turn(grant: Grant | None, case: Case) -> datetime | None:
    """A grant that clears counts to its own end, others do not matter; without one, any may begin."""
    considered = (grant,) if grant else case.grants.grants
    turn = next_turn(considered, license=case.license, companies=case.companies, as_of=case.as_of)
    if any(one.cap_limit is not None for one in considered):
        change = next_change(case.companies.controls, case.today)
        month = turns(case.today, Window.CALENDAR_MONTH)
        return soonest(turn, midnight(min(month, change or month)))
    return turn


def _within_cap(grant: Grant, figures: Sequence[tuple[FigureAtom, Bounds]], case: Case) -> bool:
    """The figure that the limit compares must lie within the cap, and so must the group's latest one.

    Once a grant is given, growth counts against its cap even where the limit itself was measured once.
    """
    if grant.cap_limit is None:
        return True
    same = [(atom, bounds) for atom, bounds in figures if atom.metric == grant.cap_metric]
    if any(bounds.high is None or bounds.high > grant.cap_limit for _, bounds in same):
        return False
    latest = _latest(grant.cap_metric, same[0][0] if same else None, case)
    if latest.high is None:
        # Where the limit compares another quantity, only a recorded figure shows that the cap holds.
        return bool(same) and latest.low <= grant.cap_limit
    return latest.high <= grant.cap_limit


def _latest(metric: str, atom: FigureAtom | None, case: Case) -> Bounds:
    """The group's figure for the last whole period before `as_of`."""
    if atom is None and "revenue" in metric:
        return UNBOUNDED  # a cap carries no currency: only a limit on the same money gives it one
    alike = atom or FigureAtom(
        metric=metric,
        comparator=">",
        limit=Decimal(0),
        currency="",
        subject=Whose.LICENSEE_AND_AFFILIATES,
        window=Window.CALENDAR_MONTH,
        anchor="each_period",
    )
    window = Window.CALENDAR_YEAR if alike.window.floats else alike.window
    group = alike.model_copy(update={"subject": Whose.LICENSEE_AND_AFFILIATES})
    return Sums.of(group, case, case.today).total(before(case.today, window))
