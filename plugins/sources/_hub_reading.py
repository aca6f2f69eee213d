"""One snapshot of a model within a budget of requests."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from governance.core.cards import parse_card
from governance.core.reading import (
    Known,
    Reading,
    RepositoryFile,
    SourceError,
    SourceState,
    Statement,
    StatementKind,
    TextFile,
)
from governance.core.sentences import shown
from plugins.sources._hub_info import ModelInfo, files_of
from plugins.sources._hub_statements import ancestors, modalities, statements
from plugins.sources._hub_texts import (
    CARD,
    CONFIG,
    config_of,
    is_license,
    license_paths,
    names_code,
    text_file,
)
from plugins.sources._hub_wire import HubWire

BUDGET = 3
"""Requests of one snapshot. A redirect is one more, so the last text may go beyond."""

MAX_TEXT = 2 * 1024 * 1024
MAX_PROBLEMS = 50
Files = tuple[RepositoryFile, ...]
TREE = (("recursive", "true"), ("expand", "false"))


class SnapshotReader:
    """Puts a Reading together from the answer for the model, which has been asked for already."""

    def __init__(self, wire: HubWire, info: ModelInfo, *, asked_id: str, ref: str) -> None:
        self.wire = wire
        self.info = info
        self.asked_id = asked_id
        self.ref = ref
        self.problems: list[str] = list(info.problems)
        self.texts: dict[str, TextFile] = {}
        self.complete = True
        self.access: bool | None = None
        # A renamed model was asked for twice; that is not the new name's fault.
        self.budget = BUDGET + wire.requests - 1

    def unchanged(self) -> Reading:
        return self._reading(unchanged=True)

    def snapshot(self, known: Known) -> Reading:
        files = self._files()
        held = {file.path for file in files if file.oid and known.text_oids.get(file.path) == file.oid}
        self._read_texts(files, held)
        card = self._card()
        return self._reading(
            files=files,
            texts=tuple(self.texts.values()),
            statements=statements(self.info, card, self.problems) + self._license_files(files, held, known),
            ancestors=ancestors(self.info, card, self.problems),
            modalities=modalities(self.info, card),
            custom_code=self._custom_code(files),
            raw=self.info.raw(),
        )

    def _reading(self, **fields: Any) -> Reading:
        info = self.info
        return Reading(
            source="huggingface",
            endpoint=self.wire.endpoint,
            asked_id=self.asked_id,
            repo_id=info.repo_id,
            hub_id=info.hub_id,
            ref=self.ref,
            revision=info.revision,
            gated=info.gated,
            private=info.flag("private"),
            disabled=info.flag("disabled"),
            last_modified=info.last_modified,
            access=self.access,
            requests=self.wire.requests,
            allowances=self.wire.allowances,
            problems=tuple(dict.fromkeys(self.problems))[:MAX_PROBLEMS],
            **fields,
        )

    def _files(self) -> Files:
        """From the answer; from one page of `tree` where the answer does not list them with sizes."""
        files = self.info.files
        if files is None or (files and all(file.size is None for file in files)):  # some proxies
            files = self._tree() or files
        if files is None:
            self.complete = False
            self.problems.append("The hub does not list the files of the model.")
        return files or ()

    def _tree(self) -> Files | None:
        """None where the hub does not answer this question, as some proxies."""
        path = f"/api/models/{self.info.repo_id}/tree/{self.info.revision}"
        try:
            items, more = next(self.wire.pages(path, TREE, most=1))
        except SourceError as error:
            if error.transient or error.state is SourceState.INVALID:
                raise
            self.problems.append("The hub does not say how large the files are.")
            return None
        if more:
            self.complete = False
            self.problems.append("The list of files is incomplete: the hub gives more pages than are read.")
        files = [item for item in items if not _is_folder(item)] if isinstance(items, list) else items
        return files_of(files, "path", "oid", "oid")

    def _read_texts(self, files: Files, held: set[str]) -> None:
        """In order of worth, until the budget is spent. A license that was not read is said."""
        by_path = {file.path: file for file in files}
        for path in self._wanted(files, held):
            if path not in by_path or path in self.texts:
                continue
            if self.wire.requests < self.budget:
                self._read_text(by_path[path])
            elif path != CONFIG:
                self.problems.append(
                    f"{shown(path)} was not read: a snapshot costs at most {BUDGET} requests."
                )

    def _wanted(self, files: Files, held: set[str]) -> list[str]:
        """A card and a configuration are read anew even when held: what follows from them is not held."""
        card = [CARD] if self.info.card is None else []
        needed = [CONFIG] if self.info.config is None else []
        first, *others = [path for path in license_paths(files) if path not in held] or [""]
        return [*card, first, *needed, *others, CONFIG]

    def _read_text(self, file: RepositoryFile) -> None:
        if file.size is not None and file.size > MAX_TEXT:
            self.problems.append(
                f"{shown(file.path)} has {file.size:,} bytes; at most {MAX_TEXT:,} are read."
            )
            return
        path = f"/{self.info.repo_id}/resolve/{self.info.revision}/{quote(file.path)}"
        try:
            data = self.wire.file(path, MAX_TEXT)
        except SourceError as error:
            if error.transient:
                raise
            self.access = False if error.state is SourceState.GATED else self.access
            if file.path != CONFIG or self.info.config is None:
                self.problems.append(f"{shown(file.path)} could not be read. {error}")
        else:
            self.texts[file.path] = text_file(file.path, data, file.oid)
            if self.info.gated and file.path != CARD:  # cards stay readable behind a gate
                self.access = True

    def _card(self) -> Mapping[str, Any]:
        """The hub's reading of the card, else our own."""
        if self.info.card is not None:
            return self.info.card
        if CARD not in self.texts:
            return {}
        card = parse_card(self.texts[CARD].text)
        self.problems += card.problems
        return card.data

    def _license_files(self, files: Files, held: set[str], known: Known) -> tuple[Statement, ...]:
        """Every LICENSE file, read or not; the digest is empty for one whose text nobody has."""
        digests = {path: known.text_sha256.get(path, "") for path in held}
        digests |= {path: text.sha256 for path, text in self.texts.items()}
        paths = [path for path in license_paths(files) if is_license(path)]
        return tuple(Statement(StatementKind.LICENSE_FILE, path, digests.get(path, "")) for path in paths)

    def _custom_code(self, files: Files) -> bool | None:
        read = config_of(self.texts[CONFIG].text) if CONFIG in self.texts else None
        if names_code(self.info.config) or names_code(read) or "custom_code" in self.info.tags:
            return True
        if read is None and CONFIG in self.texts:
            self.problems.append("config.json is not JSON that can be read.")
            return None
        if read is not None or self.info.config is not None:
            return False
        return None if not self.complete or any(_may_name_code(file.path) for file in files) else False


def _may_name_code(path: str) -> bool:
    return path == CONFIG or path.endswith(".py")


def _is_folder(item: Any) -> bool:
    return isinstance(item, dict) and item.get("type") == "directory"
