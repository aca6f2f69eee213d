"""What holds of models wherever they run, in a handful of queries for any number of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from governance.compliance.carrying import licenses_that_fit
from governance.compliance.model_figures import figures_facts, figures_known
from governance.core.facts import FiguresFacts, FilesFacts, SnapshotFacts, TermsFacts
from governance.core.joined import parts
from governance.core.lineage import Descent, governing_licenses
from governance.core.reading import Relation
from governance.core.readings import adopted
from governance.core.terms import LicenseTerms
from governance.licensing.models import Conclusion
from governance.licensing.services import current_licenses, taken_readings, terms
from governance.licensing.texts import copies_of
from governance.registry.formats import is_unsafe
from governance.registry.lineage import Ancestor, lineages
from governance.registry.models import File, Model, Snapshot, StatedLicense
from governance.rows import grouped

UNSAFE_NAMED = 20
"""Paths that a policy may have to name; more would only swell the facts."""


@dataclass(frozen=True)
class ModelFacts:
    """What holds of a model wherever it runs. `key` says which snapshot it is of."""

    key: tuple[int, int | None]
    snapshot: SnapshotFacts
    files: FilesFacts
    terms: TermsFacts
    figures: FiguresFacts


Pair = tuple[Model, Snapshot | None]


def model_facts(
    pairs: Iterable[Pair], known_at: datetime | None = None
) -> dict[tuple[int, int | None], ModelFacts]:
    """(model id, snapshot id) -> facts. A model that was not read yet has facts that say so.

    Terms are read by the readings that were in force, as far as was known at `known_at` (None: now).
    """
    distinct = {(model.pk, snapshot.pk if snapshot else None): (model, snapshot) for model, snapshot in pairs}
    snapshots = [snapshot for _, snapshot in distinct.values() if snapshot]
    ancestors = lineages(snapshots)
    family = {a.snapshot.pk: a.snapshot for line in ancestors.values() for a in line if a.snapshot}
    concluded = current_licenses([*snapshots, *family.values()])
    stated, unsafe, copies = _stated(snapshots), _unsafe(snapshots), copies_of(snapshots)
    catalog = terms({key for conclusion in concluded.values() for key in parts(conclusion.license)})
    taken = taken_readings(catalog, known_at)
    catalog = {key: adopted(one, taken.get(key, ())) for key, one in catalog.items()}
    figures = figures_known([model for model, _ in distinct.values()], list(ancestors.values()))
    found = {}
    for key, (model, snapshot) in distinct.items():
        if snapshot is None:
            found[key] = _unread(key, model, figures_facts(model, (), figures))
            continue
        own = concluded.get(snapshot.pk)
        said = _snapshot_facts(model, snapshot, own, stated.get(snapshot.pk, ()))
        held = _terms_facts(snapshot, own, ancestors.get(snapshot.pk, ()), concluded, catalog)
        read = tuple(one for key in held.terms for one in taken.get(key, ()))
        more = {
            "readings": read,
            "copies": copies.get(snapshot.pk, ()),
            "could_carry": licenses_that_fit(said, held),
        }
        files = _files_facts(snapshot, unsafe.get(snapshot.pk, ()))
        counted = figures_facts(model, ancestors.get(snapshot.pk, ()), figures)
        found[key] = ModelFacts(key, said, files, held.model_copy(update=more), counted)
    return found


def _unread(key: tuple[int, int | None], model: Model, figures: FiguresFacts) -> ModelFacts:
    nothing = TermsFacts(
        unknown=(f"{model.repo_id}: its license is not known, as the model was not read yet",)
    )
    snapshot = SnapshotFacts(
        repo_id=model.repo_id, source=model.source, revision="", state=model.lasting_state
    )
    return ModelFacts(key, snapshot, FilesFacts(), nothing, figures)


def _snapshot_facts(
    model: Model, snapshot: Snapshot, own: Conclusion | None, stated: Sequence[tuple[str, str]]
) -> SnapshotFacts:
    return SnapshotFacts(
        repo_id=model.repo_id,
        source=model.source,
        revision=snapshot.revision,
        license=own.license if own else "",
        license_reason=own.reason if own else "",
        license_author=own.author if own else "",
        license_set_on=own.concluded_at.date() if own and own.author else None,
        statements=tuple(stated),
        disagreements=tuple(own.disagreements) if own else (),
        state=model.lasting_state,
        gated=model.gated,
        resembles=tuple(model.resembles),
        modalities=tuple(snapshot.modalities),
    )


def _files_facts(snapshot: Snapshot, unsafe: Sequence[str]) -> FilesFacts:
    return FilesFacts(
        formats=snapshot.formats,
        unsafe=tuple(unsafe[:UNSAFE_NAMED]),
        custom_code=snapshot.custom_code,
        count=snapshot.files_count,
    )


def _terms_facts(
    snapshot: Snapshot,
    own: Conclusion | None,
    line: Sequence[Ancestor],
    concluded: Mapping[int, Conclusion],
    catalog: Mapping[str, LicenseTerms],
) -> TermsFacts:
    licenses = {snapshot.repo_id: own.license if own else ""}
    for ancestor in line:
        if ancestor.model is not None:
            found = concluded.get(ancestor.snapshot.pk) if ancestor.snapshot else None
            licenses.setdefault(ancestor.repo_id, found.license if found else "")
    descents = [Descent(a.child, a.repo_id, Relation(a.relation)) for a in line]
    lineage = governing_licenses(snapshot.repo_id, descents, licenses, catalog)
    deeper = [f"{a.repo_id}: its own ancestors lie too deep to be looked at" for a in line if a.cut]
    keys = {one.license for one in lineage.governing}
    return TermsFacts(
        governing=lineage.governing,
        terms={key: catalog[key] for key in sorted(keys) if key in catalog},
        unknown=tuple(dict.fromkeys([*lineage.unknown, *deeper])),
    )


def _stated(snapshots: Sequence[Snapshot]) -> dict[int, list[tuple[str, str]]]:
    rows = StatedLicense.objects.filter(snapshot__in=snapshots).order_by("id")
    return grouped((row.snapshot_id, (row.kind, row.value)) for row in rows)


def _unsafe(snapshots: Sequence[Snapshot]) -> dict[int, list[str]]:
    suspects = [s.pk for s in snapshots if any(is_unsafe(name) for name in s.formats)]
    rows = File.objects.filter(snapshot__in=suspects).order_by("path")
    return grouped((row.snapshot_id, row.path) for row in rows if is_unsafe(row.format))
