"""The environment of all tests, set before settings and clients are imported.

pytest-django would read the settings before this file, so they are named here and not in pyproject.toml.
"""

import os
import tempfile

import django
import hypothesis
import pytest
from django.conf import settings

hypothesis.settings.register_profile("tests", deadline=None)  # how long an example takes is up to the machine
hypothesis.settings.load_profile("tests")

_VAR = tempfile.TemporaryDirectory(prefix="modelsteward-tests-", ignore_cleanup_errors=True)

os.environ["MODELSTEWARD_VAR"] = _VAR.name  # each process of the tests has its own
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "governance.settings")
os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
os.environ.setdefault("HF_HUB_DISABLE_XET", "1")
os.environ.setdefault("HF_HUB_DISABLE_IMPLICIT_TOKEN", "1")
os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")

django.setup()

# A file and not memory: connections that share memory lock each other out at once instead of waiting.
if "sqlite" in settings.DATABASES["default"]["ENGINE"]:
    settings.DATABASES["default"].setdefault("TEST", {})["NAME"] = f"{_VAR.name}/test.sqlite3"

LONG = "tests/chaos/"
"""Tests that wait for processes and share them, so that one worker runs them all."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest begin first: what begins last would be waited for alone."""
    items.sort(key=lambda item: not item.nodeid.startswith(LONG))
