"""Turns of phrase that sentences of findings share."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache


def listed(items: Iterable[str], joined_by: str = "and") -> str:
    """`a`, `a and b`, `a, b and c`."""
    *others, last = list(items) or [""]
    return f"{', '.join(others)} {joined_by} {last}" if others else last


def first_of(items: Iterable[str], most: int = 5) -> str:
    """The first of many, and how many more there are: `a, b and 12 more`."""
    everything = list(items)
    more = len(everything) - most
    return listed([*everything[:most], f"{more} more"] if more > 0 else everything)


def quoted(phrase: str) -> str:
    return f"“{phrase}”"


def ended(sentence: str) -> str:
    """With its full stop, and with one only: `by Stability AI Ltd.`"""
    return sentence if sentence.endswith(".") else f"{sentence}."


@lru_cache(maxsize=4096)
def place(section: str) -> str:
    """How a sentence names a place in a text: `section 2.b`, but `last paragraph` and `Use policy`."""
    return listed(_place(part) for part in section.split("; "))


def _place(section: str) -> str:
    first = section.split(" ")[0].rstrip(",")
    return section if first.isalpha() and first[1:].islower() else f"section {section}"


def begins_with(published_name: str, prefix: str) -> bool:
    """Whether the name of a model, without its owner (`org/name`), begins with the prefix.

    A repository cannot be named with spaces, so `Llama-3-Acme` and `Llama_3` begin with `Llama 3`.
    """
    name = published_name.rpartition("/")[2].strip()
    return name.translate(_SPACED).startswith(prefix.translate(_SPACED))


_SPACED = str.maketrans("-_", "  ")
