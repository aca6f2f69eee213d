"""Names that mean one license however they are written, and names that never do."""

from __future__ import annotations

import json
from collections import defaultdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from governance.core.concluding import conclude
from governance.core.license_names import name_form
from governance.core.reading import Statement, StatementKind
from governance.discovery import catalog
from tests.shared import shared

CATALOG = catalog().licenses

SAME = [
    ("Apache License, Version 2.0", "apache-2.0"),
    ("The Apache 2.0 License", "apache-2.0"),
    ("CC BY-NC SA 4.0", "cc-by-nc-sa-4.0"),
    ("# Community Data License Agreement - Sharing - Version 1.0", "community-data-agreement-sharing-1.0"),
    ("GNU General Public License v3.0", "gnu-general-3.0"),
    ("Modified MIT License", "modified-mit"),
    ("The MIT License (MIT)", "mit-mit"),
    ("The License", ""),
    ("аpache-2.0", ""),  # the first letter is Cyrillic
    ("\0", ""),
]


@pytest.mark.parametrize(("name", "form"), SAME)
def test_a_name_is_compared_by_its_words(name: str, form: str) -> None:
    assert name_form(name) == form


@given(st.text(max_size=60))
def test_a_form_is_its_own_form(name: str) -> None:
    assert name_form(name_form(name)) == name_form(name)


def test_no_form_means_two_licenses_unless_both_name_their_repositories() -> None:
    meaning: dict[str, set[str]] = defaultdict(set)
    for key, terms in CATALOG.items():
        known = terms.recognition
        names = {*known.license_names, *known.hub_ids, terms.spdx, terms.name} - {""}
        for name in () if terms.text_of else names:
            meaning[name_form(name)].add(key)
    for form, keys in meaning.items():
        assert form
        assert len(keys) == 1 or all(CATALOG[key].recognition.repositories for key in keys), (form, keys)


PARAPHRASED = {
    "Apache License 2.0": {"apache-2.0"},
    "MIT License": {"mit"},
    "CC BY 4.0": {"cc-by-4.0"},
    "CC BY-SA 4.0": {"cc-by-sa-4.0"},
    "CC BY-SA 3.0": {"cc-by-sa-3.0"},
    "CC BY-NC 4.0": {"cc-by-nc-4.0"},
    "CC BY-NC-SA 4.0": {"cc-by-nc-sa-4.0"},
    "CC BY-NC-SA 3.0": {"cc-by-nc-sa-3.0"},
    "CC0 1.0": {"cc0-1.0"},
    "CC BY 3.0": {"cc-by-3.0", "cc-by-2.0"},  # the list takes the two for one
    "GNU General Public License v3.0": {"gpl-3.0-only", "agpl-3.0-only"},  # as well
    "Microsoft Data Licensing Agreement": {"ms-pl"},  # and here the Hub's id is another license
}


def test_names_that_people_wrote_mean_that_license_or_none() -> None:
    """Never another one: what names no version, or says more, concludes nothing."""
    written = json.loads(shared("lineage", "dpi_license_paraphrases.json").read_text("utf-8"))
    known = 0
    for name, variants in written.items():
        own = PARAPHRASED.get(name, {conclude_name(name)})
        for variant in variants:
            found = conclude_name(variant)
            assert found in own | {""}, (name, variant, found)
            known += bool(found)
    assert known >= 55


def conclude_name(name: str) -> str:
    kind = StatementKind.LICENSE_LINK if name.startswith("http") else StatementKind.LICENSE_NAME
    stated = [Statement(StatementKind.TAG, "other"), Statement(kind, name)]
    return conclude(repo_id="org/model", statements=stated, texts=[], catalog=CATALOG).license
