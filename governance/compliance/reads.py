"""The way back from a usage figure to the cases whose facts look it up."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from django.db import transaction

from governance.compliance.models import UsageRead
from governance.compliance.transitions import Judged, Read
from governance.usage.models import Company


def register(wanted: Mapping[int, frozenset[Read]]) -> bool:
    """Put on record what cases (by id) are about to look up; answers whether any of it is new.

    Whoever records a figure asks this index which decisions it makes stale. The companies are locked as
    recording locks them: a figure is either seen by those who read after this, or it finds them here.
    """
    held = _held(wanted)
    new = [(pk, read) for pk, reads in sorted(wanted.items()) for read in sorted(reads - held[pk].keys())]
    if not new:
        return False
    with transaction.atomic():
        companies = {company for _, (company, _, _) in new}
        list(Company.objects.select_for_update().filter(slug__in=companies).order_by("pk").values("pk"))
        _insert(new)
    return True


def update(judged: Collection[Judged]) -> None:
    """Keep exactly what the verdicts that count now look up."""
    wanted = {one.case.pk: one.reads for one in judged}
    held = _held(wanted)
    gone = [
        pk
        for case, rows in held.items()
        for read, pks in rows.items()
        for pk in (pks[1:] if read in wanted[case] else pks)
    ]
    if gone:
        UsageRead.objects.filter(pk__in=gone).delete()
    _insert((pk, read) for pk, reads in wanted.items() for read in sorted(reads - held[pk].keys()))


def _held(cases: Collection[int]) -> dict[int, dict[Read, list[int]]]:
    """Two workers that register at once may leave a read twice, hence the lists."""
    held: dict[int, dict[Read, list[int]]] = {pk: {} for pk in cases}
    rows = UsageRead.objects.filter(case__in=list(cases)).order_by("pk")
    for pk, case, *read in rows.values_list("pk", "case", "company", "metric", "period"):
        held[case].setdefault((read[0], read[1], read[2]), []).append(pk)
    return held


def _insert(reads: Iterable[tuple[int, Read]]) -> None:
    rows = [
        UsageRead(case_id=case, company=company, metric=metric, period=period)
        for case, (company, metric, period) in reads
    ]
    UsageRead.objects.bulk_create(rows, batch_size=500)
