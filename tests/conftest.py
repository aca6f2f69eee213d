"""The environment of all tests, set before settings and clients are imported.

pytest-django would read the settings before this file, so they are named here and not in pyproject.toml.
"""

import os
import tempfile

os.environ.setdefault("MODELSTEWARD_VAR", tempfile.mkdtemp(prefix="modelsteward-tests-"))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "governance.settings")
os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
os.environ.setdefault("HF_HUB_DISABLE_XET", "1")
os.environ.setdefault("HF_HUB_DISABLE_IMPLICIT_TOKEN", "1")
os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")

import django  # noqa: E402

django.setup()
