"""What the platform did and has yet to do: deliveries, the audit log, work, and hints of the Hub."""

from __future__ import annotations

import hmac
from typing import Any, ClassVar

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db.models import Q
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.authentication import BaseAuthentication
from rest_framework.decorators import action
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.mixins import ListModelMixin
from rest_framework.request import Request
from rest_framework.response import Response

from governance.alerts.models import Delivery
from governance.alerts.models import Kind as EventKind
from governance.api.filters import Filter
from governance.api.problems import Conflict
from governance.api.views import Endpoint, Readable, Resource
from governance.api.words import Reader
from governance.audit.models import Entry
from governance.pipeline import intake
from governance.pipeline.models import Kind, Work
from governance.registry.models import Model, State


class DeliveryRow(Reader):
    id = serializers.IntegerField()
    kind = serializers.CharField(source="event.kind")
    channel = serializers.CharField()
    recipient = serializers.CharField(source="shown_recipient", help_text="Without what may be a token.")
    subject = serializers.CharField(allow_blank=True)
    status = serializers.ChoiceField(Delivery.Status.choices)
    sends = serializers.IntegerField(help_text="Above one, a repeat is possible.")
    message_id = serializers.CharField()
    error = serializers.CharField(allow_blank=True)
    created_at = serializers.DateTimeField()
    delivered_at = serializers.DateTimeField(allow_null=True)


@extend_schema_view(
    list=extend_schema(summary="What was told to whom"), retrieve=extend_schema(summary="One telling")
)
class Deliveries(Readable):
    queryset = Delivery.objects.select_related("event")
    serializer_class = DeliveryRow
    filters: ClassVar = {
        "status": Filter("status", Delivery.Status.values),
        "kind": Filter("event__kind", EventKind.values),
        "recipient": Filter("recipient"),
    }


class EntryRow(Reader):
    id = serializers.IntegerField()
    at = serializers.DateTimeField()
    actor = serializers.CharField()
    action = serializers.CharField()
    object = serializers.CharField()
    detail = serializers.DictField()
    hash = serializers.CharField(help_text="Over the hash of the entry before and this one.")


@extend_schema_view(list=extend_schema(summary="Who did what, in a chain of hashes"))
class Audit(ListModelMixin, Resource):
    queryset = Entry.objects.all()
    serializer_class = EntryRow
    scope = "admin"
    filters: ClassVar = {"actor": Filter("actor"), "action": Filter("action"), "object": Filter("object")}


class WorkRow(Reader):
    id = serializers.IntegerField()
    kind = serializers.ChoiceField(Kind.choices)
    key = serializers.CharField()
    state = serializers.ChoiceField(Work.State.choices)
    due_at = serializers.DateTimeField()
    attempts = serializers.IntegerField()
    last_error = serializers.CharField(allow_blank=True)
    created_at = serializers.DateTimeField()


@extend_schema_view(
    list=extend_schema(summary="Work that is not done: due, in hand or dead"),
    retrieve=extend_schema(summary="One piece of work"),
)
class Works(Readable):
    queryset = Work.objects.exclude(state=Work.State.DONE)
    serializer_class = WorkRow
    filters: ClassVar = {
        "state": Filter("state", (Work.State.DUE, Work.State.LEASED, Work.State.DEAD)),
        "kind": Filter("kind", Kind.values),
    }

    @extend_schema(summary="Try dead work again", request=None, responses=WorkRow)
    @action(detail=True, methods=["post"], scope="admin")
    def retry(self, request: Request, pk: str) -> Response:
        work = self.get_object()
        if work.state != Work.State.DEAD:
            raise Conflict(f"It is {work.state}, not dead: there is nothing to retry.")
        intake.retry_work(work=work, actor=self.actor)
        work.refresh_from_db()
        return self.shown(work)


class KnowsSecret(BaseAuthentication):
    """The secret that the Hub was told when the webhook was set up; without one, nobody knows it."""

    header = "X-Webhook-Secret"

    def authenticate(self, request: Request) -> tuple[AnonymousUser, str]:
        agreed, sent = settings.HF_WEBHOOK_SECRET, str(request.headers.get(self.header, ""))
        if not agreed or not hmac.compare_digest(agreed.encode(), sent.encode()):
            raise AuthenticationFailed(f"The header {self.header} is not the secret that was agreed on.")
        return AnonymousUser(), self.header

    def authenticate_header(self, request: Request) -> str:
        return self.header


class Hinted(Reader):
    queued = serializers.ListField(child=serializers.CharField(), help_text="Models that are looked at soon.")


class HubWebhook(Endpoint):
    """A hint to look, never evidence: what it claims is not kept."""

    authentication_classes: ClassVar = [KnowsSecret]
    permission_classes: ClassVar = []

    @extend_schema(
        summary="Webhook of the Hub",
        request={"application/json": {"type": "object"}},
        responses={202: Hinted},
    )
    def post(self, request: Request) -> Response:
        models = _hinted(request.data)
        for model in models:
            intake.sync_model(model=model, actor="webhook:huggingface")
        return Response({"queued": [model.repo_id for model in models]}, 202)


def _hinted(data: Any) -> list[Model]:
    """The tracked models that a payload of any shape may speak of."""
    repo = data.get("repo") if isinstance(data, dict) else None
    if not isinstance(repo, dict):
        return []
    names = [value for value in (repo.get("name"), repo.get("id")) if isinstance(value, str) and value]
    if not names:
        return []
    named = Q(hub_id__in=names)
    for name in names:
        named |= Q(repo_id__iexact=name)
    found = Model.objects.filter(named, source="huggingface").exclude(state=State.REPLACED)
    return list(found.order_by("id")[:10])
