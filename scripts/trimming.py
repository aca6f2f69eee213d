"""Leaves of a minified style sheet only the rules that our pages can use.

A rule stays when every class that one of its selectors needs occurs as a word in the sources. Rules
without classes, font faces and key frames stay as they are.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_OPTIONAL = re.compile(r":(?:not|is|where|has)\((?:[^()]|\([^()]*\))*\)")
_CLASS = re.compile(r"\.((?:\\.|[\w-])+)")
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_WORD = re.compile(r"[A-Za-z][\w-]*")
GROUPS = ("@media", "@supports", "@layer", "@container")


def words(text: str) -> set[str]:
    """All that may be the name of a class."""
    return set(_WORD.findall(text))


def trimmed(css: str, used: set[str]) -> str:
    return "".join(_kept(_COMMENT.sub("", css), used))


def _kept(css: str, used: set[str]) -> Iterator[str]:
    for head, body in _blocks(css):
        if head.startswith(GROUPS):
            inner = "".join(_kept(body, used))
            if inner:
                yield f"{head}{{{inner}}}"
        elif body is None or head.startswith("@"):
            yield head if body is None else f"{head}{{{body}}}"
        elif selectors := [one for one in _split(head) if _needed(one) <= used]:
            yield f"{','.join(selectors)}{{{body}}}"


def _blocks(css: str) -> Iterator[tuple[str, str | None]]:
    """(head, body) of each rule on this level; statements such as @charset have no body."""
    start = depth = opened = 0
    for mark in re.finditer(r'"(?:\\.|[^"\\])*"|[{};]', css):
        sign = mark.group()
        if sign == "{":
            opened = mark.start() if depth == 0 else opened
            depth += 1
        elif sign == "}":
            depth -= 1
            if depth == 0:
                yield css[start:opened].strip(), css[opened + 1 : mark.start()]
                start = mark.end()
        elif sign == ";" and depth == 0:
            yield css[start : mark.end()].strip(), None
            start = mark.end()


def _split(selectors: str) -> list[str]:
    """The selectors of a list, parted by commas outside of parentheses."""
    return re.split(r",(?![^()]*\)|[^()]*\([^()]*\)[^()]*\))", selectors)


def _needed(selector: str) -> set[str]:
    return {name.replace("\\", "") for name in _CLASS.findall(_OPTIONAL.sub("", selector))}
