"""The reviewed facts and the real texts beside the project, for the tests of license files."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
import yaml

from governance.core.terms import LicenseTerms
from governance.discovery import catalog
from tests.shared import shared

TERMS = catalog().licenses
OUTSIDE_FACTS = {"apache-2.0", "mit", "bsd-3-clause"}
"""Common licenses, which the facts take as known."""
WITH_FACTS = sorted(set(TERMS) - OUTSIDE_FACTS)

BEYOND = {
    ("bilibili-indextts", "outputs_for_training"): "the text bars improving other AI models in 3.4(c)",
    ("bilibili-indextts", "copy_of_license_required"): "the text asks for a copy in 3.4(b)",
    ("bilibili-indextts", "pass_through"): "the text binds recipients in 3.4(a)",
}
"""Where the text says more than the facts: the text governs."""


@cache
def all_facts() -> dict[str, dict[str, Any]]:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    data = yaml.load(shared("licenses", "facts.yaml").read_text("utf-8"), loader)
    return {entry["id"]: entry for entry in data["licenses"]}


def facts(key: str) -> dict[str, Any]:
    return all_facts()[key]


def text_of(key: str) -> str:
    return shared("licenses", facts(key)["text_file"]).read_text("utf-8")


def value(entry: Any) -> Any:
    return entry["value"] if isinstance(entry, dict) else entry


def parts(sections: str) -> list[str]:
    """The numbers and names of `1.a; 2`, without words in brackets."""
    cut = (re.sub(r" \((?:last|first|bullet|unnumbered)[^)]*\)", "", part) for part in sections.split(";"))
    return [part.strip() for part in cut]


def each_license(test: Any) -> Any:
    return pytest.mark.parametrize("key", WITH_FACTS)(test)


def phrases(terms: LicenseTerms) -> Iterator[tuple[str, str, tuple[str, ...], bool]]:
    """(phrases joined, section, places, optional) of all that must be shown."""
    for duty in terms.duties:
        yield " | ".join(duty.accepted), duty.section, duty.places, duty.optional
    for threshold in terms.thresholds:
        yield threshold.phrase, threshold.section, threshold.places, False
