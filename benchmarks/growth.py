"""How figures grow with size: each one of a larger size divided by that of the smallest."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

COSTS = ("seconds", "_ms")
"""How the names of figures end that are better small."""


def growth(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """One row for each benchmark, database, mix and larger size. What was not measured twice is left out."""
    smallest: dict[tuple[Any, ...], Mapping[str, Any]] = {}
    found = []
    for row in sorted((row for row in rows if "size" in row), key=lambda row: row["size"]):
        where = tuple(row.get(name) for name in ("benchmark", "database", "mix"))
        first = smallest.setdefault(where, row)
        if row is not first:
            named = dict(zip(("benchmark", "database", "mix"), where, strict=True))
            sizes = {"size": row["size"], "compared_with_size": first["size"]}
            found.append({**named, **sizes, "times": _ratios(dict(costs(first)), dict(costs(row)))})
    return found


def costs(figures: Any, path: str = "") -> Iterator[tuple[str, float]]:
    """Path of names -> figure, of all costs at any depth; neither goals nor what others need."""
    if isinstance(figures, Mapping):
        for name, value in figures.items():
            if name not in ("goals", "compared_with"):
                yield from costs(value, f"{path} / {name}" if path else name)
    elif isinstance(figures, int | float) and path.endswith(COSTS):
        yield path, float(figures)


def _ratios(before: Mapping[str, float], after: Mapping[str, float]) -> dict[str, float]:
    return {path: round(after[path] / before[path], 2) for path in after if before.get(path)}
