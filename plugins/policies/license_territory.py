from __future__ import annotations

from functools import lru_cache

from governance.core.facts import Facet, Facts, Grant, Subject, TermsFacts
from governance.core.governing import Governing, governing_terms, unknown_licenses
from governance.core.grants import grant_for, turn_for
from governance.core.outcomes import Outcome
from governance.core.policy import Policy, PolicyParams
from governance.core.terms import Exclusion, Parts
from governance.core.territories import expand
from governance.core.values import Keyed
from governance.core.verdicts import Finding, Verdict, soonest
from governance.core.words import first_of, listed

_WHERE_NOT = {"seat": "where the company does not have its seat", "place_of_use": "where it is not used"}
_WAY_OUT = {
    "seat": "Choose another model",
    "place_of_use": "Keep the use out of the territory, choose another model",
}


class Territory(Policy):
    """Nobody may use a model where, or from where, its license licenses nothing.

    Some licenses look at the seat of the licensee, others at the places where the model, or what it puts
    out, is used; some speak of multimodal models only. A grant clears this where it names the territory.
    """

    key = "license.territory"
    version = 1
    judges = {Subject.DEPLOYMENT}
    reads = {Facet.TERMS, Facet.SNAPSHOT, Facet.DEPLOYMENT, Facet.COMPANIES, Facet.GRANTS}

    def evaluate(self, facts: Facts, params: PolicyParams) -> Verdict:
        settled, exclusions = _settled(Keyed(facts.terms))
        if not exclusions:
            return settled
        judged = (_judge(facts, governing, exclusion) for governing, exclusion in exclusions)
        turns = (turn_for(facts, governing, _naming_territories(facts)) for governing, _ in exclusions)
        return Verdict((*settled.findings, *judged), soonest(*turns))


@lru_cache(maxsize=4096)
def _settled(seen: Keyed[TermsFacts]) -> tuple[Verdict, tuple[tuple[Governing, Exclusion], ...]]:
    """What the terms alone say, and each exclusion that they hold."""
    findings = unknown_licenses(seen.value, "the territory")
    governing = governing_terms(seen.value, Parts.EXCLUSIONS)
    findings += [
        one.finding(Outcome.PASS, "excludes no territory") for one in governing if not one.terms.exclusions
    ]
    exclusions = tuple((one, exclusion) for one in governing for exclusion in one.terms.exclusions)
    return Verdict(tuple(findings)), exclusions


def _judge(facts: Facts, governing: Governing, exclusion: Exclusion) -> Finding:
    if "end_users" in exclusion.exempt and facts.deployment.uses.integrated_end_user_product:
        what = "exempts the end users of a product that contains the model"
        return governing.finding(Outcome.PASS, what, exclusion.section)
    speaks_of_it = _speaks_of_model(facts, exclusion)
    if speaks_of_it is False:
        what = "excludes territories for multimodal models only"
        return governing.finding(Outcome.PASS, what, exclusion.section)
    touched, missing = _places(facts, exclusion)
    if not touched and not missing:
        what = f"excludes {_territory(exclusion)}, {_WHERE_NOT[exclusion.tests]}"
        return governing.finding(Outcome.PASS, what, exclusion.section)
    if speaks_of_it is None:
        missing = [*missing, "modalities of the model"]
    if not touched or speaks_of_it is None:
        return _unknown(governing, exclusion, missing)
    return _granted(facts, governing, exclusion, touched) or _excluded(governing, exclusion, touched)


def _speaks_of_model(facts: Facts, exclusion: Exclusion) -> bool | None:
    """A multimodal model takes or gives more than text; None where its modalities are not known."""
    if exclusion.modalities == "any":
        return True
    modalities = facts.snapshot.modalities
    return any(modality != "text" for modality in modalities) if modalities else None


def _places(facts: Facts, exclusion: Exclusion) -> tuple[list[str], list[str]]:
    """The excluded countries that are touched, and the facts that are missing to know."""
    excluded, _ = expand(exclusion.regions)
    touched: set[str] = set()
    missing: list[str] = []
    for field, regions in _asked(facts, exclusion):
        countries, strange = expand(regions or ())
        touched |= countries & excluded
        missing += [f"{field}: {name!r} is no region" for name in strange]
        missing += [] if regions else [field]
    return sorted(touched), missing


def _asked(facts: Facts, exclusion: Exclusion) -> list[tuple[str, tuple[str, ...] | None]]:
    """The facts that an exclusion tests, each under the name that users give it."""
    if exclusion.tests == "seat":
        company = facts.companies.companies.get(facts.companies.licensee)
        seat = company.domicile if company else None
        return [("company.domicile", (seat,) if seat else None)]
    places = [("deployment.regions", facts.deployment.regions)]
    if exclusion.outputs:
        places.append(("deployment.output_regions", facts.deployment.output_regions))
    return places


def _unknown(governing: Governing, exclusion: Exclusion, missing: list[str]) -> Finding:
    return governing.finding(
        Outcome.UNKNOWN,
        f"excludes {_territory(exclusion)}, and what decides it is not known: {listed(missing)}",
        exclusion.section,
        {"excluded": list(exclusion.regions), "tests": exclusion.tests},
        f"Record {listed(missing)}; countries are codes such as US, regions these or EU.",
        tuple(missing),
    )


def _excluded(governing: Governing, exclusion: Exclusion, touched: list[str]) -> Finding:
    verb = "is" if len(touched) == 1 else "are"
    why = "is the seat of the company" if exclusion.tests == "seat" else f"{verb} among the places of use"
    return governing.finding(
        Outcome.FAIL,
        f"licenses nothing in {_territory(exclusion)}, and {first_of(touched)} {why}",
        exclusion.section,
        {"excluded": list(exclusion.regions), "touched": touched, "tests": exclusion.tests},
        f"{_WAY_OUT[exclusion.tests]}, or ask {governing.terms.maker} for a license that names "
        "the territory.",
    )


def _territory(exclusion: Exclusion) -> str:
    return listed({"EU": "the EU"}.get(region, region) for region in exclusion.regions)


def _granted(facts: Facts, governing: Governing, exclusion: Exclusion, touched: list[str]) -> Finding | None:
    grant = grant_for(facts, governing, _naming_territories(facts), touched)
    if grant is None:
        return None
    what = f"excludes {first_of(touched)}, which the grant {grant.reference} includes".replace("  ", " ")
    return governing.finding(Outcome.PASS, what, exclusion.section, {"grant": grant.reference})


def _naming_territories(facts: Facts) -> list[Grant]:
    """A grant that is silent on territories was not asked for this, so it clears nothing here."""
    return [grant for grant in facts.grants.grants if grant.territories]
