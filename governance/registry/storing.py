"""Writes one reading down as a snapshot with its files, statements, texts and lineage."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime

from django.db.models import Q

from governance.core.license_text import text_identity
from governance.core.reading import Reading, RepositoryFile, StatementKind
from governance.registry.formats import file_format
from governance.registry.models import Edge, File, Model, Snapshot, StatedLicense, Text
from governance.registry.names import is_repo_id, models_named
from governance.registry.recognized import recognize_again

MAX_BYTES = 2**63 - 1
MAX_PATH = 1024
MAX_NAME = 200


def take_snapshot(model: Model, reading: Reading, now: datetime) -> Snapshot:
    """A new snapshot of a full reading."""
    formats = Counter(file_format(file.path) for file in reading.files)
    snapshot = Snapshot.objects.create(
        model=model,
        revision=reading.revision,
        repo_id=reading.repo_id,
        synced_at=now,
        gated=reading.gated[:10],
        private=reading.private,
        files_count=len(reading.files) or None,
        total_size=_total_size(reading.files),
        formats=dict(sorted(formats.items())),
        modalities=list(reading.modalities),
        custom_code=reading.custom_code,
        problems=list(reading.problems),
        raw=dict(reading.raw),
    )
    File.objects.bulk_create((_file(snapshot, file) for file in reading.files), batch_size=500)
    _store_edges(snapshot, reading)
    Text.objects.bulk_create(_texts(snapshot, reading))
    StatedLicense.objects.bulk_create(_statements(snapshot, reading))
    return snapshot


def complete(snapshot: Snapshot, reading: Reading) -> None:
    """Add what the snapshot does not hold yet: some can be read only with access that came later."""
    held = set(snapshot.texts.values_list("path", flat=True))
    Text.objects.bulk_create(text for text in _texts(snapshot, reading) if text.path not in held)
    _complete_statements(snapshot, reading)
    if snapshot.custom_code is None and reading.custom_code is not None:
        Snapshot.objects.filter(pk=snapshot.pk).update(custom_code=reading.custom_code)
        snapshot.custom_code = reading.custom_code
    if snapshot.problems != list(reading.problems):
        Snapshot.objects.filter(pk=snapshot.pk).update(problems=list(reading.problems))


def _complete_statements(snapshot: Snapshot, reading: Reading) -> None:
    """License files only: what a card states is read with the first look or never."""
    known = {one.value: one for one in snapshot.stated_licenses.filter(kind=StatementKind.LICENSE_FILE)}
    for stated in _statements(snapshot, reading):
        if stated.kind == StatementKind.LICENSE_FILE:
            held = known.get(stated.value, stated)
            held.sha256 = held.sha256 or stated.sha256
            held.save()


def _total_size(files: Iterable[RepositoryFile]) -> int | None:
    """Bytes; None where the size of one file is not known."""
    sizes = [_size(file) for file in files]
    total = sum(size for size in sizes if size is not None)
    return None if not sizes or None in sizes or total > MAX_BYTES else total


def _size(file: RepositoryFile) -> int | None:
    return file.size if file.size is not None and 0 <= file.size <= MAX_BYTES else None


def _file(snapshot: Snapshot, file: RepositoryFile) -> File:
    return File(
        snapshot=snapshot,
        path=file.path[:MAX_PATH],
        size=_size(file),
        sha256=file.sha256[:64],
        oid=file.oid[:64],
        format=file_format(file.path),
    )


def _texts(snapshot: Snapshot, reading: Reading) -> list[Text]:
    """Texts that were read, and those that were not read again because their blob id was known."""
    read = [
        Text(
            snapshot=snapshot,
            path=text.path[:MAX_PATH],
            sha256=text.sha256,
            oid=text.oid,
            identity=text_identity(text.text),
            text=text.text,
        )
        for text in reading.texts
    ]
    for text in read:
        recognize_again(text)
    paths = {text.path for text in read}
    return read + [
        _copy(text, snapshot) for text in _unread(snapshot.model, reading) if text.path not in paths
    ]


def _unread(model: Model, reading: Reading) -> list[Text]:
    """A text that we hold for each file of the reading that has its path and its blob id.

    A blob id is a digest of the content: the text that an earlier owner of the name had under it is the same.
    """
    blobs = {(file.path, file.oid) for file in reading.files if file.oid}
    same_hub = Q(snapshot__model__source=model.source, snapshot__model__endpoint=model.endpoint)
    same_name = Q(snapshot__model__repo_id__iexact=model.repo_id) | Q(snapshot__model=model)
    held = Text.objects.filter(same_hub & same_name).exclude(oid="").order_by("id")
    wanted = {path: pk for pk, path, oid in held.values_list("pk", "path", "oid") if (path, oid) in blobs}
    return list(Text.objects.filter(pk__in=wanted.values()).order_by("path"))


def _copy(text: Text, snapshot: Snapshot) -> Text:
    fields = {
        name: getattr(text, name)
        for name in ("path", "sha256", "oid", "identity", "text", "recognition", "recognized_by")
    }
    return Text(snapshot=snapshot, **fields)


def _statements(snapshot: Snapshot, reading: Reading) -> list[StatedLicense]:
    """As stated; the digest of a license file that was not read again is that of the text we hold."""
    held = snapshot.texts.values_list("path", "sha256")
    digests = {(str(StatementKind.LICENSE_FILE), path): sha256 for path, sha256 in held}
    stated = {(str(one.kind), one.value[:MAX_PATH]): one.sha256 for one in reading.statements}
    return [
        StatedLicense(
            snapshot=snapshot, kind=kind, value=value, sha256=sha256 or digests.get((kind, value), "")
        )
        for (kind, value), sha256 in stated.items()
    ]


def _store_edges(snapshot: Snapshot, reading: Reading) -> None:
    stated = {(edge.repo_id[:MAX_NAME], str(edge.relation)): edge for edge in reading.ancestors}
    parents = models_named(snapshot.model.source, snapshot.model.endpoint, [name for name, _ in stated])
    Edge.objects.bulk_create(
        Edge(
            snapshot=snapshot,
            parent_repo_id=name,
            parent=parents.get(name.lower()),
            relation=relation,
            stated_in=edge.stated_in[:12],
        )
        for (name, relation), edge in stated.items()
    )


def parents_of(snapshot: Snapshot) -> list[tuple[str, str]]:
    """(repo id, relation) of each stated parent but the model itself."""
    own = {snapshot.repo_id.lower(), snapshot.model.repo_id.lower()}
    edges = snapshot.edges.order_by("id").values_list("parent_repo_id", "relation")
    return [(name, relation) for name, relation in edges if name.lower() not in own and is_repo_id(name)]
