"""What a service refuses, caught so that the form can say it beside its fields."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.core.exceptions import ValidationError

Faults = dict[str, list[str]]


@contextmanager
def refusals() -> Iterator[Faults]:
    """Field -> causes; stays empty where nothing is refused."""
    faults: Faults = {}
    try:
        yield faults
    except ValidationError as refused:
        faults.update(
            refused.message_dict if hasattr(refused, "error_dict") else {"__all__": refused.messages}
        )
