"""The figures on record of models and of those that they were made from, as policies see them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from governance.core import facts
from governance.core.reading import Relation
from governance.registry.figures import figures_of
from governance.registry.lineage import Ancestor
from governance.registry.models import Model, ModelFigure

Figures = Mapping[int, Sequence[ModelFigure]]
"""Model id -> its figures."""


def figures_known(models: Sequence[Model], lines: Sequence[Sequence[Ancestor]]) -> Figures:
    """Of the models and of their direct parents, in one query."""
    above = {one.model.pk for line in lines for one in line if one.model and one.depth == 1}
    return figures_of({model.pk for model in models} | above)


def figures_facts(model: Model, line: Sequence[Ancestor], known: Figures) -> facts.FiguresFacts:
    parents = [
        facts.ParentFigures(
            repo_id=one.repo_id,
            relation=Relation(one.relation),
            figures=_figures(known.get(one.model.pk, ()) if one.model else ()),
        )
        for one in line
        if one.depth == 1
    ]
    return facts.FiguresFacts(figures=_figures(known.get(model.pk, ())), parents=tuple(parents))


def _figures(rows: Sequence[ModelFigure]) -> tuple[facts.ModelFigure, ...]:
    return tuple(
        facts.ModelFigure(
            metric=row.metric,
            low=_plain(row.low),
            high=_plain(row.high),
            source=row.source,
            on=row.on,
            author=row.author,
        )
        for row in rows
    )


def _plain(number: Decimal) -> Decimal:
    """Without the zeros that a database keeps, and never as a power: equal figures look alike."""
    return Decimal(f"{number:f}".rstrip("0").rstrip(".") if "." in f"{number:f}" else f"{number:f}")
