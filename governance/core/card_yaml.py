"""YAML of strangers to JSON values: no expansion, no objects, no silent choice between duplicate names.

Imported only by the card child; the one module of core that loads PyYAML.
"""

from __future__ import annotations

import math
from collections.abc import Container, Iterable
from typing import Any

import yaml

from governance.core.sentences import shown

MAX_BLOCK = 512 * 1024
"""Characters of the metadata block."""

MAX_EVENTS = 100_000
MAX_ALIASES = 16
MAX_DEPTH = 24
MAX_EXPANDED = 2 * 1024 * 1024
"""Characters of all keys and scalars after aliases were expanded, one more for each value."""
MAX_NUMBER = 24
"""Characters of a number; a longer one is kept as text."""

YAML_TAG = "tag:yaml.org,2002:"


class CardError(ValueError):
    """The card cannot be read; the text is the sentence to show."""


class CardLoader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """Refuses what a card never needs; names and dates stay the text that was written."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[str, Any]:
        mapping: dict[str, Any] = {}
        for key, value in node.value:
            mapping[_checked_name(key, mapping)] = self.construct_object(value, deep=deep)
        return mapping

    def construct_number(self, node: yaml.ScalarNode) -> Any:
        """A number is only a number when JSON can carry it: `.inf` and a thousand digits stay text."""
        if len(node.value) > MAX_NUMBER:
            return node.value
        if node.tag == YAML_TAG + "int":
            return self.construct_yaml_int(node)
        number = self.construct_yaml_float(node)
        return number if math.isfinite(number) else node.value


CardLoader.add_constructor(YAML_TAG + "timestamp", lambda _, node: node.value)
CardLoader.add_constructor(YAML_TAG + "int", CardLoader.construct_number)
CardLoader.add_constructor(YAML_TAG + "float", CardLoader.construct_number)


def card_data(text: str) -> dict[str, Any]:
    """JSON values of a card's metadata, empty where it has none. Raises CardError with a sentence."""
    block = _metadata_block(text)
    if len(block) > MAX_BLOCK:
        raise CardError(f"The card's metadata has {len(block):,} characters; at most {MAX_BLOCK:,} are read.")
    data = _load(block) if block.strip() else {}
    if not isinstance(data, dict | None):
        raise CardError("The card's metadata does not consist of names with values.")
    return data or {}


def _metadata_block(text: str) -> str:
    """The YAML between the two `---` lines that a card begins with; empty where there is none."""
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").lstrip().split("\n")
    if lines[0] != "---":
        return ""
    for number, line in enumerate(lines[1:], start=1):
        if line == "---":
            return "\n".join(lines[1:number])
    raise CardError("The metadata block of the card does not end.")


def _load(block: str) -> Any:
    try:
        _check_events(yaml.parse(block, Loader=CardLoader))
        return _plain(yaml.load(block, Loader=CardLoader), _Budget())  # noqa: S506
    except yaml.reader.ReaderError as error:
        character = f"U+{int(error.character):04X}"
        raise CardError(f"The card's metadata holds {character}, which YAML does not allow.") from None
    except yaml.MarkedYAMLError as error:
        cause = shown(error.problem or error.context, limit=120)[1:-1]
        raise CardError(f"The card's metadata is not YAML: {cause}{_line(error.problem_mark)}.") from None


def _line(mark: Any) -> str:
    """The block begins on the second line of the card, and marks count from zero."""
    return f" (line {mark.line + 2})" if mark else ""


def _checked_name(key: yaml.Node, taken: Container[str]) -> str:
    if not isinstance(key, yaml.ScalarNode):
        raise CardError(f"The card's metadata has a name that is no text{_line(key.start_mark)}.")
    if key.tag == YAML_TAG + "merge":
        raise CardError(f"The card's metadata uses a merge key (<<){_line(key.start_mark)}.")
    name: str = key.value
    if name in taken:
        raise CardError(f"The card states {shown(name)} more than once{_line(key.start_mark)}.")
    return name


def _check_events(events: Iterable[yaml.Event]) -> None:
    """Bound the document before anything is built from it."""
    depth = aliases = 0
    for count, event in enumerate(events):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        aliases += isinstance(event, yaml.AliasEvent)
        if count > MAX_EVENTS:
            raise CardError(f"The card's metadata has more than {MAX_EVENTS:,} parts.")
        if depth > MAX_DEPTH:
            raise CardError(f"The card's metadata is nested more than {MAX_DEPTH} levels deep.")
        if aliases > MAX_ALIASES:
            raise CardError(f"The card's metadata uses more than {MAX_ALIASES} YAML aliases.")
        tag = getattr(event, "tag", None)
        if tag not in (None, YAML_TAG + "str"):
            raise CardError(f"The card's metadata asks for the YAML type {shown(tag)}, which is not read.")


class _Budget:
    """What the expanded document may still use; aliases multiply, so it is counted on the way out."""

    def __init__(self) -> None:
        self.left = MAX_EXPANDED

    def spend(self, characters: int) -> None:
        self.left -= characters + 1
        if self.left < 0:
            raise CardError(f"The card's metadata expands to more than {MAX_EXPANDED:,} characters.")


def _plain(value: Any, budget: _Budget, depth: int = 0) -> Any:
    if depth > MAX_DEPTH:
        raise CardError("The card's metadata contains itself.")
    if isinstance(value, dict):
        return {_spent(name, budget): _plain(item, budget, depth + 1) for name, item in value.items()}
    if isinstance(value, list):
        return [_plain(item, budget, depth + 1) for item in value]
    return _spent(value, budget)


def _spent(value: Any, budget: _Budget) -> Any:
    budget.spend(len(value) if isinstance(value, str) else MAX_NUMBER)
    return value
