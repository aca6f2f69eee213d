"""Companies and who controls whom, products, usage figures and exchange rates."""

from __future__ import annotations

from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from drf_spectacular.utils import OpenApiTypes, extend_schema, extend_schema_view
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError as Invalid
from rest_framework.request import Request
from rest_framework.response import Response

from governance.api import usage_shapes as shapes
from governance.api.filters import Filter
from governance.api.parsing import PlainCsv
from governance.api.problems import MEDIA_TYPE, problem
from governance.api.views import SLUG, Readable
from governance.core import fields
from governance.pipeline import intake
from governance.usage.models import Company, Control, ExchangeRate, Measurement, Product


def described(many: str, one: str, **more: Any) -> Any:
    return extend_schema_view(list=extend_schema(summary=many), retrieve=extend_schema(summary=one), **more)


@described("Companies on record", "One company")
class Companies(Readable):
    queryset = Company.objects.all()
    serializer_class = shapes.CompanyRow
    lookup_field, lookup_value_regex = "slug", SLUG
    filters: ClassVar = {"search": Filter("name__icontains"), "domicile": Filter("domicile")}

    @extend_schema(
        summary="Create the company of that slug, or replace what is said of it",
        responses={201: shapes.CompanyRow, 200: shapes.CompanyRow},
    )
    def create(self, request: Request) -> Response:
        company, created = intake.save_company(data=self.body, actor=self.actor)
        return self.shown(company, 201 if created else 200)


@described(
    "Who controls whom",
    "One holding",
    create=extend_schema(summary="Record who holds how much of whom, from when to when"),
)
class Controls(Readable):
    queryset = Control.objects.filter(retired_at=None).select_related("parent", "child")
    serializer_class = shapes.ControlRow
    filters: ClassVar = {"parent": Filter("parent__slug"), "child": Filter("child__slug")}

    def create(self, request: Request) -> Response:
        return self.shown(intake.record_control(data=self.body, actor=self.actor), 201)


@described("Products on record", "One product")
class Products(Readable):
    queryset = Product.objects.select_related("company")
    serializer_class = shapes.ProductRow
    lookup_field, lookup_value_regex = "slug", SLUG
    filters: ClassVar = {"search": Filter("name__icontains"), "company": Filter("company__slug")}

    @extend_schema(
        summary="Create or rename the product of that slug",
        responses={201: shapes.ProductRow, 200: shapes.ProductRow},
    )
    def create(self, request: Request) -> Response:
        product, created = intake.save_product(data=self.body, actor=self.actor)
        return self.shown(product, 201 if created else 200)


@described(
    "Exchange rates on record",
    "One exchange rate",
    create=extend_schema(summary="Record what one currency was worth in another on a day"),
)
class ExchangeRates(Readable):
    queryset = ExchangeRate.objects.all()
    serializer_class = shapes.RateRow
    filters: ClassVar = {"from": Filter("base"), "to": Filter("quote"), "on": Filter("on", parse=fields.day)}

    def create(self, request: Request) -> Response:
        return self.shown(intake.record_exchange_rate(data=self.body, actor=self.actor), 201)


@described("Usage figures, newest first", "One figure")
class Measurements(Readable):
    queryset = Measurement.objects.select_related("company")
    serializer_class = shapes.MeasurementRow
    filters: ClassVar = {
        "subject": Filter("subject"),
        "company": Filter("company__slug"),
        "metric": Filter("metric"),
        "period": Filter("period"),
    }

    @extend_schema(
        summary="Record one figure or a list of figures, all or nothing",
        request=shapes.MEASURED,
        responses={201: shapes.MeasurementRow},
    )
    def create(self, request: Request) -> Response:
        if isinstance(request.data, list):
            if not request.data:
                raise Invalid({"body": ["is an empty list: there is nothing to record"]})
            rows = intake.record_measurements(rows=request.data, actor=self.actor)
            return Response(shapes.MeasurementRow(rows, many=True).data, 201)
        return self.shown(self._one(self.body), 201)

    def _one(self, body: dict[str, Any]) -> Measurement:
        """A single figure has no number in its errors."""
        try:
            return intake.record_measurements(rows=[body], actor=self.actor)[0]
        except ValidationError as fault:
            faults = fault.message_dict
            raise Invalid({name.removeprefix("0."): causes for name, causes in faults.items()}) from fault

    @extend_schema(
        summary="Record the figures of a CSV file, all or nothing",
        request={"text/csv": OpenApiTypes.STR},
        responses={201: shapes.Imported},
    )
    @action(detail=False, methods=["post"], url_path="import", parser_classes=[PlainCsv])
    def import_csv(self, request: Request) -> Response:
        report = intake.import_measurements(text=self._file(), actor=self.actor)
        told = shapes.Imported(report).data
        if not report.errors:
            return Response(told, 201)
        errors = {f"{line}.{name}".rstrip("."): [cause] for line, name, cause in report.errors}
        body = {**problem(400, Invalid(errors)), **told, "errors": errors}
        return Response(body, 400, content_type=MEDIA_TYPE)

    def _file(self) -> bytes:
        if not isinstance(self.request.data, bytes) or not self.request.data:
            raise Invalid({"body": ["must be a CSV file, sent as text/csv"]})
        return self.request.data
