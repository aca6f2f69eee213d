"""The license files say what the reviewed facts and the real texts say, field by field."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from governance.core.recognition import Match, recognize
from governance.core.terms import (
    AllOf,
    Consequence,
    DutyKind,
    FigureAtom,
    LicenseTerms,
    OutputScope,
    State,
    Threshold,
    TraitAtom,
    atoms,
)
from governance.discovery import catalog
from tests.plugins.licenses.reviewed import (
    BEYOND,
    TERMS,
    all_facts,
    each_license,
    facts,
    parts,
    phrases,
    text_of,
    value,
    with_text,
)


@each_license
def test_identity(key: str) -> None:
    terms, known = TERMS[key], facts(key)
    assert terms.review.verified is known["verified"]
    assert terms.version == known["version"].strip("-")
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", known["released"] or ""):
        assert str(terms.released) == known["released"]
    if known["spdx_or_scancode_key"] and "(" not in known["spdx_or_scancode_key"]:
        assert terms.spdx == known["spdx_or_scancode_key"]


def test_every_license_of_the_facts_has_its_file() -> None:
    assert set(all_facts()) <= set(TERMS)


@each_license
def test_recognition_by_hub_id_and_name(key: str) -> None:
    known, stated = told_as(key).recognition, facts(key)["hf_license_id"]
    if re.fullmatch(r"[a-z0-9.+-]+", stated["license"]) and stated["license"] not in ("other", "unknown"):
        assert stated["license"] in known.hub_ids
    if stated["license_name"] and not re.search(r"unverified|survey", stated["license_name"]):
        names = stated["license_name"].replace(" (siblings)", "").split(" | ")
        assert set(names) <= set(known.license_names)


def told_as(key: str) -> LicenseTerms:
    """The license that the text is recognized as."""
    return TERMS[TERMS[key].text_of or key]


@with_text
def test_recognition_by_text(key: str) -> None:
    if key in NO_LICENSE_TEXT:
        return
    told = recognize(text_of(key), catalog().index)
    part = ".partial." in facts(key)["text_file"]
    assert (told.key, told.match) == (told_as(key).key, Match.NEAR if part else Match.EXACT)
    assert not told.missing


NO_LICENSE_TEXT = {"baichuan2": "the text at hand is a README"}


ONE_TEXT = sorted(key for key, terms in TERMS.items() if terms.text_of)


@pytest.mark.parametrize("key", ONE_TEXT)
def test_a_publisher_of_a_text_adds_to_its_terms_and_takes_nothing(key: str) -> None:
    terms, used = TERMS[key], told_as(key)
    assert not terms.recognition.model_dump(exclude_defaults=True)
    assert terms.permissions == used.permissions
    assert set(used.duties) <= set(terms.duties)
    assert terms.passes_on == used.passes_on


COMMERCIAL = ("commercial only", "commercial product or service", "any use excluding Non-Commercial")
REVERSED = {"<": ">=", ">": ">", ">=": ">="}
METRICS = {"aggregate_revenue": "any_12_month_revenue"}
WINDOWS = [
    ("daily", "day"),
    ("12 months", "any_12_months"),
    ("twelve", "any_12_months"),
    ("yearly", "fiscal_year"),
    ("year", "calendar_year"),
    ("annual", "fiscal_year"),
    ("month", "calendar_month"),
    ("not stated", "calendar_month"),
]
CONSEQUENCES = [
    ("security review", Consequence.SECURITY_REVIEW),
    ("terminate", Consequence.TERMINATES),
    ("display", Consequence.DISPLAY),
    ("paid lic", Consequence.PAID_LICENSE),
    ("Commercial Use Agreement", Consequence.PAID_LICENSE),
    ("prior written authorization", Consequence.PRIOR_AUTHORIZATION),
    ("separate authorization", Consequence.PRIOR_AUTHORIZATION),
    ("", Consequence.LICENSE_REQUIRED),
]


def expected(limit: dict[str, Any]) -> dict[str, Any]:
    """What the terms should say. A condition under which rights exist is the reverse of a limit."""
    words = limit["consequence"]
    row = {
        "metric": METRICS.get(limit["metric"], limit["metric"]),
        "affiliates": bool(limit["affiliates_included"]),
        "purpose": "commercial" if limit["purpose"].startswith(COMMERCIAL) else "any",
        "consequence": next(one for word, one in CONSEQUENCES if word in words),
        "exempt_section": limit.get("exemption", {}).get("section", ""),
        "business": " business" in str(limit.get("also_requires", "")),
    }
    if limit["metric"] == "business_model":
        names = re.split(r" or (?i:or )?", limit["value"].replace(" OR ", " or "))
        return row | {"any_of": {COMPETITORS.get(name, name.replace(" ", "_")) for name in names}}
    ongoing = limit["measured_at"] == "ongoing"
    return row | {
        "comparator": REVERSED[limit["comparator"]],
        "limit": limit["value"],
        "currency": limit["currency"] or "",
        "window": next(name for word, name in WINDOWS if word in limit["measurement_window"]),
        "anchor": "each_period" if ongoing else "before_version_release",
        "anchor_date": None if ongoing else limit["measured_at"],
        "boundary": "contradictory" if "comparator_ambiguous" in limit else "exact",
    }


def written(threshold: Threshold, atom: FigureAtom | TraitAtom) -> dict[str, Any]:
    joined = atoms(threshold.when) if isinstance(threshold.when, AllOf) else []
    others = [leaf for leaf in joined if leaf is not atom]
    row = {
        "purpose": threshold.purpose,
        "consequence": threshold.consequence,
        "exempt_section": threshold.exempt_section,
        "business": any(isinstance(other, TraitAtom) for other in others),
    }
    if isinstance(atom, TraitAtom):
        affiliates = atom.subject == "licensee_and_affiliates"
        return row | {"metric": "business_model", "affiliates": affiliates, "any_of": set(atom.any_of)}
    return row | {
        "metric": atom.metric,
        "affiliates": atom.subject.group,
        "comparator": atom.comparator,
        "limit": atom.limit,
        "currency": atom.currency,
        "window": atom.window,
        "anchor": atom.anchor,
        "anchor_date": str(atom.anchor_date) if atom.anchor_date else None,
        "boundary": atom.boundary,
    }


def limits(terms: LicenseTerms) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each figure, and each trait that stands for itself: one that must join a figure is told with it.

    Conditions on the use alone, and those of the text that the facts do not list, are left out.
    """
    for threshold in terms.thresholds:
        alone = not isinstance(threshold.when, AllOf)
        for atom in atoms(threshold.when):
            listed = (terms.key, threshold.section) not in NOT_LISTED
            if isinstance(atom, FigureAtom) or (alone and atom.trait != "uses" and listed):
                yield threshold.section, written(threshold, atom)


COMPETITORS = {"competitor": "NAVER"}
NOT_LISTED = {("nanbeige", "1.2"): "section 1.2 says who is no licensee"}


SILENT_ON_EXEMPTION = {
    ("databricks-open-model", "3"): "section 3 exempts integrated end user products",
    ("playground-v2", "1.b.ii"): "section 1.b.ii exempts integrated end user products",
    ("kimi-k3", "4"): "section 4 speaks of both sections 2 and 3",
}
CONTRADICTED_ELSEWHERE = {"stability-ai-community": "sections I and III differ"}


@each_license
def test_thresholds(key: str) -> None:
    wanted = [(limit["section"], expected(limit)) for limit in facts(key)["terms"]["thresholds"]]
    found = list(limits(TERMS[key]))
    assert len(found) == len(wanted)
    for (section, row), (stated, want) in zip(found, wanted, strict=True):
        assert stated.replace("?", "not known").startswith(tuple(parts(section)))
        if (key, row["exempt_section"]) in SILENT_ON_EXEMPTION:
            want["exempt_section"] = row["exempt_section"]
        if key in CONTRADICTED_ELSEWHERE:
            want["boundary"] = "contradictory"
        assert row == want


@each_license
@pytest.mark.parametrize(
    ("of_facts", "of_terms"),
    [("commercial_use", "commercial_use"), ("outputs_for_training", "outputs_training")],
)
def test_permissions(key: str, of_facts: str, of_terms: str) -> None:
    if (key, of_facts) in BEYOND:
        pytest.skip(BEYOND[key, of_facts])
    entry, permission = facts(key)["terms"][of_facts], getattr(TERMS[key].permissions, of_terms)
    assert permission.state == state(value(entry))
    said = isinstance(entry, dict) and permission.state is not State.SILENT
    sections = parts(entry.get("section", "-")) if said else []
    for section in sections:
        assert section == "-" or section.startswith("definition") or section in parts(permission.section)


STATES = {"allowed-with-conditions": "conditional", "unverified": "silent"}
RESEARCH_ONLY = ("prohibited outside", "noncommercial research only", "non-commercial only")


def state(said: str) -> str:
    """What the facts say in words: free for research alone is a condition."""
    if said.startswith(RESEARCH_ONLY):
        return State.CONDITIONAL
    first = re.split(r"[ :,]", said)[0]
    return STATES.get(first, first)


@each_license
@pytest.mark.parametrize("permission", ["redistribution", "modification"])
def test_redistribution_and_modification(key: str, permission: str) -> None:
    if (key, permission) in BEYOND:
        pytest.skip(BEYOND[key, permission])
    assert value(facts(key)["terms"][permission]).startswith(("allowed", "copyleft", "conditional"))
    assert getattr(TERMS[key].permissions, permission).state in (State.ALLOWED, State.CONDITIONAL)


BANS = {
    "llama2": OutputScope.LLM,
    "llama3": OutputScope.LLM,
    "tongyi-qianwen": OutputScope.LLM,
    "tencent-hunyuan-large": OutputScope.LLM,
    "databricks-open-model": OutputScope.LLM,
    "tencent-hunyuan-a13b": OutputScope.ANY_MODEL,
    "kolors": OutputScope.ANY_MODEL,
    "bilibili-indextts": OutputScope.ANY_MODEL,
    "stability-ai-community": OutputScope.FOUNDATIONAL_GENERATIVE,
    "fish-audio-research": OutputScope.FOUNDATIONAL_GENERATIVE,
    "tongyi-qianwen-research": OutputScope.LLM,
    "nanbeige": OutputScope.LLM,
    "tencent-hunyuan-dit": OutputScope.LLM,
    "tencent-hunyuan-video": OutputScope.ANY_MODEL,
    "tencent-hunyuan-image-3.0": OutputScope.ANY_MODEL,
    "tencent-hunyuan-video-1.5": OutputScope.ANY_MODEL,
    "tencent-hunyuan-3d-2.0": OutputScope.ANY_MODEL,
    "tencent-hunyuan-3d-2.1": OutputScope.ANY_MODEL,
    "tencent-hunyuanworld-1.0": OutputScope.ANY_MODEL,
    "tencent-hy-worldplay": OutputScope.ANY_MODEL,
    "minimax-h3-community": OutputScope.ANY_MODEL,
    "grok2-community": OutputScope.GENERAL_PURPOSE,
    "playground-v2": OutputScope.TEXT_TO_IMAGE,
    "exaone-1.1-nc": OutputScope.ANY_MODEL,
    "exaone-1.2-nc": OutputScope.COMPETING,
    "flux1-dev-nc": OutputScope.COMPETING,
    "flux2-dev-nc": OutputScope.COMPETING,
}
NOT_EVEN_ITS_OWN = {"exaone-1.1-nc", "exaone-1.2-nc", "flux1-dev-nc", "flux2-dev-nc"}
"""Bans without an exception for the family: of competing models there need be none."""


@each_license
def test_what_a_ban_on_outputs_reaches(key: str) -> None:
    rule = TERMS[key].permissions.outputs_training
    assert (rule.scope if rule.state is State.PROHIBITED else None) is BANS.get(key)
    assert rule.own_family_exempt is (key in BANS and key not in NOT_EVEN_ITS_OWN)


@each_license
def test_naming(key: str) -> None:
    naming = facts(key)["terms"]["naming"]
    found = [(d.phrase, d.section) for d in TERMS[key].duties if d.kind is DutyKind.NAME_PREFIX]
    assert found == ([(naming["prefix"], *parts(naming["section"]))] if naming else [])
    rule = TERMS[key].permissions.outputs_training
    modern = naming and "outputs" in naming["rule"] and "not mentioned" not in naming["rule"]
    assert rule.name_prefix == (naming["prefix"] if modern else "")


PLACES = {
    "Notice file": "notice_file",
    "any reasonable manner": "any_reasonable_manner",
    "distribution page": "distribution_page",
    "with redistribution": "copies",
}


def bare(phrase: str) -> str:
    """A phrase of the facts without what stands for a name or for more of it: `[name] is built…`."""
    return re.sub(r"\[(?:name of[^]]*|\.\.\.)\]", "", phrase).strip()


@each_license
def test_attribution(key: str) -> None:
    found = list(phrases(TERMS[key]))
    for rule in facts(key)["terms"]["attribution"]:
        places = tuple(PLACES.get(place, place) for place in rule.get("where", ()))
        matches = [
            section
            for phrase, section, where, optional in found
            if phrase == bare(rule.get("phrase", phrase))
            and where == places
            and optional is rule.get("optional", False)
        ]
        sections = {part for section in matches for part in parts(section)}
        assert sections & set(parts(rule["section"])), rule


DUTIES = [
    ("copy_of_license_required", DutyKind.LICENSE_COPY),
    ("state_changes", DutyKind.STATE_CHANGES),
    ("pass_through", DutyKind.PASS_THROUGH),
]


@each_license
@pytest.mark.parametrize(("name", "kind"), DUTIES)
def test_duties(key: str, name: str, kind: DutyKind) -> None:
    if (key, name) in BEYOND:
        pytest.skip(BEYOND[key, name])
    entry = facts(key)["terms"][name]
    found = [duty.section for duty in TERMS[key].duties if duty.kind is kind]
    assert len(found) == (value(entry) is True)
    if found:
        wanted = parts(entry["section"])[0] if isinstance(entry, dict) else "-"
        if TERMS[key].text_of:
            wanted = wanted.replace("(", ".").rstrip(")")
        assert found[0].startswith(wanted) or wanted == "-"


@each_license
def test_use_policy(key: str) -> None:
    policy = facts(key)["terms"]["acceptable_use_policy"]
    found = [duty for duty in TERMS[key].duties if duty.kind is DutyKind.USE_POLICY]
    if policy:
        assert policy["section"] in parts(found[0].section)
        assert found[0].url == (policy["value"] if policy["value"].startswith("http") else "")


@each_license
def test_territory(key: str) -> None:
    wanted = facts(key)["terms"]["territory_excluded"]
    found = TERMS[key].exclusions
    assert len(found) == len(wanted)
    for exclusion, rule in zip(found, wanted, strict=True):
        assert list(exclusion.regions) == rule["regions"]
        assert exclusion.outputs is ("outputs" in rule["scope"])
        assert exclusion.tests == ("seat" if "principal place" in rule.get("subject", "") else "place_of_use")
        assert exclusion.modalities == ("multimodal" if "multimodal" in rule["scope"] else "any")
        assert bool(exclusion.exempt) is ("exempt" in rule)
