"""What is wrong with a license file: its schema, what it leaves out, and what its examples come out as."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from governance.core import readings
from governance.core.license_file import LicenseFile, LicenseFileError, load_license
from governance.core.outcomes import worst
from governance.core.terms import Example, FigureAtom, LicenseTerms, State, Threshold, atoms
from governance.core.verdicts import Finding
from governance.core.worked_examples import facts_of
from governance.discovery import catalog
from governance.licensing.contradictions import contradictions

_LIMITS = "license.usage-threshold"


def faults(path: Path) -> list[str]:
    """Every fault of one license file as `file: place: what is wrong`; none where it can be shipped."""
    try:
        file = load_license(path)
    except LicenseFileError as fault:
        return str(fault).splitlines()
    terms = file.terms
    written = (*_left_out(terms), *contradictions(terms), *readings.faults(terms))
    found = (*written, *not_worked_out(file), *_come_out_otherwise(file))
    return [f"{path.name}: {fault}" for fault in found]


def _left_out(terms: LicenseTerms) -> Iterator[str]:
    for name, permission in terms.permissions:
        if bool(permission.section) is (permission.state is State.SILENT):
            what = "has a section" if permission.section else "has no section"
            yield f"permissions.{name}: is {permission.state} and {what}"
    if terms.text_of and terms.recognition.model_dump(exclude_defaults=True):
        yield f"recognition: must be empty, because models are recognized under {terms.text_of}"


def not_worked_out(file: LicenseFile) -> Iterator[str]:
    """Rules that no example shows at work."""
    policies = {example.policy for example in file.examples}
    permissions = file.terms.permissions
    outputs = permissions.outputs_training.state in (State.PROHIBITED, State.CONDITIONAL)
    asked = {
        "license.territory": bool(file.terms.exclusions),
        "license.training-on-outputs": outputs,
        "license.commercial-use": permissions.commercial_use.state is State.PROHIBITED,
    }
    for name, wanted in asked.items():
        if wanted and name not in policies:
            yield f"examples: none is for {name}"
    for threshold in file.terms.thresholds:
        worked = [one for one in file.examples if _about(one, threshold)]
        if missing := {"below", "exceeded"} - {one.standing for one in worked}:
            yield f"examples: none of the threshold {threshold.id!r} stands {' or '.join(sorted(missing))}"
        figures = {one.metric for one in atoms(threshold.when) if isinstance(one, FigureAtom)}
        for metric in sorted(figures - _at_the_limit(file.terms, threshold, worked)):
            yield f"examples: none of the threshold {threshold.id!r} has {metric} exactly at its limit"


def _about(example: Example, threshold: Threshold) -> bool:
    return example.policy == _LIMITS and example.threshold in (threshold.id, "")


def _at_the_limit(terms: LicenseTerms, threshold: Threshold, examples: Sequence[Example]) -> set[str]:
    """The metrics of which an example has a figure that is the limit itself."""
    told = [one.evidence for example in examples for one in _judged_if_any(terms, example)]
    own = [one for one in told if one.get("threshold") == threshold.id]
    weighed = [atom for one in own for atom in one["atoms"] or [one]]
    return {one["metric"] for one in weighed if one.get("low") == one.get("high") == one.get("limit")}


def _judged_if_any(terms: LicenseTerms, example: Example) -> list[Finding]:
    """Nothing where it cannot be judged, which is told on its own."""
    try:
        return judged(terms, example)
    except (KeyError, TypeError, ValueError):
        return []


def _come_out_otherwise(file: LicenseFile) -> Iterator[str]:
    for at, example in enumerate(file.examples):
        if fault := _otherwise(file.terms, example):
            yield f"examples.{at} ({example.title}): {fault}"


def _otherwise(terms: LicenseTerms, example: Example) -> str:
    """What is wrong with an example; empty where it comes out as it says."""
    if example.policy not in catalog().policies:
        return f"policy: {example.policy!r} is none of {', '.join(catalog().policies)}"
    try:
        findings = judged(terms, example)
    except (KeyError, TypeError, ValueError) as fault:
        return f"cannot be judged: {fault}"
    if not findings:
        return "names a threshold or a policy that finds nothing"
    outcome = worst(finding.outcome for finding in findings)
    reasons = " ".join(finding.reason for finding in findings if finding.outcome == outcome)
    if outcome != example.outcome:
        return f"outcome: says {example.outcome!r}, and it is {outcome.value!r}: {reasons}"
    standings = {str(one.evidence.get("standing", "")) for one in findings if one.outcome == outcome}
    if example.standing and standings != {example.standing}:
        return f"standing: says {example.standing!r}, and it is {' and '.join(sorted(standings))}: {reasons}"
    return ""


def judged(terms: LicenseTerms, example: Example) -> list[Finding]:
    """What the policy of an example finds under these terms. Raises ValueError where its facts do not fit."""
    policy = catalog().policies[example.policy]
    verdict = policy().evaluate(facts_of(example, terms), policy.parse_params(example.params))
    meant = [finding for finding in verdict.findings if finding.license in (terms.key, "")]
    if example.threshold:
        meant = [finding for finding in meant if finding.evidence.get("threshold") == example.threshold]
    return meant
