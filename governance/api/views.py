"""What all views of the API share: who acts, which parameters are known, and POSTs that take effect once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from rest_framework.exceptions import ValidationError
from rest_framework.mixins import ListModelMixin, RetrieveModelMixin
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView
from rest_framework.viewsets import GenericViewSet

from governance.accounts.models import ApiToken
from governance.api.filters import DeclaredFilters, Filter, asked
from governance.api.idempotency import HEADER, once

ID = "[0-9]{1,18}"
SLUG = "[a-zA-Z0-9][a-zA-Z0-9_-]{0,99}"


class Endpoint(APIView):
    """One address. `parameters` are the query parameters that it knows."""

    parameters: ClassVar[tuple[str, ...]] = ()
    scope = ""
    read_scope = "read"
    write_scope = "write"

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        request._request.body  # noqa: B018  reads it within the bound for bodies; 413 beyond
        self.check_parameters(request)
        if request.method == "POST" and HEADER in request.headers and request.auth:
            self.post = once(getattr(self, "post", self.http_method_not_allowed))

    def finalize_response(self, request: Request, response: Response, *args: Any, **kwargs: Any) -> Response:
        """No cache between us and the client may keep what only the bearer of a token may see."""
        response.headers.setdefault("Cache-Control", "no-store")
        return super().finalize_response(request, response, *args, **kwargs)

    def check_parameters(self, request: Request) -> None:
        strange = [name for name in request.query_params if name not in self.parameters]
        if strange:
            known = f"there is only {', '.join(self.parameters)}" if self.parameters else "there are none"
            raise ValidationError({strange[0][:60]: [f"is no parameter here: {known}"]})

    @property
    def actor(self) -> str:
        """For the log of who did what."""
        token = self.request.auth
        return f"token:{token.name}" if isinstance(token, ApiToken) else "anonymous"

    @property
    def body(self) -> dict[str, Any]:
        """The body, which must be an object with named fields."""
        if not isinstance(self.request.data, dict):
            raise ValidationError({"body": ["must be an object with named fields"]})
        return self.request.data


class Resource(Endpoint, GenericViewSet):
    """A collection with its members. `filters` are the query parameters of its lists."""

    filters: ClassVar[Mapping[str, Filter]] = {}
    filter_backends = [DeclaredFilters]
    lookup_value_regex = ID
    lists: ClassVar[tuple[str, ...]] = ("list",)

    def check_parameters(self, request: Request) -> None:
        if self.action in self.lists:
            asked(request, self.filters if self.action == "list" else {})
        else:
            super().check_parameters(request)

    def shown(self, thing: Any, status: int = 200) -> Response:
        return Response(self.get_serializer(thing).data, status=status)


class Readable(ListModelMixin, RetrieveModelMixin, Resource):
    """A collection whose list and members can be read."""
