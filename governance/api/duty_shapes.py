"""Duties, what shows them, and the report to paste from."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from governance.api.words import Reader
from governance.core.duties import demand
from governance.core.duty_items import DutyItem, Shown, Standing
from governance.core.duty_report import GROUPS, Asked, Line, Report
from governance.core.terms import DutyKind, Trigger
from governance.deployments.models import Evidence

_FIELDS = {"kind", "phrase", "alternatives", "places", "url", "note", "trigger", "optional"}
STANDINGS = tuple(map(str, Standing))


class EvidenceBody(Reader):
    """Exactly one of file, text, url and statement."""

    deployment = serializers.CharField()
    duty = serializers.CharField(help_text="The id of a duty in the list of the deployment's duties.")
    file = serializers.CharField(required=False, help_text="A path in the snapshot that is deployed.")
    text = serializers.CharField(required=False, help_text="The text in which the phrase is shown.")
    url = serializers.CharField(required=False, help_text="A public page; a worker opens it.")
    statement = serializers.CharField(required=False, help_text="What you state; needs recheck_on.")
    on = serializers.DateField(required=False)
    recheck_on = serializers.DateField(required=False, help_text="From this day on it counts no longer.")


class EvidenceRow(Reader):
    id = serializers.IntegerField()
    deployment = serializers.CharField(source="deployment.slug")
    duty = serializers.CharField()
    kind = serializers.ChoiceField(Evidence.Kind.choices)
    value = serializers.CharField()
    revision = serializers.CharField(source="snapshot.revision", allow_null=True, default=None)
    sha256 = serializers.CharField(allow_blank=True)
    state = serializers.ChoiceField(Evidence.State.choices)
    fault = serializers.CharField(allow_blank=True, help_text="Why it does not show the duty.")
    on = serializers.DateField()
    recheck_on = serializers.DateField(allow_null=True)
    given_by = serializers.CharField()
    given_at = serializers.DateTimeField()
    withdrawn_by = serializers.CharField(allow_blank=True)
    withdrawn_at = serializers.DateTimeField(allow_null=True)


class BroughtBy(Reader):
    license = serializers.CharField()
    section = serializers.CharField()
    repo_id = serializers.CharField()
    depth = serializers.IntegerField(help_text="0: the model itself; else the ancestor that passes it on.")
    relation = serializers.CharField(allow_null=True)


class DutyShape(Reader):
    id = serializers.CharField()
    kind = serializers.ChoiceField([str(kind) for kind in DutyKind])
    demand = serializers.CharField()
    phrase = serializers.CharField(allow_blank=True, help_text="Exactly as the license requires it.")
    alternatives = serializers.ListField(child=serializers.CharField())
    places = serializers.ListField(child=serializers.CharField())
    url = serializers.CharField(allow_blank=True)
    note = serializers.CharField(allow_blank=True)
    trigger = serializers.ChoiceField([str(trigger) for trigger in Trigger])
    optional = serializers.BooleanField()
    severity = serializers.ChoiceField(("low", "normal"))
    license = serializers.CharField()
    section = serializers.CharField()
    brought_by = BroughtBy(many=True)
    applies = serializers.BooleanField(allow_null=True, help_text="null: not known; see missing.")
    missing = serializers.ListField(child=serializers.CharField())
    status = serializers.ChoiceField(STANDINGS)
    shown_by = serializers.CharField(allow_blank=True)
    until = serializers.DateTimeField(allow_null=True)


class DutiesShape(Reader):
    duties = DutyShape(many=True)
    gaps = serializers.ListField(
        child=serializers.CharField(), help_text="Licenses that are not known: duties may be missing."
    )


class LineShape(Reader):
    duty = serializers.CharField(source="key")
    demand = serializers.CharField()
    phrase = serializers.CharField(allow_blank=True)
    alternatives = serializers.ListField(child=serializers.CharField())
    places = serializers.ListField(child=serializers.CharField())
    url = serializers.CharField(allow_blank=True)
    license = serializers.CharField()
    section = serializers.CharField()
    asked_by = serializers.ListField(child=serializers.CharField())
    status = serializers.ChoiceField(STANDINGS, source="standing", allow_null=True)
    severity = serializers.SerializerMethodField()
    missing = serializers.ListField(child=serializers.CharField(), source="doubt")
    deployments = serializers.ListField(child=serializers.CharField())

    @extend_schema_field({"enum": ["low", "normal"]})
    def get_severity(self, line: Line) -> str:
        return "low" if line.low else "normal"


class ReportShape(Reader):
    """What must be shown, copied, named, passed on and done besides; and the content of a NOTICE file."""

    show = LineShape(many=True)
    copy = LineShape(many=True)
    name = LineShape(many=True)
    pass_on = LineShape(many=True)
    do = LineShape(many=True)
    notice = serializers.CharField()
    gaps = serializers.ListField(child=serializers.CharField())


def shape_of_duties(asked: Asked) -> dict[str, Any]:
    found = {"duties": [_duty(item, seen) for item, seen in asked.duties], "gaps": asked.gaps}
    return dict(DutiesShape(found).data)


def _duty(item: DutyItem, seen: Shown) -> dict[str, Any]:
    duty, (governing, _) = item.duty, item.sources[0]
    return {
        **duty.model_dump(include=_FIELDS),
        "id": item.key,
        "demand": demand(duty),
        "severity": "low" if item.low else "normal",
        "license": governing.terms.key,
        "section": duty.section,
        "brought_by": [
            {
                "license": one.terms.key,
                "section": asked.section,
                "repo_id": one.license.repo_id,
                "depth": one.license.depth,
                "relation": one.license.relation,
            }
            for one, asked in item.sources
        ],
        "applies": item.applies,
        "missing": item.not_known,
        "status": seen.standing,
        "shown_by": seen.by,
        "until": seen.until,
    }


def shape_of_report(found: Report) -> dict[str, Any]:
    groups = {group: found.of(group) for group in GROUPS}
    return dict(ReportShape({**groups, "notice": found.notice, "gaps": found.gaps}).data)
