"""A POST with an Idempotency-Key takes effect once: its record is written together with the effect."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.utils import timezone
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.encoders import JSONEncoder

from governance.api.problems import OtherRequest
from governance.pipeline.models import IdempotencyRecord
from governance.rows import insert_new

HEADER = "Idempotency-Key"
Handler = Callable[..., Response]


def once(handler: Handler) -> Handler:
    """The handler, so that equal requests of one token under one key are answered by its first answer."""

    def answer(request: Request, *args: Any, **kwargs: Any) -> Response:
        key = _key(request)
        with transaction.atomic():
            # The row comes first: an equal request that runs at the same time waits for it in the database.
            begun = IdempotencyRecord(token=str(request.auth.pk), key=key, **_begun(request))
            new = insert_new([begun])
            if not new:
                return _again(IdempotencyRecord.objects.get(token=begun.token, key=key), request)
            response = handler(request, *args, **kwargs)
            if response.status_code < 400:
                told = {"status": response.status_code, "body": _plain(response.data)}
                IdempotencyRecord.objects.filter(pk__in=new).update(**told)
            else:
                transaction.set_rollback(True)
            return response

    return answer


def _key(request: Request) -> str:
    key = str(request.headers[HEADER]).strip()
    if not key or len(key) > 200 or not key.isprintable():
        raise ValidationError({HEADER: ["must be 1 to 200 printable characters"]})
    return key


def _begun(request: Request) -> dict[str, Any]:
    return {"request_digest": _digest(request), "status": 0, "body": {}, "created_at": timezone.now()}


def _again(record: IdempotencyRecord, request: Request) -> Response:
    if record.request_digest != _digest(request):
        raise OtherRequest()
    return Response(record.body, status=record.status, headers={"Idempotency-Replayed": "true"})


def _digest(request: Request) -> str:
    told = [request.method or "", request.get_full_path(), request.content_type]
    head = json.dumps(told).encode()
    return hashlib.sha256(head + b"\n" + request._request.body).hexdigest()


def _plain(data: Any) -> Any:
    """As a client reads it: dates and figures as text."""
    return json.loads(json.dumps(data, cls=JSONEncoder))
