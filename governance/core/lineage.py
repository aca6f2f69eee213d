"""Which licenses govern a model: its own, and those that its ancestors pass on to it."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from governance.core.facts import GoverningLicense
from governance.core.joined import parts as together
from governance.core.own_work import OwnWork, namespaces, one_owner, owner
from governance.core.reading import Relation
from governance.core.terms import LicenseTerms, Parts


@dataclass(frozen=True, slots=True)
class Descent:
    """`child` came from `parent` by `relation`."""

    child: str
    parent: str
    relation: Relation


@dataclass(frozen=True, slots=True)
class Lineage:
    """The governing licenses, nearest first, and the models of which the terms are not known (with why)."""

    governing: tuple[GoverningLicense, ...]
    unknown: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Step:
    """One way up to a model. Only its set of relations matters for what passes down it again.

    `relicensed_by` is the owner who gave what was made by the last edge out under a license of its own, where
    it may change the terms: it published both ends, or is a licensor.
    """

    repo_id: str
    depth: int = 0
    relation: Relation | None = None
    relations: frozenset[Relation] = frozenset()
    relicensed_by: str = ""


@dataclass
class _Found:
    """A license at a model, while ways to it are still being found."""

    depth: int
    relation: Relation | None
    parts: set[Parts] = field(default_factory=set)


def governing_licenses(
    own: str,
    descents: Iterable[Descent],
    licenses: Mapping[str, str],
    terms: Mapping[str, LicenseTerms],
) -> Lineage:
    """What governs the model `own`.

    `licenses` maps every registered model to its concluded license (several govern where it is `joined`),
    empty where none could be concluded; `terms` maps license keys to what is known of them. Circles end by
    themselves.
    """
    descents = tuple(descents)
    work = OwnWork((one.child, one.parent) for one in descents)
    found: dict[tuple[str, str], _Found] = {}
    unknown: dict[str, None] = {}
    used = {key for license in set(licenses.values()) for key in together(license)}
    known = [terms[key] for key in sorted(used) if key in terms]
    alike, licensors = _alike(known), frozenset().union(*map(namespaces, known))
    passing: dict[tuple[str, frozenset[Relation]], set[Parts]] = {}
    for step in _steps(own, descents, licenses, alike, licensors):
        if fault := _fault(step, licenses, terms, work):
            unknown[fault] = None
        for key in together(licenses.get(step.repo_id, "")):
            if work.may_relicense(step.relicensed_by, step.repo_id, terms.get(key)):
                continue
            way = (key, step.relations)
            parts = passing.get(way) or passing.setdefault(way, _passed(terms.get(key), step.relations))
            if parts or not step.depth:
                entry = found.setdefault((key, step.repo_id), _Found(step.depth, step.relation))
                entry.parts |= parts
    return Lineage(tuple(_governing(key, repo_id, f) for (key, repo_id), f in found.items()), tuple(unknown))


def _alike(terms: Sequence[LicenseTerms]) -> dict[Relation, Relation]:
    """Each relation with one by which these licenses pass on the same: of six, mostly two are left."""
    first: dict[tuple[frozenset[Parts], ...], Relation] = {}
    effects = {
        relation: tuple(one.reaching(relation) for one in terms)
        for relation in sorted(Relation, reverse=True)
    }
    return {relation: first.setdefault(effect, relation) for relation, effect in effects.items()}


def _steps(
    own: str,
    descents: Iterable[Descent],
    licenses: Mapping[str, str],
    alike: Mapping[Relation, Relation] = MappingProxyType({}),
    licensors: frozenset[str] = frozenset(),
) -> Iterator[_Step]:
    """Every way up that may pass on something new, nearest models first.

    A way whose relations include those of another way to the same model passes on nothing more. With six
    relations each model is looked at a bounded number of times, so that the time is linear.
    """
    parents: dict[str, list[Descent]] = {}
    for descent in descents:
        parents.setdefault(descent.child, []).append(descent)
    seen: dict[tuple[str, str], list[frozenset[Relation]]] = {}
    ahead = deque([_Step(own)])
    while ahead:
        step = ahead.popleft()
        ways = seen.setdefault((step.repo_id, step.relicensed_by), [])
        if (step.depth and step.repo_id == own) or any(way <= step.relations for way in ways):
            continue
        ways.append(step.relations)
        yield step
        for descent in parents.get(step.repo_id, ()):
            ahead.append(_up(step, descent, alike, _relicensing(step, descent, licenses, licensors)))


def _up(step: _Step, descent: Descent, alike: Mapping[Relation, Relation], relicensed_by: str) -> _Step:
    limit = alike.get(descent.relation, descent.relation)
    # unknown: a derivative of any kind, nothing is left out
    limits = step.relations if limit is Relation.UNKNOWN else step.relations | {limit}
    return _Step(descent.parent, step.depth + 1, descent.relation, limits, relicensed_by)


def _relicensing(
    step: _Step, descent: Descent, licenses: Mapping[str, str], licensors: frozenset[str]
) -> str:
    maker = owner(descent.child)
    may = maker in licensors or one_owner(descent.child, descent.parent)
    return maker if may and (licenses.get(descent.child) or step.relicensed_by == maker) else ""


def _passed(terms: LicenseTerms | None, relations: frozenset[Relation]) -> set[Parts]:
    """What passes down the whole way; of terms that are not known, everything may."""
    parts = set(Parts)
    for relation in relations if terms else ():
        parts &= terms.passed_on(relation)  # type: ignore[union-attr]
    return parts


def _fault(step: _Step, licenses: Mapping[str, str], terms: Mapping[str, LicenseTerms], work: OwnWork) -> str:
    """Why it cannot be told what this model passes on; empty where it can."""
    if step.repo_id not in licenses:
        return f"{step.repo_id}: not registered"
    keys = together(licenses[step.repo_id])
    key = next((key for key in keys if key not in terms), "")
    if (keys and not key) or work.may_relicense(step.relicensed_by, step.repo_id, None):
        return ""
    return f"{step.repo_id}: " + (
        f"the terms of {key} are not known" if key else "no license could be concluded"
    )


def _governing(license: str, repo_id: str, found: _Found) -> GoverningLicense:
    everything = found.parts == set(Parts)
    return GoverningLicense(
        license=license,
        repo_id=repo_id,
        depth=found.depth,
        relation=found.relation,
        parts=None if everything else tuple(sorted(found.parts)),
    )
