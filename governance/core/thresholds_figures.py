"""Whose figures make up the one figure that a license speaks of, for one period.

Two kinds of quantity: users overlap, so a company's or a group's users are an interval over their products
and members; everything else (money, tokens, computation) adds up, and a company may have more of it than
its products bring.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from governance.core.facts import CompaniesFacts
from governance.core.figures import (
    UNBOUNDED,
    Bounds,
    Ledger,
    needed,
    overlapped,
    overlaps,
    summed,
)
from governance.core.periods import Period
from governance.core.terms import FigureAtom, Whose
from governance.core.thresholds_case import Case


@dataclass(frozen=True, slots=True)
class Sums:
    """The figures behind one atom: of one metric, with affiliates as they were on `day`."""

    atom: FigureAtom
    companies: CompaniesFacts
    ledger: Ledger
    product: str | None
    members: tuple[str, ...]
    day: date

    @classmethod
    def of(cls, atom: FigureAtom, case: Case, day: date) -> Sums:
        licensee = case.companies.licensee
        members = frozenset({licensee} if licensee else ())
        if licensee and atom.subject.group:
            members = case.companies.group(licensee, day, atom.control)
        ledger = case.usage.ledger(atom.currency)
        return cls(atom, case.companies, ledger, case.product, tuple(sorted(members)), day)

    @property
    def subjects(self) -> set[str]:
        """Everyone whose figures may be read."""
        if self.atom.subject is Whose.PRODUCT:
            return {f"product:{self.product}"}
        products = {f"product:{product}" for member in self.members for product in self._products(member)}
        return products | {f"company:{member}" for member in self.members}

    @property
    def _overlap(self) -> bool:
        """Whether one person may be in two of the figures, and counts once."""
        return overlaps(self.atom.metric) and self.atom.counting == "once"

    def total(self, period: Period) -> Bounds:
        """What is known of the figure that the atom speaks of."""
        if self.atom.subject is Whose.PRODUCT:
            known = self.product is not None
            return (
                self._product(self.product or "", period)
                if known
                else Bounds(missing=("deployment.product",))
            )
        if not self.members:
            return Bounds(missing=("deployment.company",))
        if not self.atom.subject.group:
            return self._company(self.members[0], period)
        return self._group(period)

    def _group(self, period: Period) -> Bounds:
        """The members together, with what figures declared for several of them at once say."""
        parts = [self._company(member, period) for member in self.members]
        whole, declared = self._declared(period)
        if self._overlap:
            return overlapped(parts).narrowed(declared)
        if overlaps(self.atom.metric):
            return summed(parts)  # in each: a figure that counts nobody twice says nothing of that
        if self.atom.subject is Whose.PRODUCTS_AND_AFFILIATES:
            return summed(parts)
        if self.atom.subject is Whose.CONSOLIDATED:
            # What members sell each other drops out, so the sum is an upper bound only.
            return declared if whole else overlapped(parts)
        return summed(parts).narrowed(declared)

    def _declared(self, period: Period) -> tuple[bool, Bounds]:
        """Whether one figure covers exactly this group, and what all such figures say of it.

        A figure for a smaller group inside is a lower bound.
        """
        whole, bounds = False, UNBOUNDED
        members = frozenset(self.members)
        for member in self.members:
            figure = self._figure(f"company:{member}", period, deduplicated=True)
            covered = self.companies.group(member, self.day, self.atom.control) if figure else None
            if figure and covered == members:
                whole, bounds = True, bounds.narrowed(figure)
            elif figure and covered is not None and covered < members:
                bounds = bounds.narrowed(Bounds(figure.low))
        return whole, bounds

    def _company(self, slug: str, period: Period) -> Bounds:
        if slug not in self.companies.companies:
            return Bounds(missing=(f"company:{slug}",))
        if not overlaps(self.atom.metric):
            return self._added(slug, period)
        products = () if self._overlap else self._products(slug)
        if products:
            return summed([self._product(product, period) for product in products])
        return self._users(slug, period)

    def _users(self, slug: str, period: Period) -> Bounds:
        """The company's own total, its products, and the ceiling that a figure of its group is."""
        total = self._figure(f"company:{slug}", period)
        group = self._figure(f"company:{slug}", period, deduplicated=True)
        products = [self._product(product, period) for product in self._products(slug)]
        known = UNBOUNDED if total is None else total
        if products:
            known = known.narrowed(overlapped(products))
        elif total is None and group is None:
            known = self._nothing(slug, period)
        return known.narrowed(Bounds(high=group.high)) if group else known

    def _added(self, slug: str, period: Period) -> Bounds:
        total = self._figure(f"company:{slug}", period)
        own = total or Bounds(missing=(needed(f"company:{slug}", self.atom.metric, period),))
        products = [self._product(product, period) for product in self._products(slug)]
        if self.atom.subject not in (Whose.PRODUCTS, Whose.PRODUCTS_AND_AFFILIATES):
            return own.narrowed(Bounds(summed(products).low))
        if products:
            return summed(products).narrowed(Bounds(high=own.high))
        return Bounds(high=own.high, missing=own.missing) if total else self._nothing(slug, period)

    def _nothing(self, slug: str, period: Period) -> Bounds:
        """Neither products nor a figure: an affiliate that offers nothing, but at the licensee a gap."""
        metric, subject = self.atom.metric, f"company:{slug}"
        if slug == self.companies.licensee or self.ledger.knows(subject, metric):
            return Bounds(missing=(needed(subject, metric, period),))
        return Bounds(high=Decimal(0), assumed=(f"{subject} has no product and no {metric}: counted as 0",))

    def _product(self, slug: str, period: Period) -> Bounds:
        figure = self._figure(f"product:{slug}", period)
        return figure or Bounds(missing=(needed(f"product:{slug}", self.atom.metric, period),))

    def _figure(self, subject: str, period: Period, *, deduplicated: bool = False) -> Bounds | None:
        return self.ledger.bounds(subject, self.atom.metric, period, deduplicated=deduplicated)

    def _products(self, slug: str) -> tuple[str, ...]:
        company = self.companies.companies.get(slug)
        return company.products if company else ()
