"""Each filter of the list of models leaves what it says, and finds it through an index."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from governance.api import model_rows
from governance.api.registry_shapes import ModelRow
from governance.compliance.models import Case, Subject
from governance.licensing.in_use import concluded_licenses, licenses_under
from governance.licensing.models import Conclusion
from governance.registry.models import Alias, Model, Snapshot, State
from tests.api.conftest import Client
from tests.portal.cast import NOW

pytestmark = pytest.mark.django_db
QUESTIONS = {
    "repo_id": "ORG/model-3",
    "source": "manual",
    "license": "mit",
    "search": "odel-3",
    "decision": "blocked",
    "state": "gated",
}
FEWEST = 0
"""So that no filter leaves few, and all walk down the list."""


def made(number: int, license: str = "apache-2.0", decision: str = "allowed", **fields: object) -> Model:
    model = Model.objects.create(
        repo_id=f"org/model-{number}", source=fields.pop("source", "huggingface"), state_since=NOW, **fields
    )
    snapshot = Snapshot.objects.create(model=model, revision="1", repo_id=model.repo_id, synced_at=NOW)
    Conclusion.objects.create(snapshot=snapshot, license=license, reason="", concluded_at=NOW)
    Model.objects.filter(pk=model.pk).update(latest_snapshot=snapshot)
    Subject.objects.create(model=model, decision=decision, case=Case.objects.create(key=str(number)))
    return model


@pytest.fixture
def models() -> list[Model]:
    """Models 1 and 2 fit no question, model 3 fits each, and model 4 bore the name of model 3 before."""
    others = [made(1), made(2)]
    asked = made(3, "mit", "blocked", source="manual", state=State.GATED)
    former = made(4)
    Alias.objects.create(model=former, repo_id="org/MODEL-3", since=NOW)
    return [*others, asked, former]


def names(client: Client, **query: str) -> set[str]:
    return {row["repo_id"] for row in client.ask("models/", **query).json()["results"]}


@pytest.mark.parametrize("few", [model_rows.FEW, FEWEST])
@pytest.mark.parametrize("name", QUESTIONS)
def test_a_filter_leaves_what_fits_whether_few_or_many_do(models, vic, monkeypatch, name, few):
    monkeypatch.setattr(model_rows, "FEW", few)
    expected = {"org/model-3", "org/model-4"} if name == "repo_id" else {"org/model-3"}
    assert names(vic, **{name: QUESTIONS[name]}) == expected


@pytest.mark.parametrize("few", [model_rows.FEW, FEWEST])
def test_all_filters_hold_at_once(models, vic, monkeypatch, few):
    monkeypatch.setattr(model_rows, "FEW", few)
    assert names(vic, **QUESTIONS) == {"org/model-3"}
    assert names(vic, **{**QUESTIONS, "license": "gemma"}) == set()


def test_what_was_concluded_of_an_older_snapshot_does_not_count(models, vic):
    newer = Snapshot.objects.create(model=models[2], revision="2", repo_id="org/model-3", synced_at=NOW)
    Model.objects.filter(pk=models[2].pk).update(latest_snapshot=newer)
    assert names(vic, license="mit") == set()


def test_a_license_is_found_together_with_others(models, vic):
    made(5, "cc-by-4.0 AND mit"), made(6, "mit-0")
    assert names(vic, license="mit") == {"org/model-3", "org/model-5"}


def test_each_license_is_told_once_with_one_read(models):
    made(5, "cc-by-4.0 AND mit"), made(6, "")
    with CaptureQueriesContext(connection) as seen:
        assert concluded_licenses() == ["", "apache-2.0", "cc-by-4.0 AND mit", "mit"]
    assert len(seen) == 1
    assert licenses_under("mit") == ["cc-by-4.0 AND mit", "mit"]


def test_there_may_be_no_license_at_all(db):
    assert concluded_licenses() == []


@pytest.mark.parametrize("name", QUESTIONS)
def test_a_filtered_page_costs_the_same_few_reads_however_many_rows(models, vic, name):
    def reads() -> int:
        with CaptureQueriesContext(connection) as seen:
            vic.ask("models/", **{name: QUESTIONS[name]})
        return len(seen)

    vic.ask("models/")
    few = reads()
    for number in range(30, 40):
        made(number, "mit", "blocked", source="manual", state=State.GATED)
    assert reads() == few <= 6


def test_a_row_has_the_fields_that_the_schema_tells_of_and_says_what_the_model_says(models, vic):
    row = vic.ask("models/", search="model-3").json()["results"][0]
    assert set(row) == set(ModelRow().fields)
    whole = vic.ask(f"models/{row['id']}/").json()
    assert row == {name: whole[name] for name in row}
    assert (row["license"], row["revision"], row["decision"]) == ("mit", "1", None)


def test_a_decision_is_told_once_it_was_judged(models, vic):
    Subject.objects.update(settled=True), Case.objects.update(judged_at=NOW)
    assert vic.ask("models/", search="model-3").json()["results"][0]["decision"] == "blocked"


def test_what_is_not_known_of_a_model_is_null(vic, db):
    Model.objects.create(repo_id="org/new", source="huggingface", state_since=NOW)
    row = vic.ask("models/").json()["results"][0]
    assert [row[name] for name in ("revision", "license", "decision", "synced_at")] == [None] * 4


def test_pages_of_models_follow_each_other_and_lead_back(models, vic):
    first = vic.ask("models/", page_size=3).json()
    second = vic.get(first["next"]).json()
    assert [row["repo_id"] for row in second["results"]] == ["org/model-1"]
    assert vic.get(second["previous"]).json()["results"] == first["results"]


@pytest.mark.parametrize("few", [model_rows.FEW, FEWEST])
@pytest.mark.parametrize("query", [{}, {"search": "odel"}, {"decision": "allowed"}, {"license": "mit"}])
def test_filtered_pages_follow_each_other_lead_back_and_are_counted(models, vic, monkeypatch, few, query):
    monkeypatch.setattr(model_rows, "FEW", few)
    for number in range(5, 9):
        made(number, "mit")
    Subject.objects.update(decision="allowed"), Conclusion.objects.update(license="mit")
    page = first = vic.ask("models/", page_size=3, count="true", **query).json()
    assert first["count"] == 8
    seen = [row["repo_id"] for row in first["results"]]
    while page["next"]:
        page = vic.get(page["next"]).json()
        seen += [row["repo_id"] for row in page["results"]]
    assert seen == [f"org/model-{number}" for number in range(8, 0, -1)]
    back = vic.get(vic.get(page["previous"]).json()["previous"]).json()
    assert back["results"] == first["results"]


@pytest.mark.parametrize("instant", ["2026-11-25T10:00:00Z", "2026-11-25T10:00:00.000120Z"])
def test_an_instant_is_told_as_everywhere(models, vic, instant):
    Model.objects.update(synced_at=instant)
    row = vic.ask("models/", search="model-3").json()["results"][0]
    assert row["synced_at"] == instant == vic.ask(f"models/{row['id']}/").json()["synced_at"]


def plans(name: str, client: Client) -> list[str]:
    """How SQLite goes about each read of a filtered page."""
    with CaptureQueriesContext(connection) as seen:
        client.ask("models/", **{name: QUESTIONS[name]})
    reads = [one["sql"] for one in seen if one["sql"].startswith(("SELECT", "\n    WITH"))]
    with connection.cursor() as cursor:
        found = []
        for sql in reads:
            cursor.execute(f"EXPLAIN QUERY PLAN {sql}")
            found += [row[3] for row in cursor.fetchall()]
    return found


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL plans by the rows that it holds")
@pytest.mark.parametrize("few", [model_rows.FEW, FEWEST])
@pytest.mark.parametrize("name", QUESTIONS)
def test_no_table_is_read_whole_and_no_page_is_sorted(models, vic, monkeypatch, name, few):
    """The walk down the list scans it by id."""
    monkeypatch.setattr(model_rows, "FEW", few)
    steps = plans(name, vic)
    assert not [step for step in steps if "TEMP B-TREE" in step]
    assert few == FEWEST or not [step for step in steps if step in ("SCAN m", "SCAN registry_model")]


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no index of parts of names")
def test_postgresql_finds_a_part_of_a_name_through_an_index(models):
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_indexscan = off")
    assert "model_by_part_of_name" in Model.objects.filter(repo_id__icontains="odel-3").order_by().explain()
