"""What every policy promises beyond its class: run over each one that is discovered."""

from __future__ import annotations

import copy
import inspect
import json
from itertools import product

import pytest

from governance.core.facts import FilesFacts, SnapshotFacts, Subject, TermsFacts
from governance.core.outcomes import Outcome
from governance.core.verdicts import Verdict
from governance.discovery import catalog
from tests.plugins.policies.cast import COMMIT, MODEL, company, deployment, facts, governed, judge, terms

STRICT = terms(
    commercial_use={"state": "prohibited", "section": "2"},
    outputs_training={"state": "prohibited", "scope": "llm", "section": "3"},
    exclusions=[{"regions": ["EU"], "tests": "place_of_use", "section": "4"}],
    duties=[{"kind": "display", "section": "5", "trigger": "always", "phrase": "Made with it"}],
)
KNOWN = deployment(
    commercial=True,
    regions=("DE",),
    outputs_train="llm",
    revision=COMMIT,
    company="acme",
    product="chat",
    internal_only=False,
    distributed=True,
    modification="finetune",
)
LICENSES = {
    "nothing known": TermsFacts(),
    "permissive": governed(terms()),
    "strict": governed(STRICT),
    "lineage": governed(terms("own"), STRICT, unknown=("up/2: gone",)),
}
DEPLOYMENTS = {"bare": deployment(), "full": KNOWN}
FILES = {"unlisted": FilesFacts(), "listed": FilesFacts(formats={"pickle": 1}, unsafe=("a.bin",), count=1)}
CASES = list(product(LICENSES, DEPLOYMENTS, FILES))
POLICIES = catalog().policies
BANNED = ("compliant", "legal ", "legally", "lawful")

every_policy = pytest.mark.parametrize("policy", POLICIES.values(), ids=POLICIES)


def case(licenses: str, where: str, files: str):
    return facts(
        terms=LICENSES[licenses],
        deployment=DEPLOYMENTS[where],
        files=FILES[files],
        companies=company(None if where == "bare" else "DE"),
        snapshot=SnapshotFacts(repo_id=MODEL, source="huggingface", revision=COMMIT, license="some"),
    )


@every_policy
@pytest.mark.parametrize("names", CASES, ids=", ".join)
def test_a_policy_answers_any_facts_with_findings_that_can_be_kept(policy, names):
    verdict = judge(policy, case(*names))
    assert isinstance(verdict, Verdict)
    assert verdict.findings
    for finding in verdict.findings:
        assert type(finding.outcome) is Outcome
        assert finding.outcome is not Outcome.ERROR
        assert finding.reason.endswith("."), finding.reason
        assert "  " not in finding.reason
        assert not any(word in finding.reason.lower() for word in BANNED)
        assert finding.outcome is not Outcome.UNKNOWN or finding.missing, "unknown names what is missing"
        assert finding.outcome is not Outcome.FAIL or finding.how_to_fix, "a failure says what to do"
    assert Verdict.from_json(json.loads(json.dumps(verdict.to_json()))).outcome == verdict.outcome


@every_policy
@pytest.mark.parametrize("names", CASES, ids=", ".join)
def test_a_policy_says_the_same_again_and_leaves_the_facts_alone(policy, names):
    seen, before = case(*names), copy.deepcopy(vars(case(*names)))
    assert judge(policy, seen) == judge(policy, seen)
    assert vars(seen) == before


@every_policy
def test_a_policy_that_judges_licenses_never_passes_an_unknown_one(policy):
    if "terms" in policy.reads:
        seen = case("nothing known", "full", "listed")
        assert judge(policy, seen).outcome >= Outcome.UNKNOWN


@every_policy
def test_a_policy_explains_itself_and_builds_its_form(policy):
    assert policy.summary().endswith(".")
    assert policy.judges <= set(Subject)
    schema = policy.Params.model_json_schema()
    for name, field in schema.get("properties", {}).items():
        assert field.get("description", "").endswith("."), f"{name} needs a description"
        assert "default" in field, f"{name} needs a default, since policies are assigned without parameters"


@every_policy
def test_a_policy_is_one_short_module_of_its_own(policy):
    source = inspect.getsource(inspect.getmodule(policy))
    assert len(source.splitlines()) <= 150
    assert [one for one in POLICIES.values() if one.__module__ == policy.__module__] == [policy]
    imported = {
        line.split()[1].split(".")[0] for line in source.splitlines() if line.startswith(("from ", "import "))
    }
    assert not imported & {"django", "celery", "plugins", "time", "random", "os", "socket", "requests"}
