"""Which benchmarks there are, and what their figures are made into."""

from __future__ import annotations

import pytest

from benchmarks.__main__ import Benchmark, benchmarks
from benchmarks.growth import growth
from benchmarks.rig.installation import mixes

ROWS = ("P1", "P2", "P3", "P4", "P5", "P6", "P9")


def named(*words: str) -> set[str]:
    return {one.module for one in benchmarks() if one.named(words)}


@pytest.mark.parametrize("row", ROWS)
def test_each_row_has_its_benchmark(row):
    assert len(named(row)) == 1


def test_a_benchmark_is_chosen_by_name_or_row_and_without_words_all_are():
    assert named("gate") == named("P1") == {"benchmarks.sized.gate"}
    assert named("P4", "snapshot") == {"benchmarks.sized.judging", "benchmarks.snapshot"}
    assert named() == {one.module for one in benchmarks()}


def test_those_that_need_an_installation_say_which(tmp_path):
    known = {mix.name for mix in mixes(1000)}
    sized = [one for one in benchmarks() if ".sized." in one.module]
    assert sized
    assert all(one.mixes and set(one.mixes) <= known for one in sized)
    assert not [one for one in benchmarks() if one not in sized and one.mixes]


def test_a_new_benchmark_needs_no_list(monkeypatch, tmp_path):
    folder = tmp_path / "benchmarks"
    folder.mkdir()
    (folder / "other.py").write_text(
        '"""P8: something else. JSON."""\nraise SystemExit("not to be imported")\n'
    )
    monkeypatch.setattr("benchmarks.__main__.FOLDER", folder)
    assert benchmarks() == [Benchmark("benchmarks.other", frozenset({"P8"}))]


def figures(size: int, **told: object) -> dict[str, object]:
    return {"benchmark": "gate", "database": "sqlite", "mix": "models", "size": size, **told}


def test_growth_is_the_ratio_of_each_cost_to_that_of_the_smallest_size():
    rows = [
        figures(100, ours={"server_cpu_ms": 6.0, "requests": 5}, seconds=1.5, goals={"p50_ms": 1}),
        figures(10, ours={"server_cpu_ms": 4.0, "requests": 9}, seconds=0.0, goals={"p50_ms": 2}),
        {"benchmark": "snapshot", "seconds": 1.0},
    ]
    [row] = growth(rows)
    assert (row["size"], row["compared_with_size"]) == (100, 10)
    assert row["times"] == {"ours / server_cpu_ms": 1.5}


def test_what_was_measured_at_one_size_does_not_grow():
    assert growth([figures(10, seconds=1.0)]) == []
