"""Source plugin: models registered by hand, from what the person declares."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationError

from governance.core.reading import Known, Reading, SourceError, SourceState, Statement, StatementKind
from governance.core.sentences import shown
from governance.core.source import Source
from governance.core.values import Frozen

ONE_LINE, NAME = r"^[^\x00-\x1f\x7f]*$", r"^[A-Za-z0-9][A-Za-z0-9._+-]*$"
Line = Annotated[str, Field(max_length=200, pattern=ONE_LINE)]
_CAUSES = {
    ONE_LINE: "must be one line without control characters",
    NAME: "must be one word of plain letters, digits and . _ + -, and begin with a letter or a digit",
}


class Declaration(Frozen):
    """What is said of the model. Other words about the same version are a new version."""

    provider: Annotated[Line, Field(min_length=1)]
    version: Annotated[str, Field(max_length=64, pattern=NAME)]
    """The revision id of the snapshot."""
    license: Annotated[str, Field(max_length=100, pattern=NAME)]
    """Key of a license that the catalog has."""
    license_name: Line = ""
    license_link: Line = ""
    modalities: tuple[Literal["text", "image", "audio", "video"], ...] = ()
    gated: Literal["", "auto", "manual"] = ""
    custom_code: bool | None = None


class Manual(Source):
    """Models registered by hand: a provider's closed model behind an API, or an internal one.

    Option: `declaration` with `provider`, `version`, `license` (key) and, where known, `license_name`,
    `license_link`, `modalities`, `gated`, `custom_code`. Nothing is asked over a network.
    """

    key = "manual"
    network = False

    def read(self, model: str, revision: str, known: Known) -> Reading:
        """The declaration as a snapshot whose revision is the declared version."""
        declared = declaration_of(self.options.get("declaration"))
        if revision not in ("", "main", declared.version):
            raise SourceError(
                SourceState.REVISION_NOT_FOUND,
                f"{shown(model)} is declared with version {declared.version}, not {shown(revision)}.",
            )
        return Reading(
            source=self.key,
            endpoint="",
            asked_id=model,
            repo_id=model,
            hub_id=model,
            ref=revision or "main",
            revision=declared.version,
            gated=declared.gated,
            unchanged=declared.version == known.revision,
            statements=_statements(declared),
            modalities=declared.modalities,
            custom_code=declared.custom_code,
            raw=declared.model_dump(mode="json"),
        )

    def changes(self, since: datetime) -> Iterable[str]:
        """None: what is declared changes only when somebody declares it anew."""
        return ()


def declaration_of(value: Any) -> Declaration:
    """Refused with the field and the cause."""
    try:
        return Declaration.model_validate(value)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        field = ".".join(("declaration", *(str(part) for part in first["loc"])))
        cause = _CAUSES.get(first.get("ctx", {}).get("pattern", ""), first["msg"])
        raise SourceError(SourceState.INVALID, f"{shown(field)[1:-1]}: {cause}.") from None


def _statements(declared: Declaration) -> tuple[Statement, ...]:
    stated = (
        (StatementKind.MANUAL, declared.license),
        (StatementKind.LICENSE_NAME, declared.license_name),
        (StatementKind.LICENSE_LINK, declared.license_link),
    )
    return tuple(Statement(kind, value) for kind, value in stated if value)
