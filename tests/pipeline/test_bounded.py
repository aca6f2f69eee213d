"""A call that does not end is left; and never do many hang."""

from __future__ import annotations

import threading
import time

import pytest
from django.utils import timezone

from governance.pipeline.bounded import MOST_HANGING, within
from governance.pipeline.models import Work

pytestmark = pytest.mark.django_db


def test_no_more_than_a_few_ever_wait_for_a_server_that_is_silent():
    answer = threading.Event()
    asked = [threading.Thread(target=_ask, args=(answer,)) for _ in range(MOST_HANGING)]
    for one in asked:
        one.start()
    for one in asked:
        one.join()
    with pytest.raises(TimeoutError):
        within(10, lambda: True)
    answer.set()
    assert _eventually(lambda: within(10, lambda: True))


def _ask(answer: threading.Event) -> None:
    with pytest.raises(TimeoutError):
        within(0.01, answer.wait)


def _eventually(ask) -> bool:
    for _ in range(500):
        try:
            return ask()
        except TimeoutError:
            time.sleep(0.01)
    return False


def test_what_the_other_thread_sees_and_raises_comes_back():
    Work.objects.create(kind="tick", key="mine", due_at=timezone.now(), created_at=timezone.now())
    assert within(5, Work.objects.count) == 1
    with pytest.raises(ZeroDivisionError):
        within(5, lambda: 1 / 0)
