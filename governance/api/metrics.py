"""/metrics in the format that Prometheus reads.

It needs no token: it holds counts and ages, routes, and keys of policies, channels and sources, and never the
name of a model, a deployment, a company, a host or a person. Where even that is too much, the proxy in front
closes the address. Every web process answers alike, as what waits is read from the database and what is
counted is added up there: ask one of them, or take the maximum and not the sum.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, JsonResponse
from prometheus_client import CollectorRegistry
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
    SummaryMetricFamily,
)
from prometheus_client.exposition import choose_encoder
from prometheus_client.registry import Collector

from governance.api.problems import MEDIA_TYPE, plain
from governance.pipeline.bounded import within
from governance.pipeline.counted import Series, counted
from governance.pipeline.counting import METRICS
from governance.pipeline.counting import Metric as Counting
from governance.pipeline.figures import Figures, Queue, figures
from governance.pipeline.models import Kind

PREFIX = "modelsteward_"
SECONDS = 5.0
log = logging.getLogger(__name__)
Labelled = Iterable[tuple[tuple[str, ...], float]]


def metrics(request: HttpRequest) -> HttpResponse:
    """503 when the database does not answer in time: no figures rather than wrong ones."""
    try:
        found, counts = within(SECONDS, lambda: (figures(), counted()))
    except (DatabaseError, TimeoutError):
        log.warning("the figures could not be read", exc_info=True)
        body = plain(503, "unavailable", "The database cannot be reached.", "No figures can be given.")
        return JsonResponse(body, status=503, content_type=MEDIA_TYPE)
    registry = CollectorRegistry()
    registry.register(_Given([*_states(found), *_counts(counts)]))
    encode, media_type = choose_encoder(request.headers.get("Accept", ""))
    response = HttpResponse(encode(registry), content_type=media_type)
    response.headers["Cache-Control"] = "no-store"
    return response


class _Given(Collector):
    def __init__(self, families: Iterable[Metric]) -> None:
        self.families = list(families)

    def collect(self) -> Iterator[Metric]:
        yield from self.families


def _gauge(name: str, help_text: str, labels: tuple[str, ...], values: Labelled) -> Metric:
    family = GaugeMetricFamily(PREFIX + name, help_text, labels=labels)
    for given, value in values:
        family.add_metric(given, value)
    return family


def _states(found: Figures) -> Iterator[Metric]:
    yield from _queues(found)
    yield _gauge(
        "deliveries", "Messages that did not arrive (yet).", ("channel", "status"),
        [((one.channel, one.status), one.count) for one in found.untold],
    )  # fmt: skip
    yield _gauge(
        "deliveries_oldest_seconds", "Age of the oldest of these.", ("channel", "status"),
        [((one.channel, one.status), _age(found, one.oldest)) for one in found.untold],
    )  # fmt: skip
    yield from _lives(found)
    yield from _sources(found)


def _queues(found: Figures) -> Iterator[Metric]:
    held = {one.kind: one for one in found.queues}
    queues = [held.get(kind, Queue(kind)) for kind in sorted({*Kind.values, *held})]

    def each(name: str, help_text: str, value: Callable[[Queue], float]) -> Metric:
        return _gauge(name, help_text, ("kind",), [((one.kind,), value(one)) for one in queues])

    states = ("due", "leased", "dead")
    depth = [((one.kind, state), float(getattr(one, state))) for one in queues for state in states]
    yield _gauge("work", "Work by state; due also for a later time.", ("kind", "state"), depth)
    yield each("work_late", "Work that is due by now.", lambda one: one.late)
    yield each("work_retried", "Work that waits and failed or was put off.", lambda one: one.retried)
    yield each("work_expired_leases", "Leases that ran out, not yet swept.", lambda one: one.expired)
    yield each("work_oldest_due_seconds", "Wait of the oldest due work.", lambda one: _age(found, one.oldest))
    yield each("work_dead_seconds", "Age of the oldest dead work.", lambda one: _age(found, one.dead_since))


def _lives(found: Figures) -> Iterator[Metric]:
    """By role; a host or process that is gone is no longer counted after a minute."""
    ages: dict[str, list[float]] = {"worker": [], "ticker": []}
    for beat in found.beats:
        ages.setdefault(beat.component.partition("@")[0], []).append(_age(found, beat.beat_at))
    alive = [((role,), float(sum(age < 60 for age in all_))) for role, all_ in ages.items()]
    yield _gauge("processes", "Processes that showed themselves within a minute.", ("role",), alive)
    newest = [((role,), min(all_)) for role, all_ in ages.items() if all_]
    yield _gauge("heartbeat_age_seconds", "Age of the newest sign of life.", ("role",), newest)
    swept = [((), _age(found, found.last_sweep))] if found.last_sweep else []
    yield _gauge("last_sweep_age_seconds", "Since lost work was last looked for.", (), swept)


def _sources(found: Figures) -> Iterator[Metric]:
    names = ("source", "budget")
    left = [((one.source, one.name), float(one.remaining)) for one in found.budgets]
    quota = [((one.source, one.name), float(one.quota)) for one in found.budgets if one.quota is not None]
    said = [((one.source, one.name), _age(found, one.said_at)) for one in found.budgets]
    yield _gauge("source_budget_left", "Requests that the source still allows, as it said last.", names, left)
    yield _gauge("source_budget_quota", "Requests that it allows in a period.", names, quota)
    yield _gauge("source_budget_age_seconds", "Since it said so.", names, said)
    yield _gauge("models", "Models that are tracked.", (), [((), float(found.models))])
    read = [((), _age(found, found.last_read))] if found.last_read else []
    yield _gauge("last_read_age_seconds", "Since any model was last read with success.", (), read)


def _age(found: Figures, since: datetime | None) -> float:
    return max(0.0, (found.now - since).total_seconds()) if since else 0.0


def _counts(counts: dict[str, Series]) -> Iterator[Metric]:
    for name, metric in METRICS.items():
        if metric.buckets:
            yield _histogram(name, metric, counts)
        elif metric.timed:
            yield _summary(name, metric, counts)
        else:
            family = CounterMetricFamily(PREFIX + name, metric.help, labels=metric.labels)
            for labels, value in counts.get(name, {}).items():
                family.add_metric(labels, value)
            yield family


def _histogram(name: str, metric: Counting, counts: dict[str, Series]) -> Metric:
    """Prometheus wants each bucket to hold all that is below it."""
    family = HistogramMetricFamily(PREFIX + name, metric.help, labels=metric.labels)
    rows = counts.get(f"{name}_bucket", {})
    for labels, total in counts.get(f"{name}_sum", {}).items():
        below, buckets = 0.0, []
        for bound in (*map(str, metric.buckets), "+Inf"):
            below += rows.get((*labels, bound), 0)
            buckets.append((bound, below))
        family.add_metric(labels, buckets, total)
    return family


def _summary(name: str, metric: Counting, counts: dict[str, Series]) -> Metric:
    family = SummaryMetricFamily(PREFIX + name, metric.help, labels=metric.labels)
    rows = counts.get(f"{name}_bucket", {})
    for labels, total in counts.get(f"{name}_sum", {}).items():
        family.add_metric(labels, int(rows.get((*labels, "+Inf"), 0)), total)
    return family
