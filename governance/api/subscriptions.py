"""Who is told of what: addresses of the channels, and the secrets that messages to them are signed with."""

from __future__ import annotations

from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from governance.alerts.models import Kind, Subscription
from governance.api.filters import Filter
from governance.api.views import Readable
from governance.api.words import Reader
from governance.pipeline import intake


class SubscriptionRow(Reader):
    id = serializers.IntegerField(read_only=True)
    channel = serializers.CharField(required=False, help_text="Key of a notifier; `email` when left out.")
    address = serializers.CharField()
    kinds = serializers.ListField(
        child=serializers.ChoiceField(Kind.choices), required=False, help_text="Empty: all."
    )
    environments = serializers.ListField(
        child=serializers.CharField(), required=False, help_text="Empty: all."
    )
    active = serializers.BooleanField(required=False)


class SecretsShape(Reader):
    secrets = serializers.ListField(
        child=serializers.CharField(), help_text="Newest first; none where the channel does not sign."
    )


@extend_schema_view(
    list=extend_schema(summary="Who is told of what"), retrieve=extend_schema(summary="One subscription")
)
class Subscriptions(Readable):
    queryset = Subscription.objects.all()
    serializer_class = SubscriptionRow
    scope = "admin"
    filters: ClassVar = {"channel": Filter("channel"), "address": Filter("address")}

    @extend_schema(
        summary="Subscribe an address, or change what it gets",
        description="The addresses of ALERT_EMAILS get everything, unless one is subscribed itself.",
        responses={201: SubscriptionRow, 200: SubscriptionRow},
    )
    def create(self, request: Request) -> Response:
        saved, new = intake.save_subscription(data=self.body, actor=self.actor)
        return self.shown(saved, 201 if new else 200)

    @extend_schema(summary="End it: nothing more goes to the address", responses=SubscriptionRow)
    def destroy(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        subscription = self.get_object()
        intake.end_subscription(subscription=subscription, actor=self.actor)
        return self.shown(subscription)

    @extend_schema(summary="What messages to it are signed with", responses=SecretsShape)
    @action(detail=True, methods=["get"])
    def secret(self, request: Request, pk: str) -> Response:
        found = intake.show_secrets(subscription=self.get_object(), actor=self.actor)
        return Response({"secrets": found})
