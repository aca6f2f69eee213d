"""The figures on record of models and of those that they were made from, as policies see them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from governance.core import facts
from governance.core.reading import Relation
from governance.registry.figures import figures_of
from governance.registry.lineage import Ancestor
from governance.registry.models import Model, ModelFigure
from governance.usage.selectors import plain

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
            low=plain(row.low),
            high=plain(row.high),
            source=row.source,
            on=row.on,
            author=row.author,
        )
        for row in rows
    )
