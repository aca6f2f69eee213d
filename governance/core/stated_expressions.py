"""What a statement says that is an SPDX expression: what governs together, and what was chosen and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from governance.core.choosing import burden
from governance.core.expressions import Alternative, Named, alternatives, is_exception, is_expression
from governance.core.joined import joined, parts
from governance.core.reading import Statement, StatementKind
from governance.core.recognizing import Catalog, Said, from_statements
from governance.core.words import listed

MOST_TOGETHER = 5


@dataclass(frozen=True, slots=True)
class Expressed(Said):
    """`keys` holds each alternative (joined where several govern), `meant` the one that is judged by.

    `told` ends a sentence that the statement begins: how it was understood, or why it was not.
    """

    told: str = ""


def expressed(said: Said, repo_id: str, catalog: Catalog) -> Said:
    """The statement read as an expression, where it names no license as it stands and may be one."""
    if said.keys or said.kind is StatementKind.LICENSE_LINK or not is_expression(said.value):
        return said
    try:
        named = alternatives(said.value)
        found = {_license(one, said.kind, repo_id, catalog): one for one in named}
    except ValueError as fault:
        return Expressed(said.kind, said.value, told=str(fault))
    chosen = min(found, key=lambda license: (burden(catalog[key] for key in parts(license)), license))
    told = _told(found, chosen, catalog)
    return Expressed(said.kind, said.value, frozenset(found), frozenset([chosen]), told)


def settled(said: Sequence[Said]) -> list[Said]:
    """Where another statement plainly names one alternative of a choice, and only one, that is meant."""
    plainly = [one for one in said if not isinstance(one, Expressed)]
    return [_settled(one, plainly) if isinstance(one, Expressed) else one for one in said]


def explaining(keys: Sequence[str], said: Sequence[Said]) -> Expressed | None:
    """The expression that says how exactly these licenses, each with a text of its own, belong together."""
    stated = (one for one in said if isinstance(one, Expressed) and one.meant)
    return next((one for one in stated if {p for key in one.keys for p in parts(key)} == set(keys)), None)


def _settled(one: Expressed, plainly: Sequence[Said]) -> Expressed:
    naming = {key: other for other in reversed(plainly) for key in other.meant & one.keys}
    if len(one.keys) < 2 or len(naming) != 1:
        return one
    ((key, other),) = naming.items()
    return replace(one, meant=frozenset([key]), told=f"leaves a choice of which {other.words} takes {key}")


def _license(one: Alternative, kind: StatementKind, repo_id: str, catalog: Catalog) -> str:
    """What one alternative is under. Raises ValueError where a part of it is not known: all of it counts."""
    keys = {_key(named, kind, repo_id, catalog) for named in one}
    if len(keys) > MOST_TOGETHER:
        raise ValueError(f"joins {len(keys)} licenses; at most {MOST_TOGETHER} are judged together")
    return joined(keys)


def _key(named: Named, kind: StatementKind, repo_id: str, catalog: Catalog) -> str:
    if named.exception and not is_exception(named.exception):
        raise ValueError(f"holds the exception {named.exception!r}, which is not known here")
    kinds = (
        dict.fromkeys((kind, StatementKind.GGUF)) if kind is StatementKind.MANUAL else (StatementKind.GGUF,)
    )
    names = dict.fromkeys((named.license, named.license.removesuffix("+")))
    for said in from_statements([Statement(by, name) for name in names for by in kinds], repo_id, catalog):
        if len(said.meant) == 1:
            return next(iter(said.meant))
        if said.keys:
            raise ValueError(f"holds {said.value!r}, which may mean {listed(sorted(said.keys), 'or')}")
    raise ValueError(f"holds {named.license!r}, which names no license that is known here")


def _told(found: dict[str, Alternative], chosen: str, catalog: Catalog) -> str:
    words = _spoken(chosen, catalog)
    if len(found) == 1:
        told = f"names the {words}"
    else:
        others = (_spoken(one, catalog) for one in sorted(found))
        told = (
            f"leaves the choice between the {listed(others, 'or')}; it is judged by the {words}, "
            "which asks least, until a person chooses"
        )
    if len(parts(chosen)) > 1:
        told += f", and {'both govern' if len(parts(chosen)) == 2 else 'all of them govern'}"
    return told + _besides(found[chosen])


def _spoken(license: str, catalog: Catalog) -> str:
    """A license by its name; several as one."""
    return " and the ".join(catalog[key].name for key in parts(license))


def _besides(chosen: Alternative) -> str:
    """What the statement says that no terms hold."""
    told = [
        f"; what the exception {one.exception} allows besides is not counted"
        for one in chosen
        if one.exception
    ]
    later = [one.license for one in chosen if one.license.endswith("+")]
    told += [f"; {name} allows any later version as well" for name in later]
    return "".join(told)
