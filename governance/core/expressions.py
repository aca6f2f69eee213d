"""SPDX license expressions: which licenses govern together, and between which a licensee may choose."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from itertools import product
from typing import NamedTuple

from license_expression import (  # type: ignore[import-untyped]
    OR,
    BaseSymbol,
    LicenseExpression,
    LicenseWithExceptionSymbol,
    Licensing,
    get_spdx_licensing,
)

MOST_CHARACTERS = 400
"""Below the length at which sources cut a statement: half an expression may read as a whole other one."""
MOST_NAMED = 16
MOST_ALTERNATIVES = 32
MOST_NESTED = 20
_OPERATOR = re.compile(r"[()]|\s(?:and|or|with)\b|\b(?:and|or|with)\s|\S\+\s*$", re.IGNORECASE)

_EXAMPLES = re.compile(r":| for token| as in | such as ")


class Named(NamedTuple):
    """One license of an expression, and the exception to it."""

    license: str
    exception: str = ""


Alternative = tuple[Named, ...]
"""All of these govern together."""


def is_expression(text: str) -> bool:
    """Whether a statement may be more than one id: it has an operator, a parenthesis or a final plus."""
    return text.isascii() and bool(_OPERATOR.search(text))


def alternatives(text: str) -> tuple[Alternative, ...]:
    """What the licensee may choose between; mostly one. Raises ValueError with the cause.

    Every id is one word, as SPDX asks: a title such as `Community License and Use Policy` is no expression.
    """
    if len(text) > MOST_CHARACTERS:
        raise ValueError(f"has {len(text):,} characters; an expression of at most {MOST_CHARACTERS} is read")
    if text.count("(") > MOST_NESTED:
        raise ValueError(f"has {text.count('(')} parentheses; at most {MOST_NESTED} are read")
    return _shortest(_spread(_parsed(text)))


def is_exception(name: str) -> bool:
    """Whether SPDX, or the larger list that the library knows, has an exception of that id."""
    return name.lower() in _exceptions()


@lru_cache(maxsize=1)
def _exceptions() -> frozenset[str]:
    symbols = get_spdx_licensing().known_symbols
    return frozenset(key.lower() for key, symbol in symbols.items() if symbol.is_exception)


def _parsed(text: str) -> LicenseExpression:
    """Ids stay as they were written: the aliases that the library knows are not ours."""
    try:
        tree = Licensing().parse(text)
    except Exception as fault:  # some texts break the assertions of the parser instead of its grammar
        cause = _EXAMPLES.split(str(fault))[0][:120]
        raise ValueError(f"is no SPDX expression: {cause}") from fault
    if tree is None:
        raise ValueError("is no SPDX expression: it is empty")
    names = {name for symbol in tree.symbols for name in _named(symbol)} - {""}
    if len(names) > MOST_NAMED:
        raise ValueError(f"joins {len(names)} licenses; at most {MOST_NAMED} are read")
    if title := next((name for name in sorted(names) if re.search(r"\s", name)), ""):
        raise ValueError(f"is no SPDX expression: {title!r} is a title and no id")
    return tree


def _spread(tree: LicenseExpression) -> list[Alternative]:
    """The alternatives of a tree: every choice within it, made in every way."""
    if isinstance(tree, BaseSymbol):
        return [(_named(tree),)]
    spread = [_spread(part) for part in tree.args]
    if isinstance(tree, OR):
        return _few(one for part in spread for one in part)
    return _few(tuple(name for one in chosen for name in one) for chosen in product(*spread))


def _named(symbol: BaseSymbol) -> Named:
    if isinstance(symbol, LicenseWithExceptionSymbol):
        return Named(symbol.license_symbol.key, symbol.exception_symbol.key)
    return Named(symbol.key)


def _few(spread: Iterable[Alternative]) -> list[Alternative]:
    """What is named twice governs once."""
    found: dict[Alternative, None] = {}
    for one in spread:
        found[tuple(sorted(set(one)))] = None
        if len(found) > MOST_ALTERNATIVES:
            raise ValueError(f"leaves more than {MOST_ALTERNATIVES} choices")
    return list(found)


def _shortest(found: list[Alternative]) -> tuple[Alternative, ...]:
    """Without those that only add licenses to another one."""
    return tuple(one for one in found if not any(set(other) < set(one) for other in found))
