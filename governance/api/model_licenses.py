"""What was concluded of a model's license over time, by whom, and from which texts."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from governance.api.pagination import page_of
from governance.api.views import Resource
from governance.api.words import Reader
from governance.body import Body
from governance.core import fields
from governance.licensing.history import SeenText, texts_of_model
from governance.licensing.models import Conclusion
from governance.pipeline import intake


class OverrideBody(Reader):
    license = serializers.CharField(help_text="A key, or several that all govern as `a AND b`.")
    reason = serializers.CharField(help_text="Shown wherever the license is.")
    revision = serializers.CharField(required=False, help_text="Of a commit; left out: the current one.")


class ConclusionRow(Reader):
    id = serializers.IntegerField()
    license = serializers.SerializerMethodField(help_text="Null where none could be concluded.")
    reason = serializers.CharField()
    disagreements = serializers.ListField(child=serializers.CharField())
    author = serializers.CharField(allow_blank=True, help_text="A person, where it was set by hand.")
    concluded_at = serializers.DateTimeField()
    revision = serializers.CharField(source="snapshot.revision")
    current = serializers.BooleanField(help_text="Whether it counts for its revision.")

    def get_license(self, one: Conclusion) -> str | None:
        return one.license or None


class SightingShape(Reader):
    repo_id = serializers.CharField()
    revision = serializers.CharField()
    at = serializers.DateTimeField()


class SeenTextRow(Reader):
    """One license text, from the first revision that held it to the last one."""

    path = serializers.CharField()
    sha256 = serializers.CharField()
    license = serializers.SerializerMethodField(help_text="That it is word for word; null for none known.")
    first_seen = SightingShape(source="first")
    last_seen = SightingShape(source="last")
    revisions = serializers.IntegerField()
    models = serializers.IntegerField()

    def get_license(self, one: SeenText) -> str | None:
        return one.license or None


def texts_page(request: Request, found: list[SeenText]) -> Response:
    """In the order in which the texts appeared."""
    return page_of(request, [(f"{at:06}", SeenTextRow(one).data) for at, one in enumerate(found)])


class ModelLicenses(Resource):
    """The side of a model that is its license."""

    @extend_schema(
        summary="Set the license by hand, with a reason",
        description="What the model states stays on record. It counts for this revision, for later ones that "
        "state exactly the same, and for every model that descends from it.",
        request=OverrideBody,
        responses={201: ConclusionRow},
    )
    @action(detail=True, methods=["post"], url_path="license-override")
    def license_override(self, request: Request, pk: str) -> Response:
        body = Body(request.data, "license", "reason", "revision")
        given: dict[str, Any] = {
            "license": body.required("license", fields.named(300)),
            "reason": body.required("reason", fields.named(2000)),
            "revision": body.optional("revision", fields.named(200)) or "",
        }
        body.check()
        made = intake.override_license(model=self.get_object(), actor=self.actor, **given)
        return Response(ConclusionRow(made).data, 201)

    @extend_schema(
        summary="Withdraw the license that was set by hand: back to what is concluded",
        responses={200: ConclusionRow},
    )
    @license_override.mapping.delete
    def withdraw_override(self, request: Request, pk: str) -> Response:
        found = intake.withdraw_license_override(model=self.get_object(), actor=self.actor)
        return Response(ConclusionRow(found).data)

    @extend_schema(
        summary="All that was concluded of its license, newest first", responses=ConclusionRow(many=True)
    )
    @action(detail=True)
    def conclusions(self, request: Request, pk: str) -> Response:
        rows = Conclusion.objects.filter(snapshot__model=self.get_object()).select_related("snapshot")
        page = self.paginate_queryset(rows.defer("snapshot__raw"))
        return self.get_paginated_response(ConclusionRow(page, many=True).data)

    @extend_schema(
        summary="Its license texts, from which revision to which", responses=SeenTextRow(many=True)
    )
    @action(detail=True, url_path="license-texts")
    def license_texts(self, request: Request, pk: str) -> Response:
        return texts_page(request, texts_of_model(self.get_object()))
