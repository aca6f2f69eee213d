"""Source plugin: models of the Hugging Face Hub, or of a hub that speaks like it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from governance.core.reading import Known, Reading, SourceError, SourceState
from governance.core.sentences import shown
from governance.core.source import Source
from plugins.sources._hub_info import COMMIT, ModelInfo, date_of, invalid, is_model_id
from plugins.sources._hub_options import HubOptions
from plugins.sources._hub_reading import SnapshotReader
from plugins.sources._hub_wire import HubWire

INFO = (("blobs", "true"), ("securityStatus", "true"))
MAX_HISTORY_PAGES = 20
MAX_CHANGES_PAGES = 10
MAX_REVISION = 255


class HuggingFace(Source):
    """Models of the Hugging Face Hub, or of any hub that answers like it.

    Options: `endpoint` (address), `token` (empty: anonymous), `timeout` (seconds of silence allowed, 10),
    `total_seconds` (one request from start to end, 30), `authors` (whose changes are watched; none: all).

    A snapshot costs one request for what the Hub says, and up to two for texts that are not held yet; one
    when the revision is known. Weights are never read. Nothing is asked twice here, and nothing waits: what
    to do about a hub that asks for patience is the caller's matter.
    """

    key = "huggingface"

    def __init__(self, options: Mapping[str, Any]) -> None:
        super().__init__(options)
        self.settings = HubOptions.of(options)

    def read(self, model: str, revision: str, known: Known) -> Reading:
        wire = self._wire()
        asked = revision.strip() or "main"
        info = ModelInfo(wire.json(_api(model, "revision", asked), INFO), asked)
        reader = SnapshotReader(wire, info, asked_id=model, ref=asked)
        return reader.unchanged() if info.revision == known.revision else reader.snapshot(known)

    def changes(self, since: datetime) -> Iterable[str]:
        """Ids that changed since then, newest first. A hint where to look: odd items are left out."""
        start = since if since.tzinfo else since.replace(tzinfo=UTC)
        seen: set[str] = set()
        for author in self.settings.authors or ("",):
            for model in self._changes_of(author, start):
                if model not in seen:
                    seen.add(model)
                    yield model

    def history(self, model: str, revision: str) -> tuple[str, ...]:
        """Commit ids, newest first; empty when there are more pages than are read."""
        pages = list(self._wire().pages(_api(model, "commits", revision), (), MAX_HISTORY_PAGES))
        _, cut_off = pages[-1]
        return () if cut_off else tuple(commit for page, _ in pages for commit in _commits(page))

    def has_access(self, model: str) -> bool:
        try:
            self._wire().ask(_api(model, "auth-check"))
        except SourceError as error:
            if error.state is SourceState.GATED:
                return False
            raise
        return True

    def _wire(self) -> HubWire:
        options = self.settings
        return HubWire(options.endpoint, options.token, timeout=options.timeout, total=options.total_seconds)

    def _changes_of(self, author: str, since: datetime) -> Iterator[str]:
        query = [("sort", "lastModified"), ("direction", "-1"), ("limit", "500"), ("expand", "lastModified")]
        query += [("author", author)] if author else []
        for page, _ in self._wire().pages("/api/models", query, MAX_CHANGES_PAGES):
            for item in page if isinstance(page, list) else []:
                changed = date_of(item.get("lastModified")) if isinstance(item, dict) else None
                if changed and changed < since:
                    return
                if isinstance(item, dict) and is_model_id(item.get("id")):
                    yield item["id"]


def _api(model: str, what: str, revision: str = "") -> str:
    """Path of a question about a model; the model's name and the revision come from outside."""
    if not is_model_id(model):
        raise invalid(f"{shown(model)} is no model id: it must look like organization/name.")
    if len(revision) > MAX_REVISION or not revision.isprintable():
        raise invalid(f"{shown(revision)} is no revision: it must be a branch, a tag or a commit id.")
    return f"/api/models/{model}/{what}" + (f"/{quote(revision, safe='')}" if revision else "")


def _commits(page: Any) -> list[str]:
    if not isinstance(page, list):
        raise invalid("The hub's list of commits is no list.")
    ids = [str(item.get("id")) if isinstance(item, dict) else "" for item in page]
    if not all(COMMIT.fullmatch(commit) for commit in ids):
        raise invalid("The hub's list of commits holds something that is no commit.")
    return ids
