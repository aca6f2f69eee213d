"""Every step of a model's lineage with its outcome: how the child's license stands to the parent's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from governance.core.conflicts import Passed, sentences
from governance.core.inheriting import Child, Inherited, Judged, judge
from governance.core.joined import parts
from governance.core.own_work import OwnWork, owner
from governance.core.reading import Relation
from governance.core.terms import LicenseTerms
from governance.core.words import ended, first_of
from governance.licensing.services import current_licenses, terms
from governance.registry.lineage import Ancestor
from governance.registry.models import Snapshot, StatedLicense
from governance.registry.services import lineage


@dataclass(frozen=True)
class Edge:
    """`license` is that of the ancestor, empty where none is known; `told` says what the outcome rests on."""

    ancestor: Ancestor
    license: str
    outcome: Inherited
    told: str = ""


def edges(snapshot: Snapshot) -> list[Edge]:
    """Each step up from a snapshot, nearest first."""
    line = lineage(snapshot)
    snapshots = [snapshot, *(one.snapshot for one in line if one.snapshot)]
    concluded = {pk: one.license for pk, one in current_licenses(snapshots).items()}
    catalog = terms({key for license in concluded.values() for key in parts(license)})
    stated = StatedLicense.objects.filter(snapshot__in=snapshots).values_list("snapshot", flat=True)
    speaking = set(stated)
    held = {snapshot.repo_id: snapshot} | {one.repo_id: one.snapshot for one in line if one.snapshot}
    licenses = {name: concluded.get(one.pk, "") for name, one in held.items()}
    work = OwnWork((one.child, one.repo_id) for one in line)
    family = _Family(licenses, catalog, {name for name, one in held.items() if one.pk in speaking}, work)
    return [family.edge(one) for one in line]


@dataclass(frozen=True)
class _Family:
    """The models of one lineage by name."""

    licenses: Mapping[str, str]
    catalog: Mapping[str, LicenseTerms]
    speaking: set[str]
    """Those that state any license."""
    work: OwnWork

    def edge(self, one: Ancestor) -> Edge:
        license = self.licenses.get(one.repo_id, "")
        ways = self._ways(one, license)
        if not ways:
            told = "Its owner published both, and may give its own work out under other terms."
            return Edge(one, license, Inherited.OK, told)
        judged = min((judge(way, self._child(one.child)) for way in ways), key=_badness)
        return Edge(one, license, judged.outcome, _told(judged))

    def _child(self, name: str) -> Child:
        keys = parts(self.licenses.get(name, ""))
        known = tuple(self.catalog[key] for key in keys if key in self.catalog)
        return Child(name, known, bool(keys) or name in self.speaking)

    def _ways(self, one: Ancestor, license: str) -> list[Passed | None]:
        """What the ancestor passes on, None where its terms are not known; nothing that was relicensed."""
        relation, maker = Relation(one.relation), owner(one.child)
        known = [self.catalog.get(key) for key in parts(license)] or [None]
        if self.licenses.get(one.child):
            known = [terms for terms in known if not self.work.may_relicense(maker, one.repo_id, terms)]
        return [Passed(t, t.reaching(relation), relation) if t else None for t in known]


def _badness(judged: Judged) -> int:
    return list(Inherited).index(judged.outcome)


def _told(judged: Judged) -> str:
    if judged.conflicts:
        return ended(f"The license of the ancestor {first_of(sentences(judged.conflicts), 3)}")
    owed = first_of((f"{duty.what} ({duty.section})" for duty in judged.owed), 4)
    return ended(owed) if judged.outcome is Inherited.OBLIGATION else ""
