from __future__ import annotations

import pytest

from governance.core.reading import Allowance
from governance.pipeline import budgets, counting
from governance.pipeline.models import SourceBudget

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nothing_noted():
    budgets._noted.clear(), counting.take()


def kept() -> list[tuple]:
    return list(SourceBudget.objects.values_list("source", "name", "remaining", "quota"))


def test_what_a_source_says_is_kept_and_its_requests_are_counted():
    budgets.note_asked("hub", 3, [Allowance("api", 12, 500, 60.0), Allowance("files", 7)])
    assert kept() == [("hub", "api", 12, 500), ("hub", "files", 7, None)]
    [api, files] = SourceBudget.objects.order_by("name")
    assert (api.resets_at - api.said_at).total_seconds() == 60
    assert files.resets_at is None
    assert counting.take()["source_requests", ("hub",)] == 3


def test_it_is_written_now_and_then_but_at_once_when_nothing_is_left(monkeypatch):
    budgets.note_asked("hub", 1, [Allowance("api", 12)])
    budgets.note_asked("hub", 1, [Allowance("api", 11)])
    assert kept() == [("hub", "api", 12, None)]
    budgets.note_asked("hub", 1, [Allowance("api", 0)])
    assert kept() == [("hub", "api", 0, None)]
    monkeypatch.setattr(budgets, "PAUSE", 0.0)
    budgets.note_asked("hub", 1, [Allowance("api", 500)])
    assert kept() == [("hub", "api", 500, None)]
