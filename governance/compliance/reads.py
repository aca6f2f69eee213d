"""The way back from a usage figure to the cases whose facts look it up."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction

from governance.compliance.models import UsageRead
from governance.compliance.transitions import Judged, Read
from governance.locking import hold
from governance.rows import insert_rows
from governance.usage.models import Company


@dataclass(frozen=True)
class Registered:
    """`new`: whether anything is looked up that was not on record. `inexact`: cases (by id) of which the
    record is not exactly what they look up."""

    new: bool
    inexact: frozenset[int]


def register(wanted: Mapping[int, frozenset[Read]]) -> Registered:
    """Put on record what cases (by id) are about to look up.

    Whoever records a figure asks this index which decisions it makes stale. The companies are locked as
    recording locks them: a figure is either seen by those who read after this, or it finds them here.
    """
    held = _held(wanted)
    inexact = frozenset(pk for pk, reads in wanted.items() if not _exact(held[pk], reads))
    new = [(pk, read) for pk in sorted(inexact) for read in sorted(wanted[pk] - held[pk].keys())]
    if not new:
        return Registered(False, inexact)
    with transaction.atomic():
        companies = {company for _, (company, _, _) in new}
        hold(Company.objects.filter(slug__in=companies))
        _insert(new)
    return Registered(True, inexact)


def update(judged: Collection[Judged]) -> set[int]:
    """Keep exactly what the verdicts that count now look up; answers the ids of cases that this changed."""
    wanted = {one.case.pk: one.reads for one in judged}
    held = _held(wanted)
    changed = {pk for pk, reads in wanted.items() if not _exact(held[pk], reads)}
    gone = [
        pk
        for case in changed
        for read, pks in held[case].items()
        for pk in (pks[1:] if read in wanted[case] else pks)
    ]
    if gone:
        UsageRead.objects.filter(pk__in=gone).delete()
    _insert((pk, read) for pk in sorted(changed) for read in sorted(wanted[pk] - held[pk].keys()))
    return changed


def _exact(held: Mapping[Read, Sequence[int]], reads: frozenset[Read]) -> bool:
    return held.keys() == reads and all(len(pks) == 1 for pks in held.values())


def _held(cases: Collection[int]) -> dict[int, dict[Read, list[int]]]:
    """Two workers that register at once may leave a read twice, hence the lists."""
    held: dict[int, dict[Read, list[int]]] = {pk: {} for pk in cases}
    if not held:
        return held
    rows = UsageRead.objects.filter(case__in=list(cases)).order_by("pk")
    for pk, case, *read in rows.values_list("pk", "case", "company", "metric", "period"):
        held[case].setdefault((read[0], read[1], read[2]), []).append(pk)
    return held


def _insert(reads: Iterable[tuple[int, Read]]) -> None:
    insert_rows(UsageRead, ("case", "company", "metric", "period"), [(case, *read) for case, read in reads])
