"""What one case is judged on: the verdicts that stand anyway, and what is asked of which facts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db.models import OuterRef, QuerySet, Subquery

from governance.compliance.cases import IN_USE
from governance.compliance.judging import Question, applies
from governance.compliance.kept import Kept, Key
from governance.compliance.models import Assignment, Case, Subject
from governance.compliance.transitions import Judged, Read
from governance.core import facts as core

Scope = tuple[str, str] | None
"""Environment and product of a deployment; None: of a model."""


@dataclass(frozen=True)
class Docket:
    """One case, with the digests of all its facts."""

    case: Case
    digests: Mapping[str, str]
    asked: Sequence[tuple[Assignment, Question]]
    stands: Sequence[tuple[Assignment, Kept]] = ()
    """What is not asked again, as nothing that it depends on has changed."""
    reads: frozenset[Read] = frozenset()

    def judged(self, verdicts: Mapping[Key, Kept]) -> Judged:
        """With the answers, in the order of the assignments."""
        answered = [(assignment, verdicts[one.key]) for assignment, one in self.asked]
        found = sorted([*self.stands, *answered], key=lambda pair: pair[0].pk)
        return Judged(self.case, found, self.digests, self.reads)


def examples(cases: Sequence[Case]) -> QuerySet[Subject]:
    """One subject of each case that is decided on: what holds of it holds of all."""
    first = Subject.objects.filter(IN_USE, case=OuterRef("pk")).order_by("pk").values("pk")[:1]
    firsts = Case.objects.filter(pk__in=[one.pk for one in cases]).values(first=Subquery(first))
    return Subject.objects.filter(pk__in=firsts).order_by("case")


def assigned() -> list[Assignment]:
    return list(Assignment.objects.filter(removed_at=None).order_by("id"))


def in_scope(scope: Scope, assignments: Sequence[Assignment]) -> list[Assignment]:
    """Those that ask about deployments with this environment and product, or about models."""
    if scope is None:
        return [one for one in assignments if applies(one, core.Subject.SNAPSHOT)]
    return [one for one in assignments if applies(one, core.Subject.DEPLOYMENT, *scope)]
