"""Every setting is in the example for hosts and on the operations page, and neither invents one."""

from __future__ import annotations

import re

from tests.deploy.reading import DEPLOY, NAME, ROOT, SETTINGS

EXAMPLE = (DEPLOY / "modelsteward.env").read_text("utf-8")
BY_UNIT = {"MODELSTEWARD_VAR"}
"""Set by the units themselves."""


def test_the_example_names_every_setting_once_and_nothing_else():
    named = NAME.findall(EXAMPLE)
    assert len(named) == len(set(named))
    assert set(named) | BY_UNIT == SETTINGS


def test_the_operations_page_says_what_each_setting_is_on_hosts():
    page = (ROOT / "docs" / "operations.md").read_text("utf-8")
    assert set(re.findall(r"`([A-Z][A-Z_]+)(?:=[^`]*)?`", page)) >= SETTINGS


def test_no_secret_of_the_example_could_be_taken_for_a_real_one():
    secrets = re.findall(r"^(?:SECRET_KEY|EMAIL_HOST_PASSWORD)=(.*)$", EXAMPLE, re.MULTILINE)
    secrets += re.findall(r"://[^:/\n]*:([^@\n]*)@", EXAMPLE)
    assert secrets
    assert all(secret.startswith("change-me") for secret in secrets)


def test_what_the_operations_page_says_to_watch_is_measured():
    page = (ROOT / "docs" / "operations.md").read_text("utf-8")
    watched = set(re.findall(r"`modelsteward_([a-z_]+?)(?:_total)?(?:\{[^}]*\})?`", page))
    sources = ("governance/api/metrics.py", "governance/pipeline/counting.py")
    measured = set(re.findall(r'"([a-z_]+)"', "".join((ROOT / path).read_text("utf-8") for path in sources)))
    assert watched
    assert watched <= measured
