"""Facts are cut to the figures that limits look up; no real limit may notice the difference."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from governance.compliance.usage_book import UsageBook
from governance.core.companies import Company, Control
from governance.core.facts import (
    CompaniesFacts,
    DeploymentFacts,
    Facet,
    Facts,
    GoverningLicense,
    GrantsFacts,
    SnapshotFacts,
    TermsFacts,
    UsageFacts,
    Uses,
)
from governance.core.figures import REVENUE, Figure
from governance.core.terms import FigureAtom, atoms
from governance.core.usage_needs import needs
from governance.discovery import catalog

LIMITED = sorted(key for key, one in catalog().licenses.items() if one.thresholds)
PEOPLE = {
    "acme": Company(slug="acme", domicile="US", kind="commercial", products=("chat", "mail")),
    "bare": Company(slug="bare", domicile="US", kind="commercial"),
    "parent": Company(slug="parent", domicile="US", kind="commercial"),
}
CONTROLS = (
    Control(parent="parent", child="acme", percent=Decimal(100)),
    Control(parent="parent", child="bare", percent=Decimal(50), end=date(2025, 3, 1)),
)
SUBJECTS = {"product:chat": "acme", "product:mail": "acme", **{f"company:{slug}": slug for slug in PEOPLE}}
PERIODS = [
    *(f"{year}-{month:02}" for year in (2023, 2024, 2025) for month in range(1, 13)),
    *("2023", "2024", "2025", "2024-07/2025-06", "2025-04-30", "2025-05-01"),
]
AMOUNTS = [0, 1, 10**6, 2 * 10**7, 10**8, 10**8 + 1, 7 * 10**8, 7 * 10**8 + 1, 10**12]
DAYS = [
    datetime(2025, 5, 1, tzinfo=UTC),
    datetime(2025, 1, 1, 12, tzinfo=UTC),
    datetime(2024, 2, 29, tzinfo=UTC),
]


def figures(metrics):
    """Any number of figures, one for each subject, metric, period and kind."""
    row = st.tuples(
        st.sampled_from(sorted(SUBJECTS)),
        st.sampled_from(metrics),
        st.sampled_from(PERIODS),
        st.booleans(),
        st.sampled_from(AMOUNTS),
    )
    return st.lists(
        row.map(_figure), max_size=25, unique_by=lambda f: (f.subject, f.metric, f.period, f.deduplicated)
    )


def _figure(row):
    subject, metric, period, together, amount = row
    return Figure(
        subject=subject,
        metric=metric,
        period=period,
        low=Decimal(amount),
        high=Decimal(amount),
        currency="USD" if "revenue" in metric else "",
        deduplicated=together and subject.startswith("company:"),
        source="x",
    )


def book(all_figures):
    group = frozenset(PEOPLE)
    owned = {slug: tuple(f for f in all_figures if SUBJECTS[f.subject] == slug) for slug in PEOPLE}
    known = CompaniesFacts(licensee="acme", companies=PEOPLE, controls=CONTROLS)
    return UsageBook({"acme": group}, PEOPLE, {"acme": known}, owned, (), ())


def verdict(terms, usage, as_of):
    policy = catalog().policies["license.usage-threshold"]
    facets = {
        Facet.SNAPSHOT: SnapshotFacts(repo_id="a/b", source="manual", revision="1"),
        Facet.TERMS: terms,
        Facet.COMPANIES: CompaniesFacts(licensee="acme", companies=PEOPLE, controls=CONTROLS),
        Facet.USAGE: usage,
        Facet.GRANTS: GrantsFacts(),
        Facet.DEPLOYMENT: DeploymentFacts(
            environment="production",
            company="acme",
            product="chat",
            uses=Uses(commercial=True, internal_only=False, distributed=False),
        ),
    }
    return policy().evaluate(Facts(as_of, facets), policy.parse_params({}))


@pytest.mark.parametrize("key", LIMITED)
@settings(max_examples=10, deadline=None)
@given(data=st.data())
def test_no_limit_of_a_license_notices_that_figures_were_cut(key, data):
    terms = catalog().licenses[key]
    facts = TermsFacts(governing=(GoverningLicense(license=key, repo_id="a/b"),), terms={key: terms})
    read = {a.metric for t in terms.thresholds for a in atoms(t.when) if isinstance(a, FigureAtom)}
    metrics = sorted(read | {"daily_active_users"} | (set(REVENUE) if read & set(REVENUE) else set()))
    everything = data.draw(figures(metrics))
    as_of = data.draw(st.sampled_from(DAYS))
    cut = book(everything).usage(frozenset(PEOPLE), needs(facts, as_of))
    assert set(cut.figures) <= set(everything)
    assert verdict(facts, cut, as_of) == verdict(facts, UsageFacts(figures=tuple(everything)), as_of)
