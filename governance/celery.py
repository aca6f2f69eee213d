"""The Celery application. Importing it loads Django."""

from __future__ import annotations

import os

import django
from celery import Celery
from celery.signals import setup_logging

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "governance.settings")
# Otherwise Celery opens a new database connection for each task, which costs more than most tasks.
os.environ.setdefault("CELERY_DB_REUSE_MAX", "1000")
django.setup()

from django.conf import settings  # noqa: E402

app = Celery("modelsteward", include=["governance.pipeline.tasks"])
app.conf.update(settings.CELERY)


@setup_logging.connect
def _keep_our_logging(**_: object) -> None:
    """Django set it up already; with nobody to answer this signal Celery would add handlers of its own."""
