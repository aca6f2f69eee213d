"""Common licenses of software, content and data: which there are, and how far each reaches."""

from __future__ import annotations

import pytest

from governance.core.terms import DutyKind, State, TraitAtom, Trigger, atoms
from tests.plugins.licenses.reviewed import LISTED, TERMS
from tests.shared import shared

COMMON = sorted(key for key, terms in TERMS.items() if key not in LISTED and terms.spdx)
FAMILIES = {"bsd", "cc", "gpl", "lgpl", "gfdl", "openrail", "other", "unknown"}
"""Hub ids that name several licenses, or none."""
NO_TERMS = {"h-research", "intel-research"}
"""Hub ids of texts that nobody has read."""


def test_there_are_sixty_and_more() -> None:
    assert len(set(COMMON) | {"cc-by-nc-4.0"}) >= 64


@pytest.mark.parametrize("key", COMMON)
def test_keys_are_spdx_ids_in_lower_case(key: str) -> None:
    assert key == TERMS[key].spdx.lower()
    assert key in TERMS[key].recognition.license_names


def test_every_hub_id_of_one_license_has_terms() -> None:
    rows = shared("licenses", "hub_license_ids.tsv").read_text("utf-8").split("\n# --- ")[0].splitlines()
    ids = {row.split("\t")[0] for row in rows if row and not row.startswith(("#", "hub_id"))}
    known = {hub_id for terms in TERMS.values() for hub_id in terms.recognition.hub_ids}
    assert ids - known == FAMILIES | NO_TERMS


REACH = [
    ("mit", ""),
    ("bsd-2-clause", ""),
    ("isc", ""),
    ("apache-2.0", ""),
    ("cc0-1.0", ""),
    ("cc-by-4.0", ""),
    ("mpl-2.0", "file"),
    ("epl-2.0", "file"),
    ("lgpl-2.1-only", "library"),
    ("gpl-2.0-only", "work"),
    ("gpl-3.0-or-later", "work"),
    ("cc-by-sa-4.0", "work"),
    ("odbl-1.0", "work"),
    ("cdla-sharing-1.0", "work"),
    ("agpl-3.0-only", "network"),
    ("eupl-1.2", "network"),
    ("osl-3.0", "network"),
]


@pytest.mark.parametrize(("key", "reach"), REACH)
def test_how_far_copyleft_reaches(key: str, reach: str) -> None:
    copyleft = TERMS[key].copyleft
    assert (copyleft.reach if copyleft else "") == reach


@pytest.mark.parametrize("key", sorted(key for key, terms in TERMS.items() if terms.copyleft))
def test_copyleft_names_licenses_that_are_known_and_binds_recipients(key: str) -> None:
    terms = TERMS[key]
    assert terms.copyleft
    assert set(terms.copyleft.also_under) <= set(TERMS) - {key}
    assert any(duty.kind in (DutyKind.PASS_THROUGH, DutyKind.LICENSE_COPY) for duty in terms.duties)


def test_noncommercial_and_no_derivatives_say_so() -> None:
    for key in COMMON:
        parts = key.split("-")
        prohibited = TERMS[key].permissions.commercial_use.state is State.PROHIBITED
        assert prohibited is ("nc" in parts or "noncommercial" in parts), key
        limits = {
            use
            for threshold in TERMS[key].thresholds
            for atom in atoms(threshold.when)
            if isinstance(atom, TraitAtom)
            for use in atom.any_of
        }
        assert (Trigger.DERIVATIVE_MADE_AVAILABLE in limits) is ("nd" in parts), key


NOTHING_ASKED = ["0bsd", "mit-0", "unlicense", "wtfpl", "cc0-1.0", "pddl-1.0"]


@pytest.mark.parametrize("key", NOTHING_ASKED)
def test_some_ask_for_nothing(key: str) -> None:
    assert not TERMS[key].duties
    assert not TERMS[key].thresholds
