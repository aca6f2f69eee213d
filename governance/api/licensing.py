"""License terms as reviewed data, texts recognized by their content, and grants."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from governance.api.filters import Filter
from governance.api.model_licenses import SeenTextRow, texts_page
from governance.api.pagination import page_of
from governance.api.views import Readable, Resource
from governance.api.words import PlainDecimal, Reader
from governance.body import Body
from governance.core import fields
from governance.core.license_text import text_identity
from governance.core.terms import LicenseTerms
from governance.discovery import catalog
from governance.licensing.history import texts_of_license
from governance.licensing.models import Grant
from governance.pipeline import intake

MOST_TEXT = 1_000_000


class LicenseRow(Reader):
    key = serializers.CharField()
    name = serializers.CharField()
    version = serializers.CharField(allow_blank=True)
    licensor = serializers.CharField()
    spdx = serializers.CharField(allow_blank=True)
    released = serializers.DateField(allow_null=True)
    verified = serializers.BooleanField(source="review.verified")


class LicenseDetail(LicenseRow):
    """The structured terms: each names the section of the text that it comes from."""

    published_at = serializers.CharField(allow_blank=True)
    text_of = serializers.CharField(allow_blank=True)
    recognition = serializers.DictField()
    review = serializers.DictField()
    permissions = serializers.DictField()
    thresholds = serializers.ListField(child=serializers.DictField())
    duties = serializers.ListField(child=serializers.DictField())
    exclusions = serializers.ListField(child=serializers.DictField())
    prohibited_uses = serializers.ListField(child=serializers.DictField())
    uses_kept_by = serializers.ListField(child=serializers.CharField())
    copyleft = serializers.DictField(allow_null=True)
    passes_on = serializers.DictField()
    notes = serializers.CharField(allow_blank=True)

    def to_representation(self, terms: LicenseTerms) -> dict[str, Any]:
        return {**terms.model_dump(mode="json"), "verified": terms.review.verified}


class LicenseText(Reader):
    text = serializers.CharField(max_length=MOST_TEXT)


class Identified(Reader):
    key = serializers.CharField(allow_null=True)
    match = serializers.ChoiceField(("exact", "none"))
    similarity = serializers.FloatField()
    added = serializers.ListField(child=serializers.CharField())
    missing = serializers.IntegerField()


def _terms(key: str) -> LicenseTerms:
    terms = catalog().licenses.get(key)
    if terms is None:
        raise NotFound(f"There are no terms of a license {key!r}.")
    return terms


class Licenses(Resource):
    lists: ClassVar[tuple[str, ...]] = ("list", "texts")
    lookup_field = "key"
    lookup_value_regex = "[^/]{1,100}"
    serializer_class = LicenseRow
    pagination_class = None

    @extend_schema(summary="The licenses whose terms are known", responses=LicenseRow(many=True))
    def list(self, request: Request) -> Response:
        rows = sorted(catalog().licenses.items())
        return page_of(request, [(key, LicenseRow(terms).data) for key, terms in rows])

    @extend_schema(summary="The structured terms of one license", responses=LicenseDetail)
    def retrieve(self, request: Request, key: str) -> Response:
        return Response(LicenseDetail(_terms(key)).data)

    @extend_schema(
        summary="The texts that lay with models under it, from which revision to which",
        responses=SeenTextRow(many=True),
    )
    @action(detail=True)
    def texts(self, request: Request, key: str) -> Response:
        return texts_page(request, texts_of_license(_terms(key).key))

    @extend_schema(
        summary="Which license a text is",
        description="Recognizes a text that is the same but for layout. Likeness is not told yet.",
        request=LicenseText,
        responses=Identified,
    )
    @action(detail=False, methods=["post"], scope="read")
    def identify(self, request: Request) -> Response:
        body = Body(request.data, "text")
        text = body.required("text", fields.named(MOST_TEXT))
        body.check()
        identity = text_identity(text or "")
        known = catalog().licenses.items()
        key = next((key for key, terms in known if identity in terms.recognition.text_sha256), None)
        told = {"key": key, "match": "exact" if key else "none", "similarity": float(key is not None)}
        return Response({**told, "added": [], "missing": 0})


class CapShape(Reader):
    metric = serializers.CharField(source="cap_metric")
    limit = PlainDecimal(source="cap_limit")

    def to_representation(self, grant: Grant) -> Any:
        return None if grant.cap_limit is None else super().to_representation(grant)


class GrantRow(Reader):
    id = serializers.IntegerField(read_only=True)
    company = serializers.CharField()
    covers_affiliates = serializers.BooleanField(required=False)
    license = serializers.CharField()
    models = serializers.ListField(child=serializers.CharField(), required=False)
    cap = CapShape(source="*", required=False, allow_null=True)
    territories = serializers.ListField(child=serializers.CharField(), required=False)
    reference = serializers.CharField(allow_blank=True, required=False)
    status = serializers.ChoiceField(Grant.Status.choices, required=False)
    recorded_by = serializers.CharField(read_only=True)
    recorded_at = serializers.DateTimeField(read_only=True)
    retired_at = serializers.DateTimeField(read_only=True, allow_null=True)

    def get_fields(self) -> dict[str, Any]:
        instants = {"from": "start", "until": "end"}
        dated = {
            name: serializers.DateTimeField(source=at, allow_null=True, required=False)
            for name, at in instants.items()
        }
        return {**super().get_fields(), **dated}


@extend_schema_view(
    list=extend_schema(summary="Grants on record"),
    retrieve=extend_schema(summary="One grant, also after it was retired"),
)
class Grants(Readable):
    queryset = Grant.objects.all()
    serializer_class = GrantRow
    filters: ClassVar = {
        "company": Filter("company"),
        "license": Filter("license"),
        "status": Filter("status", Grant.Status.values),
    }

    def get_queryset(self) -> QuerySet[Grant]:
        return Grant.objects.filter(retired_at=None) if self.action == "list" else Grant.objects.all()

    @extend_schema(summary="Record a grant", responses={201: GrantRow})
    def create(self, request: Request) -> Response:
        return self.shown(intake.record_grant(data=self.body, actor=self.actor), 201)

    @extend_schema(summary="Retire a grant: from now on it clears nothing", responses={204: None})
    def destroy(self, request: Request, pk: str) -> Response:
        intake.retire_grant(grant=self.get_object(), actor=self.actor)
        return Response(status=204)
