"""Under which licenses a model could be, where its own does not keep to those of its ancestors."""

from __future__ import annotations

from functools import lru_cache

from governance.core.conflicts import Passed
from governance.core.facts import SnapshotFacts, TermsFacts
from governance.core.inheriting import Inherited, ancestors, child_of, could_carry, judge
from governance.core.reading import Relation
from governance.core.terms import Parts
from governance.discovery import catalog

Way = tuple[str, frozenset[Parts], Relation]
"""Key of an ancestor's license, what of it reaches the model, and how."""
_AMISS = (Inherited.CONFLICT, Inherited.UNDECLARED)


def licenses_that_fit(snapshot: SnapshotFacts, facts: TermsFacts) -> tuple[str, ...]:
    """Keys; none where the license of the model is in order already, and none where nothing fits."""
    child = child_of(snapshot, facts)
    passed = [one.passed for one in ancestors(facts.governing, facts.terms) if one.passed]
    if not any(judge(one, child).outcome in _AMISS for one in passed):
        return ()
    return _fitting(tuple(sorted({(one.terms.key, one.parts, one.relation) for one in passed}, key=str)))


@lru_cache(maxsize=1024)
def _fitting(ways: tuple[Way, ...]) -> tuple[str, ...]:
    licenses = catalog().licenses
    parents = [Passed(licenses[key], parts, relation) for key, parts, relation in ways if key in licenses]
    return could_carry(parents, licenses) if len(parents) == len(ways) else ()
