"""Public license disputes as repositories of the sample Hub: cards with these tags and these base models."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from governance.demo.hub import Hub
from governance.demo.hub.cards import readme
from governance.demo.hub.repository import EPOCH, Commit, File, Repository, sha1
from tests.shared import shared

CONFLICTS = frozenset({"conflict"})
CLEAN = frozenset({"no_conflict", "tag_wrong", "stale_restrictive", "over_restrictive"})
"""What a person found of a row; the other rows are told besides and count for neither."""
PASSED_ON = ("files_present", "stated")


@dataclass(frozen=True)
class Dispute:
    case: str
    model: str
    license: str
    parents: tuple[tuple[str, str], ...]
    """Name and license of each base model."""
    relation: str
    kind: str
    gold: str
    outcome: str
    beside: tuple[str, str] = ("", "")
    """A second statement of the model: where it stands, and the license that it names."""

    @property
    def passes_on(self) -> bool:
        return self.gold in CLEAN and self.outcome in PASSED_ON


def disputes() -> list[Dispute]:
    with shared("lineage", "hub_disputes_dev.csv").open() as file:
        return [_dispute(row) for row in csv.DictReader(file)]


def _dispute(row: dict[str, str]) -> Dispute:
    place, equals, named = row["base_license"].partition("=")
    return Dispute(
        row["case"],
        row["model"],
        row["license_before"],
        () if equals else tuple(_parents(row)),
        row["relation"],
        row["kind"],
        row["gold"],
        row["outcome"],
        (place, named) if equals else ("", ""),
    )


def _parents(row: dict[str, str]) -> Iterator[tuple[str, str]]:
    """Bases that are only described, as `(13 permissive)`, get a name of their own."""
    names, licenses = row["base"].split(";"), row["base_license"].split(";")
    for n, license in enumerate(licenses):
        name = names[min(n, len(names) - 1)]
        yield (f"{row['case']}/parent-{n}" if name.startswith("(") else name), license


def hub_of(rows: list[Dispute]) -> Hub:
    """Every model with its base models; what two rows say of one base model must agree."""
    bases: dict[str, str] = {}
    for row in rows:
        for name, license in row.parents:
            assert bases.setdefault(name, license) == license, name
    hub = Hub(_repository(name, _card(license)) for name, license in bases.items())
    for row in rows:
        hub.add(_child(row))
    return hub


def _child(row: Dispute) -> Repository:
    card = _card(row.license)
    if row.parents:
        card["base_model"] = [name for name, _ in row.parents]
    place, named = row.beside
    files = {}
    if place == "LICENSE":
        assert named == "apache-2.0"
        files["LICENSE"] = shared("licenses", "texts", "gemma-repo-apache-2.0.txt").read_bytes()
    if place == "card":
        files["README.md"] = readme(row.model, card) + f"\nLicense: {named}\n".encode()
    return _repository(row.model, card, row.relation, files)


def _card(license: str) -> dict[str, Any]:
    """A license that the Hub has no id for is stated as `other` with its name."""
    tag, _, name = license.partition(":")
    if tag in hub_ids():
        return {"license": tag, **({"license_name": name} if name else {})}
    return {"license": "other", "license_name": tag} if tag else {}


def hub_ids() -> set[str]:
    """Those that the Hub has for the tag; what follows in the file are names that cards give beside it."""
    lines = shared("licenses", "hub_license_ids.tsv").read_text().splitlines()
    rows = [line.split("\t") for line in lines if not line.startswith("#")]
    return {row[0] for row in rows if len(row) > 3 and row[3] != "other"}


def _repository(
    name: str, card: dict[str, Any], relation: str = "finetune", files: dict[str, bytes] | None = None
) -> Repository:
    held = tuple(File.of(path, body) for path, body in (files or {}).items())
    commit = Commit(sha1(f"{name} head"), "Upload", EPOCH, held, card)
    return Repository(name, sha1(name)[:24], {commit.id: commit}, {"main": commit.id}, relation=relation)
