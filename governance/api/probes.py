"""/healthz and /readyz, for whatever starts and watches the platform. They tell no secrets."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import timedelta

from django.conf import settings
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse

from governance.api.problems import MEDIA_TYPE, plain
from governance.pipeline import outbox, ticking
from governance.pipeline.models import Heartbeat

SILENT_AFTER = timedelta(seconds=60)
OK = "ok"
log = logging.getLogger(__name__)
_migrated = False


def healthz(request: HttpRequest) -> HttpResponse:
    """The process lives; that is all it says."""
    return JsonResponse({"status": OK})


def readyz(request: HttpRequest) -> HttpResponse:
    """503 that names each component that fails."""
    told = {name: _told(name, look) for name, look in COMPONENTS.items()}
    failing = {name: fault for name, fault in told.items() if fault}
    shown = {name: fault or OK for name, fault in told.items()}
    if not failing:
        response = JsonResponse({"status": "ready", "components": shown})
    else:
        detail = "; ".join(f"{name}: {fault}" for name, fault in failing.items())
        body = {**plain(503, "not_ready", "Not ready.", detail), "components": shown}
        response = JsonResponse(body, status=503, content_type=MEDIA_TYPE)
    response.headers["Cache-Control"] = "no-store"
    return response


def _told(name: str, look: Callable[[], str]) -> str:
    """What is wrong with the component; an error is logged here and not shown to strangers."""
    try:
        return look()
    except Exception:
        log.exception("%s could not be looked at", name)
        return "it cannot be looked at"


def _database() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return ""


def _migrations() -> str:
    """Once complete, they stay so for the life of the process."""
    global _migrated
    if not _migrated:
        executor = MigrationExecutor(connection)
        missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
        if missing:
            return f"{len(missing)} migrations are missing"
        _migrated = True
    return ""


def _work() -> str:
    late = ticking.oldest_due()
    return f"the oldest due work waits for {late:.0f} s" if late > settings.LATE_WORK_SECONDS else ""


def _worker() -> str:
    since = outbox.database_now() - SILENT_AFTER
    alive = Heartbeat.objects.filter(component__startswith="worker@", beat_at__gte=since)
    return "" if alive.exists() else f"no worker was heard of for {SILENT_AFTER.seconds} s"


COMPONENTS = {"database": _database, "migrations": _migrations, "work": _work, "worker": _worker}
