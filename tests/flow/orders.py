"""What a clerk can do: the verbs of the intake in JSON words, and a look at the audit log."""

from __future__ import annotations

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django.db import connection, transaction

from governance.accounts.models import Role, User
from governance.accounts.services import issue_token
from governance.alerts.services import announce
from governance.audit.services import first_fault
from governance.deployments.models import Deployment
from governance.pipeline import intake, outbox, ticking
from governance.pipeline.models import Kind, Tick

_ACTOR = "user:admin"


def add_model(repo_id: str) -> int:
    model, _ = intake.add_model(source="huggingface", repo_id=repo_id, actor=_ACTOR)
    return int(model.pk)


def save_company(**data: Any) -> None:
    intake.save_company(data=data, actor=_ACTOR)


def save_product(**data: Any) -> None:
    intake.save_product(data=data, actor=_ACTOR)


def record_measurements(rows: list[dict[str, Any]]) -> None:
    intake.record_measurements(rows=rows, actor=_ACTOR)


def save_deployment(**data: Any) -> int:
    deployment, _ = intake.save_deployment(data=data, actor=_ACTOR)
    return int(deployment.pk)


def request_check(deployment: str) -> int:
    check = intake.request_check(deployment=Deployment.objects.get(slug=deployment), actor=_ACTOR)
    return int(check.pk)


def put_poison(key: str) -> None:
    """Work that fails whoever takes it: it does not say which model."""
    outbox.put(Kind.SYNC, key, {})


def announce_event(key: str) -> int:
    """An event that tells of nothing that can be judged; answers how many deliveries it makes."""
    context = {"sentence": f"{key} happened.", "object": key, "url": "/jobs/"}
    with transaction.atomic():
        told = announce(kind="work_dead", key=key, context=context, now=outbox.database_now())
        outbox.put_all((Kind.DELIVER, str(one.pk), {"delivery": one.pk}) for one in told)
    return len(told)


def make_user(name: str, role: str) -> str:
    """Answers the secret of a token with all scopes."""
    user = User.objects.create_user(username=name, role=Role(role))
    return issue_token(user=user, name=name)[1]


def audit_fault() -> str:
    return first_fault()


def race_ticks(tickers: int, rounds: int) -> dict[str, int]:
    """All tickers look at once, in each round at slots that nobody took; answers how often each job was."""
    taken: Counter[str] = Counter()
    barrier = threading.Barrier(tickers)

    def look() -> list[str]:
        barrier.wait()
        try:
            return ticking.tick()
        finally:
            connection.close()

    with ThreadPoolExecutor(tickers) as pool:
        for _ in range(rounds):
            Tick.objects.exclude(job="sweep").delete()
            for told in [pool.submit(look) for _ in range(tickers)]:
                taken.update(told.result())
    return dict(taken)
