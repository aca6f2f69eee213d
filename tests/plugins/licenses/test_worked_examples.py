"""Every worked example of every license file comes out as it says, through the policy that it names."""

from __future__ import annotations

import pytest

from governance.core.license_file import LicenseFile
from governance.core.outcomes import Outcome, worst
from governance.core.terms import Example, LicenseTerms, State
from governance.core.verdicts import Finding
from governance.core.worked_examples import facts_of
from governance.discovery import catalog

FILES = catalog().license_files
WORKED = [
    pytest.param(file.terms, example, id=f"{key}: {example.title}")
    for key, file in FILES.items()
    for example in file.examples
]
LIMITED = [file for file in FILES.values() if file.terms.thresholds]


def judged(terms: LicenseTerms, example: Example) -> list[Finding]:
    policy = catalog().policies[example.policy]
    verdict = policy().evaluate(facts_of(example, terms), policy.parse_params(example.params))
    meant = [finding for finding in verdict.findings if finding.license in (terms.key, "")]
    if example.threshold:
        meant = [finding for finding in meant if finding.evidence.get("threshold") == example.threshold]
    return meant


@pytest.mark.parametrize(("terms", "example"), WORKED)
def test_it_comes_out_as_it_says(terms: LicenseTerms, example: Example) -> None:
    findings = judged(terms, example)
    assert findings, "the example names a threshold or a policy that found nothing"
    outcome = worst(finding.outcome for finding in findings)
    assert outcome == Outcome(example.outcome), [finding.reason for finding in findings]
    if example.standing:
        standings = {f.evidence["standing"] for f in findings if f.outcome == outcome}
        assert standings == {example.standing}


@pytest.mark.parametrize("file", LIMITED, ids=lambda file: file.terms.key)
def test_each_limit_has_an_example_on_either_side(file: LicenseFile) -> None:
    for threshold in file.terms.thresholds:
        worked = [e for e in file.examples if e.policy == "license.usage-threshold"]
        standings = {e.standing for e in worked if e.threshold in (threshold.id, "")}
        assert {"below", "exceeded"} <= standings, threshold.id


@pytest.mark.parametrize("file", LIMITED, ids=lambda file: file.terms.key)
def test_exactly_the_limit_is_worked_out(file: LicenseFile) -> None:
    limits = {
        (finding.evidence["low"], finding.evidence["limit"])
        for example in file.examples
        if example.policy == "license.usage-threshold"
        for finding in judged(file.terms, example)
    }
    compared = {limit for _, limit in limits if limit is not None}
    assert not compared or any(low == limit for low, limit in limits if limit is not None)


@pytest.mark.parametrize("file", FILES.values(), ids=lambda file: file.terms.key)
def test_terms_beside_limits_have_an_example_too(file: LicenseFile) -> None:
    policies = {example.policy for example in file.examples}
    terms = file.terms
    if terms.exclusions:
        assert "license.territory" in policies
    if terms.permissions.outputs_training.state in (State.PROHIBITED, State.CONDITIONAL):
        assert "license.training-on-outputs" in policies
    if terms.permissions.commercial_use.state is State.PROHIBITED:
        assert "license.commercial-use" in policies
