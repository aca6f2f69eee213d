"""Names of repositories that a person takes for another: letters that look alike, one letter more or less."""

from __future__ import annotations

from collections.abc import Iterable

_PAIRS = (("rn", "m"), ("vv", "w"), ("cl", "d"))
_ALIKE = str.maketrans({"1": "l", "i": "l", "|": "l", "0": "o", "5": "s", "_": "-", ".": "-"})
SHORTEST = 5
"""Shorter owners lie near one another by chance."""


def skeleton(name: str) -> str:
    """Equal for names that look alike in most typefaces, in any case."""
    flat = name.lower()
    for pair, one in _PAIRS:
        flat = flat.replace(pair, one)
    return flat.translate(_ALIKE)


def split(repo_id: str) -> tuple[str, str]:
    """(owner, name); an older bare name has no owner."""
    owner, _, name = repo_id.rpartition("/")
    return owner, name


def looks_like(owner: str, other: str) -> bool:
    """Whether one owner is easily taken for the other, and is not the same."""
    if not owner or not other or owner.lower() == other.lower():
        return False
    return skeleton(owner) == skeleton(other) or (
        min(len(owner), len(other)) >= SHORTEST and _one_slip(skeleton(owner), skeleton(other))
    )


def _one_slip(one: str, other: str) -> bool:
    """Whether one letter was added, left out, replaced, or changed places with its neighbor."""
    begin = next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), None)
    if begin is None:
        return abs(len(one) - len(other)) == 1
    one, other = one[begin:], other[begin:]
    if len(one) == len(other):
        swapped = one[1:2] + one[:1] + one[2:] == other
        return swapped or one[1:] == other[1:]
    return one[1:] == other or one == other[1:]


def borrows(owner: str, other: str) -> bool:
    """Whether one owner is the other with words around it, or with its words in another order."""
    ours, theirs = (skeleton(one).split("-") for one in (owner, other))
    short, long = sorted(("".join(ours), "".join(theirs)), key=len)
    if short == long:
        return False
    around = len(short) >= SHORTEST and (long.startswith(short) or long.endswith(short))
    return around or sorted(ours) == sorted(theirs)


def _taken_for(repo_id: str, other: str) -> bool:
    """An owner of the same look; for a model of the same name also one slip, or a borrowed name."""
    (owner, name), (owner_there, name_there) = split(repo_id), split(other)
    alike = looks_like(owner, owner_there)
    if skeleton(name) == skeleton(name_there):
        return alike or borrows(owner, owner_there)
    return alike and skeleton(owner) == skeleton(owner_there)


def resembled(repo_id: str, others: Iterable[str], publishers: Iterable[str]) -> list[str]:
    """Of other repositories and known publishers, those that this one is easily taken for.

    A known publisher is nobody's look-alike.
    """
    owner, _ = split(repo_id)
    known = sorted(publishers)
    if not owner or owner.lower() in {one.lower() for one in known}:
        return []
    models = {other for other in others if _taken_for(repo_id, other)}
    owners = {split(model)[0].lower() for model in models}
    return sorted(models) + [one for one in known if one.lower() not in owners and looks_like(owner, one)]
