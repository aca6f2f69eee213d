"""Judging: each question once, only what changed, and never more than was known."""

from __future__ import annotations

from datetime import timedelta

import pytest

from governance.compliance.gate import gate
from governance.compliance.models import Evaluation, Standing, Subject, UsageRead, Verdict, Violation
from governance.compliance.running import Judging
from governance.compliance.recording import OutrunError
from governance.pipeline import intake
from governance.pipeline.execution import drain
from tests.compliance import cast
from tests.compliance.cast import NOW, Counting, assign, deploy, judge, users

pytestmark = pytest.mark.django_db


def test_equal_deployments_are_judged_once():
    cast.acme()
    assign()
    subjects = [deploy(f"chat-{n}") for n in range(5)]
    counting = Counting()
    judge(*subjects, evaluate=counting)
    assert counting.policies == [cast.THRESHOLD]
    assert {one.decision for one in subjects} == {"allowed"}
    assert Verdict.objects.count() == 1


def test_a_second_run_writes_nothing_and_evaluates_nothing(django_assert_num_queries):
    cast.acme()
    assign()
    subject = deploy()
    judge(subject)
    before = Subject.objects.values().get(pk=subject.pk)
    counting = Counting()
    assert judge(subject, now=NOW + timedelta(hours=1), evaluate=counting) == []
    assert counting.asked == []
    assert Subject.objects.values().get(pk=subject.pk) == before
    assert Evaluation.objects.count() == 1


def test_a_second_run_over_an_open_violation_writes_nothing(django_capture_on_commit_callbacks):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    cast.acme(800_000_000)
    assign()
    subject = deploy()
    judge(subject)
    again = Judging([subject.pk], now=NOW + timedelta(hours=1), evaluate=Counting())
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert again.write() == []
    assert [q["sql"] for q in queries if not q["sql"].startswith(("SELECT", "SAVEPOINT", "RELEASE"))] == []
