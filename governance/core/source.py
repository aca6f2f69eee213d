"""The Source contract: where model metadata is read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, ClassVar

from governance.core.contract import Plugin, abstract
from governance.core.reading import Known, Reading


class Source(Plugin, abstract=True):
    """Reads what a hub says of a model. Every failure is a `SourceError` with its state.

    A source is made with its options (endpoint, token, time limits) and keeps no other state.
    """

    network: ClassVar[bool] = True
    """Whether readings come over a network, and so may be asked for again later."""

    def __init__(self, options: Mapping[str, Any]) -> None:
        self.options = options

    @classmethod
    def check_contract(cls) -> None:
        super().check_contract()
        cls.require_method("read", "model", "revision", "known")
        cls.require_method("changes", "since")

    @abstract
    def read(self, model: str, revision: str, known: Known) -> Reading:
        """One look at `model` (`org/name`) at `revision` (branch, tag or commit)."""
        raise NotImplementedError

    @abstract
    def changes(self, since: datetime) -> Iterable[str]:
        """Ids of models that changed since then, as far as the source can tell."""
        raise NotImplementedError

    def history(self, model: str, revision: str) -> tuple[str, ...]:
        """Commit ids reachable from `revision`, newest first; empty where the source cannot tell."""
        return ()

    def has_access(self, model: str) -> bool:
        """Whether the files of a gated model may be read with the token in use."""
        return True
