"""The Celery application. Importing it loads Django."""

from __future__ import annotations

import logging
import os
from typing import Any

import django
from celery import Celery
from celery.app.amqp import AMQP
from celery.signals import celeryd_init, setup_logging
from kombu import Connection

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "governance.settings")
django.setup()

from django.conf import settings  # noqa: E402


class Prompt(Connection):
    """Tries again every few seconds, however long the broker is gone: Celery's pauses grow to 30 s."""

    def ensure_connection(self, *args: Any, **kwargs: Any) -> Connection:
        return super().ensure_connection(*args, **{"interval_max": 5.0, **kwargs})


class PromptAmqp(AMQP):
    Connection = Prompt


app = Celery("modelsteward", amqp=PromptAmqp, include=["governance.pipeline.tasks"])
# Celery would open a new connection to the database for each task, which costs more than most tasks.
app.conf.update(settings.CELERY, CELERY_DB_REUSE_MAX=1_000)


@setup_logging.connect
def _keep_our_logging(**_: object) -> None:
    """Django set it up already; with nobody to answer this signal Celery would add handlers of its own."""


@celeryd_init.connect
def _log_warnings_too(**_: object) -> None:
    logging.captureWarnings(True)
