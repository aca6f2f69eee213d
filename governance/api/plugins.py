"""What is installed, and which policies are assigned where, in which mode."""

from __future__ import annotations

import inspect
from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from governance.api.filters import Filter
from governance.api.pagination import page_of
from governance.api.views import Readable, Resource
from governance.api.words import Reader
from governance.body import Body
from governance.compliance.models import Assignment, Mode
from governance.core import fields
from governance.core.contract import Plugin
from governance.core.policy import Policy
from governance.discovery import Broken, catalog
from governance.pipeline import intake

KINDS = ("policy", "source", "notifier", "broken")


class PluginRow(Reader):
    kind = serializers.ChoiceField(KINDS)
    key = serializers.CharField()
    summary = serializers.CharField()
    description = serializers.CharField(allow_blank=True)
    version = serializers.IntegerField(required=False)
    params = serializers.DictField(required=False, help_text="JSON Schema of the parameters.")
    judges = serializers.ListField(child=serializers.CharField(), required=False)
    reads = serializers.ListField(child=serializers.CharField(), required=False)
    reason = serializers.CharField(required=False, help_text="Why it is broken.")


def _told(kind: str, plugin: type[Plugin]) -> dict[str, Any]:
    text = inspect.cleandoc(plugin.__doc__ or "")
    description = text.partition("\n\n")[2].strip()
    told = {"kind": kind, "key": plugin.key, "summary": plugin.summary(), "description": description}
    if issubclass(plugin, Policy):
        told |= {"version": plugin.version, "params": plugin.Params.model_json_schema()}
        told |= {"judges": sorted(map(str, plugin.judges)), "reads": sorted(map(str, plugin.reads))}
    return told


def _broken(one: Broken) -> dict[str, Any]:
    told = {"kind": "broken", "key": one.name, "reason": one.reason}
    return {**told, "summary": "It could not be loaded.", "description": ""}


def _policies() -> list[tuple[str, dict[str, Any]]]:
    return [(key, _told("policy", plugin)) for key, plugin in sorted(catalog().policies.items())]


def _all() -> list[tuple[str, dict[str, Any]]]:
    known = catalog()
    rows = [one for _, one in _policies()]
    rows += [_told("source", one) for one in known.sources.values()]
    rows += [_told("notifier", one) for one in known.notifiers.values()]
    rows += [_broken(one) for one in known.broken]
    return sorted((f"{row['kind']}:{row['key']}", row) for row in rows)


class Plugins(Resource):
    serializer_class = PluginRow
    pagination_class = None
    filters: ClassVar = {"kind": Filter("kind", KINDS)}

    @extend_schema(summary="Every plugin, also those that are broken", responses=PluginRow(many=True))
    def list(self, request: Request) -> Response:
        kind = request.query_params.get("kind")
        return page_of(request, [(key, row) for key, row in _all() if kind in (None, row["kind"])])


class Policies(Resource):
    serializer_class = PluginRow
    pagination_class = None
    lookup_field, lookup_value_regex = "key", "[^/]{1,100}"

    @extend_schema(summary="The policies that can be assigned", responses=PluginRow(many=True))
    def list(self, request: Request) -> Response:
        return page_of(request, _policies())

    @extend_schema(summary="One policy with its parameters", responses=PluginRow)
    def retrieve(self, request: Request, key: str) -> Response:
        found = dict(_policies()).get(key)
        if found is None:
            raise NotFound(f"There is no policy {key!r}.")
        return Response(found)


class AssignmentRow(Reader):
    id = serializers.IntegerField(read_only=True)
    policy = serializers.CharField()
    params = serializers.DictField(required=False)
    mode = serializers.ChoiceField(Mode.choices, required=False)
    environments = serializers.ListField(child=serializers.CharField(), required=False)
    products = serializers.ListField(child=serializers.CharField(), required=False)
    created_by = serializers.CharField(read_only=True)
    created_at = serializers.DateTimeField(read_only=True)


class AssignmentChange(Reader):
    params = serializers.DictField(required=False)
    mode = serializers.ChoiceField(Mode.choices, required=False)


@extend_schema_view(
    list=extend_schema(summary="Policies with parameters, scope and mode"),
    retrieve=extend_schema(summary="One assignment"),
)
class Assignments(Readable):
    queryset = Assignment.objects.filter(removed_at=None)
    serializer_class = AssignmentRow
    write_scope = "admin"
    filters: ClassVar = {"policy": Filter("policy"), "mode": Filter("mode", Mode.values)}

    @extend_schema(summary="Assign a policy; it begins in `observe`", responses={201: AssignmentRow})
    def create(self, request: Request) -> Response:
        body = Body(request.data, "policy", "params", "mode", "environments", "products")
        given = {
            "policy": body.required("policy", fields.named(100)),
            "params": body.optional("params", fields.an_object),
            "mode": body.optional("mode", fields.one_of(*Mode.values)) or Mode.OBSERVE,
            "environments": body.optional("environments", fields.texts(60)) or [],
            "products": body.optional("products", fields.texts(80)) or [],
        }
        body.check()
        return self.shown(intake.assign_policy(**given, actor=self.actor), 201)

    @extend_schema(summary="Change mode or parameters", request=AssignmentChange)
    def partial_update(self, request: Request, pk: str) -> Response:
        assignment = self.get_object()
        body = Body(request.data, "params", "mode")
        params = body.optional("params", fields.an_object)
        mode = body.optional("mode", fields.one_of(*Mode.values))
        body.check()
        changed = intake.change_assignment(assignment=assignment, mode=mode, params=params, actor=self.actor)
        return self.shown(changed)

    @extend_schema(summary="Remove it; its violations are resolved with that reason", responses={204: None})
    def destroy(self, request: Request, pk: str) -> Response:
        intake.remove_assignment(assignment=self.get_object(), actor=self.actor)
        return Response(status=204)
