"""What a deployment, or a product with all of its own, must show, copy, name and pass on: ready to paste."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from governance.core.duties import demand
from governance.core.duty_items import DutyItem, Shown, Standing
from governance.core.governing import Governing
from governance.core.plain_terms import copyleft
from governance.core.terms import DutyKind

GROUPS = {
    "show": "To be shown",
    "copy": "To be copied",
    "name": "To be named",
    "pass_on": "To be passed on",
    "do": "To be done besides",
}
_GROUP = {
    DutyKind.DISPLAY: "show",
    DutyKind.ATTRIBUTION: "show",
    DutyKind.NOTICE_FILE: "copy",
    DutyKind.LICENSE_COPY: "copy",
    DutyKind.NAME_PREFIX: "name",
    DutyKind.PASS_THROUGH: "pass_on",
    DutyKind.USE_POLICY: "pass_on",
    DutyKind.STATE_CHANGES: "pass_on",
}
_WORST = (Standing.MISSING, Standing.EXPIRED, Standing.SHOWN)


@dataclass(frozen=True)
class Asked:
    """What the licenses ask of one deployment."""

    deployment: str
    governing: tuple[Governing, ...]
    duties: tuple[tuple[DutyItem, Shown], ...]
    gaps: tuple[str, ...] = ()
    """Licenses that are not known, each as `org/name: reason`."""


@dataclass(frozen=True)
class Line:
    """One thing to do, for all deployments that it is asked of.

    `doubt`: facts that would tell whether it arises. `standing`: None for what is kept to and never shown.
    """

    key: str
    group: str
    demand: str
    phrase: str
    alternatives: tuple[str, ...]
    places: tuple[str, ...]
    url: str
    license: str
    section: str
    asked_by: tuple[str, ...]
    standing: Standing | None
    low: bool
    doubt: tuple[str, ...]
    deployments: tuple[str, ...]


@dataclass(frozen=True)
class Report:
    lines: tuple[Line, ...]
    notice: str
    gaps: tuple[str, ...]

    def of(self, group: str) -> tuple[Line, ...]:
        return tuple(line for line in self.lines if line.group == group)

    @property
    def open(self) -> tuple[Line, ...]:
        return tuple(line for line in self.lines if line.standing in (Standing.MISSING, Standing.EXPIRED))


def report(title: str, asked: Sequence[Asked]) -> Report:
    """The same demand on several deployments is one line, as far as the one that stands worst."""
    found: dict[str, Line] = {}
    for one in asked:
        for line in _lines(one):
            held = found.get(line.key)
            found[line.key] = _joined(held, line) if held else line
    gaps = tuple(dict.fromkeys(gap for one in asked for gap in one.gaps))
    return Report(tuple(found.values()), notice(title, asked), gaps)


def _lines(asked: Asked) -> Iterator[Line]:
    for item, seen in asked.duties:
        if item.applies is not False and not item.duty.optional:
            yield _line(item, seen, asked.deployment)
    for governing in asked.governing:
        if governing.terms.copyleft:
            yield _copyleft(governing, asked.deployment)


def _line(item: DutyItem, seen: Shown, deployment: str) -> Line:
    governing, duty = item.sources[0]
    return Line(
        key=item.key,
        group=_GROUP.get(duty.kind, "do"),
        demand=demand(duty),
        phrase=duty.phrase,
        alternatives=duty.alternatives,
        places=duty.places,
        url=duty.url,
        license=governing.terms.key,
        section=duty.section,
        asked_by=tuple(one.clause(asked.section) for one, asked in item.sources),
        standing=seen.standing,
        low=item.low,
        doubt=item.not_known,
        deployments=(deployment,),
    )


def _copyleft(governing: Governing, deployment: str) -> Line:
    terms = governing.terms
    assert terms.copyleft is not None  # noqa: S101  asked for by the caller
    return Line(
        key=f"copyleft:{terms.key}",
        group="pass_on",
        demand=copyleft(terms.copyleft).rstrip("."),
        phrase="",
        alternatives=(),
        places=(),
        url="",
        license=terms.key,
        section=terms.copyleft.section,
        asked_by=(governing.clause(terms.copyleft.section),),
        standing=None,
        low=False,
        doubt=(),
        deployments=(deployment,),
    )


def _joined(held: Line, line: Line) -> Line:
    return replace(
        held,
        standing=min(filter(None, (held.standing, line.standing)), key=_WORST.index, default=None),
        asked_by=tuple(dict.fromkeys([*held.asked_by, *line.asked_by])),
        doubt=held.doubt if held.doubt and line.doubt else (),
        deployments=tuple(dict.fromkeys([*held.deployments, *line.deployments])),
    )


def notice(title: str, asked: Iterable[Asked]) -> str:
    """The content of a NOTICE file: each model with its license, and the phrases that must stand with it."""
    parts: dict[tuple[str, str], list[str]] = {}
    for one in asked:
        for governing in one.governing:
            head = [f"{governing.terms.name}{_at(governing)}"]
            parts.setdefault((governing.license.repo_id, governing.terms.key), head)
        for item, _ in one.duties:
            _phrased(item, parts)
    blocks = ["\n".join([repo_id, *dict.fromkeys(lines)]) for (repo_id, _), lines in parts.items()]
    return "\n\n".join([title, *blocks]) + "\n"


def _at(governing: Governing) -> str:
    return f", {governing.terms.published_at}" if governing.terms.published_at else ""


def _phrased(item: DutyItem, parts: dict[tuple[str, str], list[str]]) -> None:
    """The phrase stands under every model whose license asks for it."""
    duty = item.duty
    if not duty.phrase or duty.kind is DutyKind.NAME_PREFIX or item.applies is False or duty.optional:
        return
    for governing, _ in item.sources:
        parts[governing.license.repo_id, governing.terms.key].append(duty.phrase)
