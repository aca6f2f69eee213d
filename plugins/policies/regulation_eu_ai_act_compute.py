from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from functools import cached_property
from typing import Any, Literal

from pydantic import Field

from governance.core.compute import (
    MODIFICATION,
    TRAINING,
    Compute,
    Limit,
    Side,
    cumulative,
    flop,
    modification,
    stated,
)
from governance.core.facts import Facet, Facts, FiguresFacts, ParentFigures, Subject
from governance.core.outcomes import Outcome
from governance.core.policy import Policy, PolicyParams
from governance.core.verdicts import Finding, Verdict

ACT, POINT_17, POINTS_60 = "Article 51(2)", "Guidelines, point 17", "Guidelines, points 60 and 61"


class EuAiActCompute(Policy):
    """A person must look at models whose training compute passes a threshold of the EU AI Act.

    More than 10^23 FLOP is indicative of a general-purpose model, more than 10^25 FLOP is presumed to bring
    systemic risk, and whoever modifies a model with more than a third of its compute counts as a provider of
    the result. This judges models wherever they run and decides no deployment: the duties are their
    providers'.
    """

    key = "regulation.eu-ai-act-compute"
    version = 2
    judges = {Subject.SNAPSHOT}
    reads = {Facet.SNAPSHOT, Facet.FIGURES}

    class Params(PolicyParams):
        indicative_flop: float = Field(
            1e23, gt=0, description="Compute beyond which a model may be a general-purpose one."
        )
        systemic_flop: float = Field(
            1e25, gt=0, description="Compute beyond which systemic risk is presumed."
        )
        modification_part: float = Field(
            3, gt=0, description="A modification counts beyond one part in so many of the original's compute."
        )
        without_figures: Literal["unknown", "not_applicable"] = Field(
            "unknown",
            description="The answer to models of which no compute is recorded, nor of what they came from.",
        )

        @cached_property
        def indicative(self) -> Decimal:
            """As it was written: as a float, 1e23 is a little less."""
            return Decimal(str(self.indicative_flop))

        @cached_property
        def systemic(self) -> Decimal:
            return Decimal(str(self.systemic_flop))

    def evaluate(self, facts: Facts, params: Params) -> Verdict:
        name, held = facts.snapshot.repo_id, facts.figures
        known = held.figures or any(parent.figures for parent in held.parents)
        if not known and params.without_figures == "not_applicable":
            return Verdict((_says(Outcome.NOT_APPLICABLE, f"No training compute of {name} is recorded."),))
        findings = [_whole(name, held, params)]
        for parent in held.parents:
            findings += _modified(name, held, parent, params)
        return Verdict(tuple(findings))


def _whole(name: str, held: FiguresFacts, params: EuAiActCompute.Params) -> Finding:
    """All the compute that went into the model, against both thresholds."""
    base = stated(held.parents[0].figures, TRAINING) if len(held.parents) == 1 else None
    found = cumulative(held.figures, base)
    if found is None:
        why = "so whether it passes a threshold of the EU AI Act cannot be told"
        return _missing(f"training compute of {name}", why)
    systemic = found.side(Limit.at(params.systemic))
    indicative = found.side(Limit.at(params.indicative))
    fix = "Have a person decide whether the provider's duties are met, and record the reasons as a waiver."
    if systemic is not Side.WITHIN:
        what = f"{_BESIDE[systemic]} {flop(params.systemic)} FLOP, beyond which systemic risk is presumed"
        return _figure(Outcome.REVIEW, name, found, what, ACT, params.systemic, fix)
    if indicative is not Side.WITHIN:
        past = f"{_BESIDE[indicative]} {flop(params.indicative)} FLOP"
        what = f"{past}, which is indicative of a general-purpose model"
        return _figure(Outcome.REVIEW, name, found, what, POINT_17, params.indicative, fix)
    what = f"not more than {flop(params.indicative)} FLOP"
    return _figure(Outcome.PASS, name, found, what, POINT_17, params.indicative, "")


def _modified(
    name: str, held: FiguresFacts, parent: ParentFigures, params: EuAiActCompute.Params
) -> Iterator[Finding]:
    """The compute of the modification, against a part of that of the original."""
    part, base = Decimal(str(params.modification_part)), stated(parent.figures, TRAINING)
    added = modification(held.figures, base if len(held.parents) == 1 else None)
    if added is None:
        if held.figures or base:
            why = f"so whether it is a provider's modification of {parent.repo_id} cannot be told"
            yield _missing(f"compute of the modification that made {name}", why)
        return
    limit = Limit.share(base, part) if base else Limit(params.indicative / part, params.systemic / part)
    side = added.side(limit)
    told = f"The modification that made {name} took {added.words} FLOP, {_BESIDE[side]} {limit.words} FLOP, "
    told += _share(part, parent.repo_id, known=base is not None)
    outcome = Outcome.PASS if side is Side.WITHIN else Outcome.REVIEW
    fix = "" if side is Side.WITHIN else "Have a person decide whether whoever modified it is a provider."
    yield _says(outcome, told, POINTS_60, _evidence(MODIFICATION, added, limit.high), fix)


_BESIDE = {Side.ABOVE: "more than", Side.WITHIN: "not more than", Side.EITHER: "perhaps more than"}


def _share(part: Decimal, parent: str, known: bool) -> str:
    share = "a third" if part == 3 else f"one part in {part:f}"
    its = f"training compute of {parent}"
    return f"{share} of the {its}." if known else f"{share} of the thresholds, as the {its} is not known."


def _figure(
    outcome: Outcome, name: str, found: Compute, what: str, section: str, limit: Decimal, fix: str
) -> Finding:
    told = f"The training of {name} took {found.words} FLOP, {what}."
    return _says(outcome, told, section, _evidence(TRAINING, found, limit), fix)


def _evidence(metric: str, found: Compute, limit: Decimal) -> dict[str, Any]:
    figures = {"low": str(found.low), "high": str(found.high), "limit": str(limit)}
    return {"metric": metric, "comparator": ">", **figures, "source": found.told}


def _missing(figure: str, why: str) -> Finding:
    fix = f"Record the {figure} with its source."
    return Finding(Outcome.UNKNOWN, f"The {figure} is not known, {why}.", how_to_fix=fix, missing=(figure,))


def _says(
    outcome: Outcome, told: str, section: str = "", evidence: Any = None, how_to_fix: str = ""
) -> Finding:
    return Finding(outcome, told, "", section, evidence or {}, how_to_fix)
