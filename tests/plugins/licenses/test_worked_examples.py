"""Every worked example of every license file comes out as it says, through the policy that it names."""

from __future__ import annotations

from dataclasses import replace

import pytest

from governance.core.license_file import LicenseFile
from governance.core.outcomes import Outcome, worst
from governance.core.terms import Example, LicenseTerms, State
from governance.discovery import catalog
from governance.licensing.checking import judged, not_worked_out

FILES = catalog().license_files
WORKED = [
    pytest.param(file.terms, example, id=f"{key}: {example.title}")
    for key, file in FILES.items()
    for example in file.examples
]
LIMITED = [file for file in FILES.values() if file.terms.thresholds]


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
def test_each_limit_is_worked_out_below_beyond_and_exactly_at_it(file: LicenseFile) -> None:
    assert list(not_worked_out(file)) == []


THREE = {"below": "stands below", "exceeded": "stands exceeded", "": "exactly at its limit"}


@pytest.mark.parametrize("standing", THREE)
def test_a_limit_that_lacks_one_of_the_three_is_told(standing: str) -> None:
    """Of Llama 3.1, without the examples on one side, or without the one at the limit."""
    file = FILES["llama3.1"]

    def left_out(one: Example) -> bool:
        figures = {figure.get("value") for figure in one.measurements}
        return one.standing == standing if standing else 700_000_000 in figures

    kept = tuple(one for one in file.examples if not left_out(one))
    assert len(kept) < len(file.examples)
    told = list(not_worked_out(replace(file, examples=kept)))
    assert any(THREE[standing] in fault for fault in told), told


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
