"""What an event may tell: strict fields, harmless lines, links that lead to the web."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from governance.alerts.context import MOST_CHARACTERS, Context, one_line
from governance.alerts.models import Kind
from tests.alerts.cast import AFFECTED, CONTEXTS, VIOLATION

LEAST = {"sentence": "It broke.", "object": "chat-eu", "url": "/x/"}


@pytest.mark.parametrize("kind", Kind)
def test_every_kind_survives_being_stored(kind):
    context = Context.model_validate(CONTEXTS[kind])
    assert Context.model_validate(context.model_dump(mode="json", exclude_defaults=True)) == context


@pytest.mark.parametrize(
    "changed",
    [
        {"sentence": ""},
        {"object": None},
        {"url": "javascript:alert(1)"},
        {"url": "//evil.example.org/"},
        {"url": "ftp://example.org/"},
        {"decision": "maybe"},
        {"sentense": "x"},
        {"findings": [{"outcome": "fail"}]},
        {"findings": [{"outcome": "bad", "reason": "x"}]},
        {"affected": [*AFFECTED, AFFECTED[0]]},
        {"affected_count": -1},
    ],
)
def test_what_a_mail_cannot_show_is_refused(changed):
    with pytest.raises(ValidationError):
        Context.model_validate({**LEAST, **changed})


@given(st.text())
def test_any_text_becomes_one_line_without_tricks(text):
    line = one_line(text)
    assert line.isprintable()
    assert "\n" not in line
    assert len(line) <= MOST_CHARACTERS
    assert one_line(line) == line


def test_a_line_keeps_what_people_write():
    assert one_line("  Größe: \n 5 µm –\t日本 ") == "Größe: 5 µm – 日本"
    assert one_line("a\u202eb\x1b[31m\u0000c\u2028d") == "ab[31mc d"
    assert one_line("x" * 9999).endswith("…")


def test_environments_are_those_of_all_places():
    context = Context.model_validate({**VIOLATION, "affected": [{"environment": "test"}, {}]})
    assert context.environments == {"production", "test"}
    assert Context.model_validate(LEAST).environments == frozenset()


def test_opened_and_resolved_of_one_policy_and_deployment_belong_together():
    threads = {Context.model_validate(CONTEXTS[kind]).thread for kind in list(Kind)[:3]}
    assert len(threads) == 1
    assert Context.model_validate({**VIOLATION, "policy": "other"}).thread not in threads
