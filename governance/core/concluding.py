"""Which license a model is under, concluded from all that it states, with the reason.

A recognized text governs over names, a specific name over the tag, and what is not recognized concludes
nothing: the license stays unknown. A text that is near a license concludes nothing, and lets no name do so.
Statements that speak against the conclusion are kept as disagreements.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from governance.core.card_prose import mentioned
from governance.core.joined import parts
from governance.core.reading import Statement, StatementKind
from governance.core.recognizing import (
    NO_NAME,
    Alike,
    Catalog,
    Said,
    Text,
    from_files,
    from_statements,
    governing,
    governs_weights,
    plain,
)
from governance.core.stated_expressions import Expressed, explaining, expressed, settled
from governance.core.words import listed


@dataclass(frozen=True, slots=True)
class Conclusion:
    """`license` is a key of the catalog, or several that govern together (`joined`), empty when none could
    be concluded; `reason` is a sentence."""

    license: str
    reason: str
    disagreements: tuple[str, ...] = ()


def conclude(
    *, repo_id: str, statements: Sequence[Statement], texts: Iterable[Text], catalog: Catalog, card: str = ""
) -> Conclusion:
    """The license of one revision of `repo_id`; the same input gives the same answer.

    `card` is the text of its card: what its prose mentions is a hint where nothing else concludes.
    """
    files = dict(governing(texts))
    plainly = from_statements(statements, repo_id, catalog)
    said = settled([*from_files(files, catalog), *(expressed(one, repo_id, catalog) for one in plainly)])
    near = [one for one in said if isinstance(one, Alike)]
    strange = tuple(
        dict.fromkeys([one.told for one in near] + [_strange(one) for one in statements if _odd(one)])
    )
    for kind in _PRECEDENCE:
        pointing = [one for one in said if one.kind is kind]
        keys = sorted({key for one in pointing for key in one.meant})
        if len(keys) > 1 and (explained := explaining(keys, said)):
            pointing, keys = [explained], sorted(explained.meant)
        if len(keys) == 1:
            against = (*_against(keys[0], pointing[0], said), *strange)
            reason = _reason(keys[0], pointing[0], files, statements, catalog)
            return Conclusion(keys[0], f"{reason}{_over(kind, said)}.", against)
        if len(keys) > 1 or (kind is StatementKind.MANUAL and pointing):
            return Conclusion("", _undecided(pointing, catalog), (*_conflict(pointing), *strange))
        if kind is StatementKind.LICENSE_FILE and near:
            return Conclusion("", _only_near(near), (*_held_off(near, said), *strange))
    return Conclusion("", _nothing(said, repo_id) + _hint(card, catalog), strange)


_PRECEDENCE = (
    StatementKind.MANUAL,
    StatementKind.LICENSE_FILE,
    StatementKind.LICENSE_NAME,
    StatementKind.TAG,
    StatementKind.LICENSE_LINK,
    StatementKind.GGUF,
)
_NAMES = (StatementKind.TAG, StatementKind.LICENSE_NAME, StatementKind.GGUF, StatementKind.MANUAL)


def _against(key: str, ground: Said, said: Sequence[Said]) -> Iterator[str]:
    """Each statement that names another license than the one concluded, in a sentence with both sides."""
    offered = ground.keys if isinstance(ground, Expressed) else ()
    for other in dict.fromkeys(said):
        names = listed(sorted(other.keys), "or") if other.keys else "another license, not known here"
        if not _names(other, (key, *offered)) and (other.keys or _contradicts(other, ground)):
            yield f"{_capital(ground.words)} is {key}, but {other.words} is {names}."


def _names(other: Said, keys: Iterable[str]) -> bool:
    """Whether a statement names one of the licenses, or some of those that govern together in it."""
    return any(set(parts(one)) <= set(parts(key)) for one in other.keys for key in keys)


def _contradicts(other: Said, ground: Said) -> bool:
    """Hub ids are exact, so an unknown one is another license; a free name is only where a tag decides."""
    if plain(other.value) in NO_NAME:
        return False
    return other.kind is StatementKind.TAG or (
        other.kind is StatementKind.LICENSE_NAME and ground.kind is StatementKind.TAG
    )


def _conflict(pointing: Sequence[Said]) -> Iterator[str]:
    """Statements of one kind that name different licenses."""
    named = {one.words: one.meant for one in pointing if one.meant}
    if len(set(named.values())) > 1:
        sides = (f"{words} is {listed(sorted(keys), 'or')}" for words, keys in named.items())
        yield f"{_capital(listed(sides, 'but'))}."


def _odd(statement: Statement) -> bool:
    return statement.kind in _NAMES and not statement.value.isascii()


def _strange(statement: Statement) -> str:
    said = Said(statement.kind, statement.value)
    return (
        f"{_capital(said.words)} contains letters that only look like plain ones, or are none: "
        "it is taken for no license."
    )


def _reason(
    key: str, ground: Said, files: Collection[str], statements: Sequence[Statement], catalog: Catalog
) -> str:
    if isinstance(ground, Expressed):
        return f"{_capital(ground.words)} {ground.told}{_unread(files, statements)}"
    name = catalog[key].name
    if ground.kind is StatementKind.LICENSE_FILE:
        return f"The text of {ground.value} is that of the {name}; a recognized text governs over names"
    where = " in this repository" if len(ground.keys) > len(ground.meant) else ""
    return f"{_capital(ground.words)} names the {name}{where}{_unread(files, statements)}"


_OVER = {
    StatementKind.MANUAL: "what a person gave governs over what the model states",
    StatementKind.LICENSE_NAME: "a name is more exact than a tag, a link or a field of a file",
    StatementKind.TAG: "a tag governs over a link and over a field of a file",
    StatementKind.LICENSE_LINK: "a link governs over a field of a file",
}


def _over(kind: StatementKind, said: Sequence[Said]) -> str:
    """Why a statement counts before others that name a license too."""
    below = _PRECEDENCE[_PRECEDENCE.index(kind) + 1 :]
    others = any(one.kind in below and plain(one.value) not in NO_NAME for one in said)
    return f"; {_OVER[kind]}" if others and kind in _OVER else ""


def _unread(files: Collection[str], statements: Sequence[Statement]) -> str:
    """What to say of license files that did not decide."""
    stated = [one.value for one in statements if one.kind is StatementKind.LICENSE_FILE]
    unread = [path for path in dict.fromkeys(stated) if governs_weights(path) and path not in files]
    told = [f"the text of {listed(sorted(files))} was not recognized as that license"] if files else []
    told += [f"{listed(unread)} was not read"] if unread else []
    return f"; {listed(told)}" if told else ""


def _undecided(pointing: Sequence[Said], catalog: Catalog) -> str:
    words = listed(dict.fromkeys(one.words for one in pointing))
    keys = sorted({key for one in pointing for key in one.meant})
    if not keys:
        told = _misread(pointing)
        return told or f"{_capital(words)} names no license that is known here."
    texts = listed(
        (catalog[part].name for part in dict.fromkeys(p for key in keys for p in parts(key))), "or"
    )
    return f"No license could be concluded: {words} may mean the {texts}, and nothing decides."


def _nothing(said: Sequence[Said], repo_id: str) -> str:
    shared = next((one for one in said if one.keys and not one.meant), None)
    if shared:
        texts = listed(sorted(shared.keys), "and")
        return (
            f"No license could be concluded: {shared.words} is shared by several texts ({texts} among them), "
            f"and which one {repo_id} means is not known."
        )
    if told := _misread(said):
        return f"No license could be concluded. {told}"
    named = [one.words for one in dict.fromkeys(said) if plain(one.value) not in NO_NAME]
    if named:
        return f"No license could be concluded: {listed(named)} names none that is known here."
    return "No license could be concluded: none is stated that is known here."


def _only_near(near: Sequence[Alike]) -> str:
    told = " ".join(one.told for one in near)
    return f"{told} A changed text may say anything, so that no license is concluded: somebody must read it."


def _held_off(near: Sequence[Alike], said: Sequence[Said]) -> Iterator[str]:
    """What names a license that a changed text leaves in doubt."""
    for other in dict.fromkeys(said):
        if other.meant:
            names = listed(sorted(other.meant), "or")
            yield f"{_capital(other.words)} is {names}, but {near[0].words} is another than the known one."


def _hint(card: str, catalog: Catalog) -> str:
    names = [catalog[key].name for key in mentioned(card, catalog)]
    return (
        f" The prose of its card mentions the {listed(names)}: a hint for a person, no statement."
        if names
        else ""
    )


def _misread(said: Sequence[Said]) -> str:
    """Why an expression names no license, in a sentence; empty where none was stated."""
    misread = [one for one in said if isinstance(one, Expressed) and not one.keys]
    return f"{_capital(misread[0].words)} {misread[0].told}." if misread else ""


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]
