"""Whose work a model is: an owner may give it out under other terms only where these are its own to set.

| the earlier model is under                                  | and published by          | its terms then |
|-------------------------------------------------------------|---------------------------|----------------|
| terms of a licensor, who is this owner (Qwen, of Qwen)      | it, under any name        | may be changed |
| terms of a licensor, who is another (Llama, of a tuner)     | anybody                   | stay           |
| a text that anybody may use (MIT, CC BY-NC), or not known   | this owner, as a root     | may be changed |
| the same, where something of it came from others (a fork)   | anybody                   | stay           |

What others brought into the earlier model stays in any case: their own models pass it on.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from functools import lru_cache

from governance.core.terms import LicenseTerms

Step = tuple[str, str]
"""A model, and one that it was made from."""


class OwnWork:
    """The models of one lineage as work of their owners; the owner is who stands before the slash."""

    def __init__(self, steps: Iterable[Step]) -> None:
        self._borrowed = _borrowed(list(steps))

    def may_relicense(self, maker: str, repo_id: str, terms: LicenseTerms | None) -> bool:
        """Whether an owner may give the model out under other terms than these (None: not known)."""
        if terms and terms.hub_namespaces:
            return {maker, owner(repo_id)} <= namespaces(terms)
        return maker != "" and maker == owner(repo_id) and repo_id not in self._borrowed


def namespaces(terms: LicenseTerms) -> frozenset[str]:
    return frozenset(name.lower() for name in terms.hub_namespaces)


def one_owner(child: str, parent: str) -> bool:
    return owner(child) != "" and owner(child) == owner(parent)


@lru_cache(maxsize=65_536)
def owner(repo_id: str) -> str:
    """Empty where a name has none: nobody is known to have published it."""
    name, slash, _ = repo_id.partition("/")
    return name.lower() if slash else ""


def _borrowed(steps: list[Step]) -> set[str]:
    """The models with an ancestor of another owner: whatever is made from one is one as well."""
    made: dict[str, list[str]] = {}
    for child, parent in steps:
        made.setdefault(parent, []).append(child)
    found = {child for child, parent in steps if not one_owner(child, parent)}
    ahead = deque(found)
    while ahead:
        fresh = set(made.get(ahead.popleft(), ())) - found
        found |= fresh
        ahead.extend(fresh)
    return found
