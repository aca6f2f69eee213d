"""The thresholds of the EU AI Act on training compute: a table of cases, and Epoch AI's table of models."""

from __future__ import annotations

import csv
from decimal import Decimal

import pytest

from governance.core.facts import Facet, Facts, FiguresFacts, ModelFigure, ParentFigures, SnapshotFacts
from governance.core.reading import Relation
from plugins.policies.regulation_eu_ai_act_compute import EuAiActCompute
from tests.plugins.policies.cast import NOW
from tests.shared import shared

MODEL, BASE = "acme/tuned", "big/base"


def figure(metric: str, value: str | tuple[str, str]) -> ModelFigure:
    low, high = value if isinstance(value, tuple) else (value, value)
    return ModelFigure(metric=metric, low=Decimal(low), high=Decimal(high), source="the report")


def figures(training=None, modification=None) -> tuple[ModelFigure, ...]:
    given = {"training_compute_flop": training, "modification_compute_flop": modification}
    return tuple(figure(metric, value) for metric, value in given.items() if value)


def judged(own=(), *bases, **params):
    """`own` and each base are (training compute, compute of the modification)."""
    parents = tuple(
        ParentFigures(repo_id=f"{BASE}{n}", relation=Relation.FINETUNE, figures=figures(*base))
        for n, base in enumerate(bases)
    )
    seen = {
        Facet.SNAPSHOT: SnapshotFacts(repo_id=MODEL, source="huggingface", revision="1"),
        Facet.FIGURES: FiguresFacts(figures=figures(*own), parents=parents),
    }
    policy = EuAiActCompute
    return policy().evaluate(Facts(NOW, seen), policy.parse_params(params))


def outcomes(*given, **params) -> list[str]:
    return [str(finding.outcome) for finding in judged(*given, **params).findings]


# The model's own figures, its bases, and what comes out: of the whole, then of each modification.
CASES = [
    ([("9.99e22",)], ["pass"]),
    ([("1e23",)], ["pass"]),
    ([("1.000001e23",)], ["review"]),
    ([("1e25",)], ["review"]),
    ([("1.000001e25",)], ["review"]),
    ([(("9e22", "2e23"),)], ["review"]),
    ([()], ["unknown"]),
    # A modification of a base whose compute is known: a third of 3e24 is 1e24.
    ([("4e24", "1e24"), ("3e24",)], ["review", "pass"]),
    ([("4e24", "1.01e24"), ("3e24",)], ["review", "review"]),
    ([("4e24", ("9e23", "1.1e24")), ("3e24",)], ["review", "review"]),
    # What the modification took is what is left of the whole; and the whole is the sum of both.
    ([("3.5e24",), ("3e24",)], ["review", "pass"]),
    ([(None, "1e21"), ("3e22",)], ["pass", "pass"]),
    ([(None, "1.2e22"), ("3e22",)], ["pass", "review"]),
    ([(None, "8e22"), ("3e22",)], ["review", "review"]),
    ([(), ("3e24",)], ["unknown", "unknown"]),
    # A base whose compute is not known: a third of 1e23 or of 1e25, as it brings systemic risk or not.
    ([(None, "3.3e22"), ()], ["unknown", "pass"]),
    ([(None, "3.4e22"), ()], ["unknown", "review"]),
    ([(None, "3.4e24"), ()], ["unknown", "review"]),
    ([(), ()], ["unknown"]),
    # Several bases: each on its own.
    ([(None, "1e24"), ("3e24",), ("2e24",)], ["unknown", "pass", "review"]),
]


@pytest.mark.parametrize(("given", "expected"), CASES)
def test_the_table_of_cases(given, expected):
    assert outcomes(*given) == expected


@pytest.mark.parametrize(
    ("training", "section", "words"),
    [
        (
            "3.8e25",
            "Article 51(2)",
            "took 3.8e25 FLOP, more than 1e25 FLOP, beyond which systemic risk is presumed",
        ),
        ("7.8e24", "Guidelines, point 17", "took 7.8e24 FLOP, more than 1e23 FLOP, which is indicative"),
        (("5e24", "2e25"), "Article 51(2)", "took 5e24 to 2e25 FLOP, perhaps more than 1e25 FLOP"),
        ("2e20", "Guidelines, point 17", "took 2e20 FLOP, not more than 1e23 FLOP"),
    ],
)
def test_the_figure_and_its_source_stand_in_the_finding(training, section, words):
    [finding] = judged((training,)).findings
    assert words in finding.reason
    assert finding.section == section
    assert finding.evidence["source"] == "the report"


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ((("4e24", "1.01e24"), ("3e24",)), "took 1.01e24 FLOP, more than 1e24 FLOP, a third of the training"),
        (((None, "1e21"), ()), "not more than 3.33e22 to 3.33e24 FLOP, a third of the thresholds, as the"),
    ],
)
def test_a_modification_is_told_with_its_bound(given, told):
    _, part = judged(*given).findings
    assert told in part.reason
    assert part.evidence["metric"] == "modification_compute_flop"


def test_what_is_missing_is_named_in_words():
    [whole, part] = judged((), ("3e24",)).findings
    assert whole.missing == (f"training compute of {MODEL}",)
    assert whole.how_to_fix == f"Record the training compute of {MODEL} with its source."
    assert part.missing == (f"compute of the modification that made {MODEL}",)
    assert not any(
        "_" in text for one in (whole, part) for text in (one.reason, one.how_to_fix, *one.missing)
    )


class TestParameters:
    def test_models_without_any_figure_may_be_left_out(self):
        assert outcomes((), (), without_figures="not_applicable") == ["not_applicable"]
        assert outcomes((), ("3e24",), without_figures="not_applicable") == ["unknown", "unknown"]

    def test_thresholds_may_be_amended(self):
        assert outcomes(("2e23",), indicative_flop=2e23) == ["pass"]
        assert judged(("2e24",), systemic_flop=1e24).findings[0].section == "Article 51(2)"
        assert outcomes((None, "1e24"), ("3e24",), modification_part=4)[1] == "review"


def test_every_model_of_the_table_of_epoch_is_told_by_its_figure():
    """Epoch AI, CC-BY-4.0: notable models with their training compute."""
    path = shared("lineage", "epoch_training_compute_2025-02.csv")
    with path.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    compute = {row["Model"]: row["Training compute (FLOP)"] for row in rows}
    told = {"pass": 0, "review": 0, "unknown": 0}
    for row in rows:
        bases = [(compute.get(base) or None,) for base in filter(None, [row["Base model"]])]
        training, tuning = row["Training compute (FLOP)"] or None, row["Finetune compute (FLOP)"] or None
        whole, *parts = judged((training, tuning), *bases).findings
        told[whole.outcome] += 1
        if training:
            assert (whole.outcome == "review") == (Decimal(training) > Decimal("1e23")), row["Model"]
            assert (whole.section == "Article 51(2)") == (Decimal(training) > Decimal("1e25")), row["Model"]
        base = compute.get(row["Base model"])
        if tuning and base:
            above = Decimal(tuning) > Decimal(base) / 3
            assert (parts[0].outcome == "review") == above, row["Model"]
    assert sum(told.values()) == len(rows)
    assert min(told["pass"], told["review"]) > 50
