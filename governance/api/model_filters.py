"""The filters of the list of models. Each is answered from an index, be there ten thousand or a million."""

from __future__ import annotations

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Lower

from governance.api.filters import Filter
from governance.api.words import DECISIONS
from governance.compliance.models import Subject
from governance.licensing.in_use import licenses_under
from governance.licensing.models import Conclusion
from governance.registry.models import Alias, Model, State

CURRENT = Conclusion.objects.filter(current=True)


def _named(name: str) -> Q:
    """By the present or a former name, in any case. Found first: a choice between two tables has no index."""
    present = Model.objects.annotate(name=Lower("repo_id")).filter(name=name.lower())
    former = Alias.objects.annotate(name=Lower("repo_id")).filter(name=name.lower())
    return Q(pk__in={*present.values_list("pk", flat=True), *former.values_list("model", flat=True)})


def _under(key: str) -> Q:
    own = CURRENT.filter(snapshot=OuterRef("latest_snapshot"), license__in=licenses_under(key))
    return Q(Exists(own))


def _ids_under(key: str) -> QuerySet[Conclusion, int]:
    """Through the snapshot that is the model's latest; of another one nothing is asked."""
    concluded = CURRENT.filter(license__in=licenses_under(key))
    latest = concluded.filter(snapshot__model__latest_snapshot=F("snapshot"))
    return latest.values_list("snapshot__model", flat=True)


def _decided(decision: str) -> Q:
    return Q(Exists(Subject.objects.filter(model=OuterRef("pk"), decision=decision)))


def _ids_decided(decision: str) -> QuerySet[Subject, int]:
    decided = Subject.objects.filter(decision=decision, model__isnull=False)
    return decided.values_list("model", flat=True)


def _ids_containing(text: str) -> QuerySet[Model, int]:
    return Model.objects.filter(repo_id__icontains=text).order_by().values_list("pk", flat=True)


FILTERS = {
    "repo_id": Filter(_named),
    "source": Filter("source"),
    "license": Filter(_under, ids=_ids_under),
    "search": Filter("repo_id__icontains", ids=_ids_containing),
    "decision": Filter(_decided, DECISIONS, ids=_ids_decided),
    "state": Filter("state", State.values),
}
