"""What Prometheus reads: all of the platform's figures, and no names."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.db import DatabaseError, OperationalError
from django.utils import timezone
from prometheus_client.openmetrics.parser import text_string_to_metric_families as open_metrics
from prometheus_client.parser import text_string_to_metric_families as prometheus

from governance.api import metrics
from governance.pipeline import counting
from governance.pipeline.counted import flush
from governance.pipeline.counting import add, observe
from governance.pipeline.heartbeat import beat
from governance.pipeline.models import SourceBudget, Tick, Work
from tests.alerts.cast import announced
from tests.cast import Client

pytestmark = pytest.mark.django_db
Samples = dict[tuple[str, ...], float]


@pytest.fixture(autouse=True)
def nothing_counted():
    counting.take()


def scraped(client, **headers) -> Samples:
    """Name without prefix, and the values of the labels in the order of their names."""
    answer = client.get("/metrics", **headers)
    assert answer.status_code == 200
    families = prometheus(answer.content.decode())
    return {
        (
            one.name.removeprefix("modelsteward_"),
            *(one.labels[name] for name in sorted(one.labels)),
        ): one.value
        for family in families
        for one in family.samples
    }


def work(state: str, seconds: float, **fields) -> None:
    at = timezone.now() - timedelta(seconds=seconds)
    Work.objects.create(**{"kind": "sync", "key": f"{state} {seconds}", "state": state, "due_at": at,
                           "created_at": at, "finished_at": at, "lease_until": at, **fields})  # fmt: skip


def test_a_new_platform_has_figures_for_each_kind(client):
    found = scraped(client)
    assert found["work", "judge", "due"] == 0
    assert found["work_oldest_due_seconds", "sync"] == 0
    assert found["processes", "worker"] == 0


def test_what_waits_runs_and_died_is_told_by_kind(client):
    work("due", 100), work("due", 5, last_error="later"), work("due", -300)
    work("leased", 3), work("leased", -30), work("dead", 900), work("done", 1)
    found = scraped(client)
    assert [found["work", "sync", state] for state in ("due", "leased", "dead")] == [3, 2, 1]
    assert found["work_late", "sync"] == 2
    assert found["work_retried", "sync"] == 1
    assert found["work_expired_leases", "sync"] == 1
    assert 100 <= found["work_oldest_due_seconds", "sync"] < 110
    assert 900 <= found["work_dead_seconds", "sync"] < 910


def test_messages_lives_sweeps_and_budgets_are_told(client):
    announced(), beat("worker"), beat("ticker")
    now = timezone.now()
    Tick.objects.create(job="sweep", slot=now - timedelta(seconds=7), created_at=now)
    SourceBudget.objects.create(source="hub", name="api", remaining=12, quota=500, said_at=now)
    found = scraped(client)
    assert found["deliveries", "email", "waiting"] == 1
    assert found["deliveries_oldest_seconds", "email", "waiting"] > 1000
    assert found["processes", "worker"] == found["processes", "ticker"] == 1
    assert found["heartbeat_age_seconds", "worker"] < 5
    assert 7 <= found["last_sweep_age_seconds",] < 12
    assert found["source_budget_left", "api", "hub"] == 12
    assert found["source_budget_quota", "api", "hub"] == 500


def test_counts_of_all_processes_add_up(client):
    for _ in range(2):
        add("policy_faults", "license.known", "timeout")
        observe("policy_seconds", 0.004, "license.known")
        observe("policy_seconds", 7, "license.known")
        observe("http_request_seconds", 0.5, "healthz")
        flush()
    found = scraped(client)
    assert found["policy_faults_total", "timeout", "license.known"] == 2
    buckets = [found["policy_seconds_bucket", le, "license.known"] for le in ("0.001", "0.01", "5", "+Inf")]
    assert buckets == [0, 2, 2, 4]
    assert found["policy_seconds_count", "license.known"] == 4
    assert found["policy_seconds_sum", "license.known"] == pytest.approx(14.008)
    assert (found["http_request_seconds_count", "healthz"], found["http_request_seconds_sum", "healthz"]) == (
        2,
        1,
    )


def test_what_could_not_be_written_is_counted_later(client, monkeypatch):
    add("policy_faults", "license.known", "crash")
    with monkeypatch.context() as broken:
        broken.setattr("governance.pipeline.counted._ADD", "INSERT INTO no_such_table VALUES (%s, %s, %s)")
        with pytest.raises(DatabaseError):
            flush()
    flush()
    assert scraped(client)["policy_faults_total", "crash", "license.known"] == 1


def test_the_gate_and_requests_are_counted(client):
    Client("alice").ask("gate/?deployment=no-such")
    flush()
    found = scraped(client)
    assert found["gate_decisions_total", "cannot_tell"] == 1
    assert found["gate_seconds_count",] == 1
    assert found["http_requests_total", "GET", "api/v1/gate/", "404"] == 1


def test_strangers_read_no_names(client, alice):
    alice.send("companies/", {"slug": "secret-company"})
    announced(object="secret-deployment")
    work("dead", 5, key="secret-model", last_error="secret-error")
    flush()
    assert "secret" not in client.get("/metrics").content.decode()


def test_open_metrics_is_spoken_to_who_asks_for_it(client):
    asked = {"Accept": "application/openmetrics-text; version=1.0.0"}
    answer = client.get("/metrics", headers=asked)
    assert answer["Content-Type"].startswith("application/openmetrics-text")
    assert list(open_metrics(answer.content.decode()))


def test_it_costs_few_queries_however_much_there_is(client, django_assert_max_num_queries):
    for number in range(20):
        work("due", number), work("dead", number)
        add("policy_faults", f"p{number}", "crash")
    flush()
    with django_assert_max_num_queries(12):
        scraped(client)


def test_a_database_that_is_down_is_a_503_and_no_trace(client, monkeypatch):
    def fail():
        raise OperationalError("could not connect as alice:secret")

    monkeypatch.setattr(metrics, "figures", fail)
    answer = client.get("/metrics")
    assert answer.status_code == 503
    assert answer["Content-Type"] == "application/problem+json"
    assert "secret" not in answer.content.decode()


def test_labels_stay_within_bounds(monkeypatch):
    monkeypatch.setattr(counting, "MOST_SERIES", 10)
    for number in range(50):
        add("http_requests", "GET", f"route {number}", "200")
    add("http_requests", "GET", "route 3", "200")
    counts = counting.take()
    assert len(counts) == 10
    assert counts["http_requests", ("GET", "route 3", "200")] == 2


def test_many_threads_lose_no_count():
    threads = [threading.Thread(target=lambda: [add("source_requests", "hub") for _ in range(500)])
               for _ in range(4)]  # fmt: skip
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert counting.take()["source_requests", ("hub",)] == 2000
