"""License terms as reviewed data, and texts recognized by their content."""

from __future__ import annotations

from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from governance.api.model_licenses import SeenTextRow, texts_page
from governance.api.pagination import page_of
from governance.api.views import Resource
from governance.api.words import Reader
from governance.body import Body
from governance.core import fields
from governance.core.recognition import MOST_TEXT, Match, recognize
from governance.core.terms import LicenseTerms
from governance.discovery import catalog
from governance.licensing.history import texts_of_license


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
    hub_namespaces = serializers.ListField(child=serializers.CharField())
    recognition = serializers.DictField()
    review = serializers.DictField()
    permissions = serializers.DictField()
    thresholds = serializers.ListField(child=serializers.DictField())
    duties = serializers.ListField(child=serializers.DictField())
    exclusions = serializers.ListField(child=serializers.DictField())
    prohibited_uses = serializers.ListField(child=serializers.DictField())
    uses_kept_by = serializers.ListField(child=serializers.CharField())
    copyleft = serializers.DictField(allow_null=True)
    ambiguities = serializers.ListField(child=serializers.DictField())
    passes_on = serializers.DictField()
    notes = serializers.CharField(allow_blank=True)

    def to_representation(self, terms: LicenseTerms) -> dict[str, Any]:
        return {**terms.model_dump(mode="json"), "verified": terms.review.verified}


class LicenseText(Reader):
    text = serializers.CharField(max_length=MOST_TEXT)


class FoundLicense(Reader):
    key = serializers.CharField()
    whole = serializers.BooleanField()
    similarity = serializers.FloatField()
    missing = serializers.IntegerField()
    line = serializers.IntegerField()


class Identified(Reader):
    """`added`: stretches of the text that are not of the license; `missing`: its paragraphs that are not in
    the text. A changed paragraph is one of each. `licenses`: each that the text holds, the longest first;
    `candidates`: those that too little of the text is left to tell apart."""

    key = serializers.CharField(allow_null=True)
    match = serializers.ChoiceField([(one.value, one.value) for one in Match])
    similarity = serializers.FloatField()
    added = serializers.ListField(child=serializers.CharField())
    missing = serializers.IntegerField()
    licenses = FoundLicense(many=True)
    candidates = serializers.ListField(child=serializers.CharField())


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
        description="By its paragraphs, whatever the layout. `near` is never the same: see what differs.",
        request=LicenseText,
        responses=Identified,
    )
    @action(detail=False, methods=["post"], scope="read")
    def identify(self, request: Request) -> Response:
        body = Body(request.data, "text")
        text = body.required("text", fields.named(MOST_TEXT))
        body.check()
        return Response(Identified(recognize(text or "", catalog().index)).data)
