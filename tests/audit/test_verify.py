"""manage.py audit verify: one sentence, and an exit code that a script can rely on."""

from __future__ import annotations

from datetime import UTC, datetime
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from governance.audit.models import Entry
from governance.audit.services import append

pytestmark = pytest.mark.django_db


def verify() -> str:
    out = StringIO()
    call_command("audit", "verify", stdout=out)
    return out.getvalue()


def entry(name: str) -> Entry:
    return append(at=datetime(2026, 3, 1, tzinfo=UTC), actor="user:eve", action="told", object=name)


def test_a_whole_log_is_said_to_verify_with_its_last_hash_to_compare():
    assert verify() == "The log verifies: no entries.\n"
    entry("one")
    last = entry("two")
    assert verify() == f"The log verifies: 2 entries, the last of hash {last.hash}.\n"


def test_the_first_fault_is_named_and_the_command_fails():
    first, second = entry("one"), entry("two")
    Entry.objects.filter(pk__in=[first.pk, second.pk]).update(actor="user:mallory")
    with pytest.raises(CommandError, match=f"Entry {first.pk} of the log does not follow") as refused:
        verify()
    assert refused.value.returncode == 1
