"""The license files say what the reviewed facts and the real texts say, field by field."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from governance.core.license_text import text_identity
from governance.core.terms import (
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
from tests.plugins.licenses.reviewed import (
    BEYOND,
    TERMS,
    each_license,
    facts,
    parts,
    phrases,
    text_of,
    value,
)


@each_license
def test_identity(key: str) -> None:
    terms, known = TERMS[key], facts(key)
    assert terms.review.verified is known["verified"]
    assert terms.version == known["version"]
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", known["released"]):
        assert str(terms.released) == known["released"]
    if known["spdx_or_scancode_key"]:
        assert terms.spdx == known["spdx_or_scancode_key"]


@each_license
def test_recognition_by_hub_id_and_name(key: str) -> None:
    known, stated = TERMS[key].recognition, facts(key)["hf_license_id"]
    if stated["license"] != "other":
        assert stated["license"] in known.hub_ids
    if stated["license_name"] and "unverified" not in stated["license_name"]:
        assert set(stated["license_name"].split(" | ")) <= set(known.license_names)


@each_license
def test_recognition_by_text(key: str) -> None:
    if ".partial." in facts(key)["text_file"]:
        assert not TERMS[key].recognition.text_sha256
    else:
        assert text_identity(text_of(key)) in TERMS[key].recognition.text_sha256


COMMERCIAL = ("commercial only", "commercial product or service")
METRICS = {"aggregate_revenue": "any_12_month_revenue"}
WINDOWS = [
    ("12 months", "any_12_months"),
    ("year", "calendar_year"),
    ("annual", "fiscal_year"),
    ("month", "calendar_month"),
    ("not stated", "calendar_month"),
]
CONSEQUENCES = [
    ("security review", Consequence.SECURITY_REVIEW),
    ("terminate", Consequence.TERMINATES),
    ("display", Consequence.DISPLAY),
    ("", Consequence.LICENSE_REQUIRED),
]


def expected(limit: dict[str, Any]) -> dict[str, Any]:
    words = limit["consequence"]
    row = {
        "metric": METRICS.get(limit["metric"], limit["metric"]),
        "affiliates": limit["affiliates_included"],
        "purpose": "commercial"
        if limit["purpose"].startswith(("commercial only", "commercial pr"))
        else "any",
        "consequence": next(one for word, one in CONSEQUENCES if word in words),
        "exempt_section": limit.get("exemption", {}).get("section", ""),
        "business": bool(limit.get("also_requires")) and "Model as a Service" in limit["also_requires"][0],
    }
    if limit["metric"] == "business_model":
        return row | {"any_of": set(limit["value"].split(" OR "))}
    ongoing = limit["measured_at"] == "ongoing"
    return row | {
        "comparator": limit["comparator"],
        "limit": limit["value"],
        "currency": limit["currency"] or "",
        "window": next(name for word, name in WINDOWS if word in limit["measurement_window"]),
        "anchor": "each_period" if ongoing else "before_version_release",
        "anchor_date": None if ongoing else limit["measured_at"],
        "boundary": "contradictory" if "comparator_ambiguous" in limit else "exact",
    }


def written(threshold: Threshold, atom: FigureAtom | TraitAtom) -> dict[str, Any]:
    others = [leaf for leaf in atoms(threshold.when) if leaf is not atom]
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
    """Each figure, and each trait that stands alone: a trait beside a figure is told with the figure."""
    for threshold in terms.thresholds:
        leaves = atoms(threshold.when)
        for atom in leaves:
            if isinstance(atom, FigureAtom) or len(leaves) == 1:
                yield threshold.section, written(threshold, atom)


SILENT_ON_EXEMPTION = {
    ("databricks-open-model", "3"): "section 3 exempts integrated end user products",
    ("kimi-k3", "4"): "section 4 speaks of both sections 2 and 3",
}
CONTRADICTED_ELSEWHERE = {"stability-ai-community": "sections I and III differ"}


@each_license
def test_thresholds(key: str) -> None:
    wanted = [(limit["section"], expected(limit)) for limit in facts(key)["terms"]["thresholds"]]
    found = list(limits(TERMS[key]))
    assert len(found) == len(wanted)
    for (section, row), (stated, want) in zip(found, wanted, strict=True):
        assert stated.startswith(section)
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
    states = {"allowed-with-conditions": "conditional", "conditional (registration)": "conditional"}
    assert permission.state == states.get(value(entry), value(entry))
    sections = parts(entry.get("section", "")) if isinstance(entry, dict) else []
    for section in sections:
        assert section.startswith("definition") or section in parts(permission.section)


@each_license
@pytest.mark.parametrize("permission", ["redistribution", "modification"])
def test_redistribution_and_modification(key: str, permission: str) -> None:
    assert facts(key)["terms"][permission] == "allowed"
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
}


@each_license
def test_what_a_ban_on_outputs_reaches(key: str) -> None:
    rule = TERMS[key].permissions.outputs_training
    assert (rule.scope if rule.state is State.PROHIBITED else None) is BANS.get(key)
    assert rule.own_family_exempt is (key in BANS)


@each_license
def test_naming(key: str) -> None:
    naming = facts(key)["terms"]["naming"]
    found = [(d.phrase, d.section) for d in TERMS[key].duties if d.kind is DutyKind.NAME_PREFIX]
    assert found == ([(naming["prefix"], *parts(naming["section"]))] if naming else [])
    rule = TERMS[key].permissions.outputs_training
    modern = naming and "outputs" in naming["rule"] and "not mentioned" not in naming["rule"]
    assert rule.name_prefix == (naming["prefix"] if modern else "")


PLACES = {"Notice file": "notice_file", "any reasonable manner": "any_reasonable_manner"}


@each_license
def test_attribution(key: str) -> None:
    found = list(phrases(TERMS[key]))
    for rule in facts(key)["terms"]["attribution"]:
        places = tuple(PLACES.get(place, place) for place in rule.get("where", ()))
        matches = [
            section
            for phrase, section, where, optional in found
            if phrase == rule.get("phrase", phrase)
            and where == places
            and optional is rule.get("optional", False)
        ]
        assert set(matches) & set(parts(rule["section"])), rule


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
        assert found[0].startswith(parts(entry["section"])[0])


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
