"""Numbered pages of lists, and addresses that keep the rest of the query."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, QueryDict

PER_PAGE = 25


@dataclass(frozen=True)
class Listing:
    """One page of rows: `range` reads “1–25 of 312”."""

    rows: Sequence[Any]
    number: int
    pages: int
    first: int
    last: int
    total: int
    query: QueryDict

    @property
    def range(self) -> str:
        return f"{self.first:,}–{self.last:,} of {self.total:,}" if self.total else "None"

    @property
    def previous(self) -> str:
        return self._address(self.number - 1) if self.number > 1 else ""

    @property
    def next(self) -> str:
        return self._address(self.number + 1) if self.number < self.pages else ""

    @property
    def numbers(self) -> Iterator[tuple[int, str]]:
        """Pages near this one, the first and the last, with their addresses; 0 stands for a gap."""
        near = {1, self.pages, *range(self.number - 2, self.number + 3)}
        shown = sorted(number for number in near if 1 <= number <= self.pages)
        for before, number in zip([0, *shown], shown, strict=False):
            if number - before > 1:
                yield 0, ""
            yield number, self._address(number)

    def _address(self, number: int) -> str:
        query = self.query.copy()
        query["page"] = str(number)
        return f"?{query.urlencode()}"


def listing(request: HttpRequest, rows: QuerySet[Any] | Sequence[Any], per_page: int = PER_PAGE) -> Listing:
    """The page that `?page=` names; the nearest one where there is no such page."""
    page = Paginator(rows, per_page).get_page(request.GET.get("page"))
    return Listing(
        rows=list(page.object_list),
        number=page.number,
        pages=page.paginator.num_pages,
        first=page.start_index(),
        last=page.end_index(),
        total=page.paginator.count,
        query=request.GET,
    )
