"""Facts of many cases at once, cut into facets, each with its body and digest.

A part that many cases share (a snapshot, a company's group) is read and digested once per run.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from governance.compliance.model_facts import ModelFacts, model_facts
from governance.compliance.usage_book import UsageBook, usage_book
from governance.core.facts import DeploymentFacts, DutyEvidence, Facet, Uses, facet_body
from governance.core.reading import canonical_json
from governance.core.usage_needs import UsageNeed, needs
from governance.core.values import Frozen, digest
from governance.deployments.evidence import evidence_facts
from governance.deployments.models import Deployment
from governance.registry.models import Model


@dataclass(frozen=True)
class Sealed:
    """One facet with the JSON text that is stored and sent to the policy runner, and its digest."""

    facet: Facet
    value: Frozen

    @cached_property
    def body(self) -> str:
        return canonical_json(facet_body(self.facet, self.value))

    @cached_property
    def digest(self) -> str:
        return facet_digest(self.facet, self.body)


def facet_digest(facet: str, body: str) -> str:
    """What a facet with this canonical JSON text is kept under."""
    return digest([str(facet), body])


@dataclass(frozen=True)
class CaseFacts:
    """All facets of one case, and which usage figures they were cut to."""

    facets: Mapping[Facet, Sealed]
    needs: frozenset[UsageNeed] = frozenset()
    group: frozenset[str] = frozenset()
    """Companies whose figures, control and grants were looked at."""

    @cached_property
    def digests(self) -> dict[str, str]:
        return {str(facet): sealed.digest for facet, sealed in self.facets.items()}

    @cached_property
    def names(self) -> frozenset[str]:
        return frozenset(self.digests)

    def sealed(self, name: str) -> Sealed:
        return self.facets[Facet(name)]


@dataclass
class FactsBuilder:
    """Facts as of one instant, as they were known at another (None: everything recorded)."""

    as_of: datetime
    known_at: datetime | None = None
    _sealed: dict[object, Sealed] = field(default_factory=dict)
    _needs: dict[tuple[object, frozenset[str]], frozenset[UsageNeed]] = field(default_factory=dict)

    def of_models(self, models: Sequence[Model]) -> dict[int, CaseFacts]:
        """Model id -> facts of its current snapshot."""
        found = model_facts([(m, m.latest_snapshot) for m in models], self.known_at)
        return {m.pk: CaseFacts(self._of_model(found[m.pk, m.latest_snapshot_id])) for m in models}

    def of_deployments(self, deployments: Sequence[Deployment]) -> list[CaseFacts]:
        """In the order given; a deployment need not be stored. `model` and `snapshot` are loaded already."""
        found = model_facts([(d.model, d.snapshot) for d in deployments], self.known_at)
        slugs = {d.company.slug for d in deployments if d.company}
        book = usage_book(slugs, known_at=self.known_at)
        shown = evidence_facts(deployments)
        return [
            self._of_deployment(d, found[d.model_id, d.snapshot_id], book, shown.get(d.pk, ()))
            for d in deployments
        ]

    def _of_model(self, known: ModelFacts) -> dict[Facet, Sealed]:
        return {
            Facet.SNAPSHOT: self._seal(Facet.SNAPSHOT, known.key, lambda: known.snapshot),
            Facet.FILES: self._seal(Facet.FILES, known.key, lambda: known.files),
            Facet.TERMS: self._seal(Facet.TERMS, known.key, lambda: known.terms),
            Facet.FIGURES: self._seal(Facet.FIGURES, known.key, lambda: known.figures),
        }

    def _of_deployment(
        self, one: Deployment, known: ModelFacts, book: UsageBook, shown: tuple[DutyEvidence, ...]
    ) -> CaseFacts:
        company = one.company.slug if one.company else ""
        group = book.group(company)
        grants = book.grants(group, known.terms)
        caps = frozenset(grant.cap_metric for grant in grants.grants if grant.cap_limit is not None)
        wanted = self._needed(known, caps)
        facets = self._of_model(known)
        facets |= {
            Facet.COMPANIES: self._seal(Facet.COMPANIES, company, lambda: book.companies(company)),
            Facet.GRANTS: self._seal(Facet.GRANTS, (company, known.key), lambda: grants),
            Facet.USAGE: self._seal(Facet.USAGE, (company, wanted), lambda: book.usage(group, wanted)),
            Facet.DEPLOYMENT: Sealed(Facet.DEPLOYMENT, described(one, shown)),
        }
        return CaseFacts(facets, wanted, group)

    def _needed(self, known: ModelFacts, caps: frozenset[str]) -> frozenset[UsageNeed]:
        key = (known.key, caps)
        if key not in self._needs:
            self._needs[key] = needs(known.terms, self.as_of, caps)
        return self._needs[key]

    def _seal(self, facet: Facet, shared: object, value: Callable[[], Frozen]) -> Sealed:
        """What is shared is made once: the figures of a large group are many."""
        key = (facet, shared)
        if key not in self._sealed:
            self._sealed[key] = Sealed(facet, value())
        return self._sealed[key]


def described(one: Deployment, shown: tuple[DutyEvidence, ...] = ()) -> DeploymentFacts:
    """The deployment in the words of the facts, without its name: equal ones are judged once.

    `shown`: what counts for its duties.
    """
    return DeploymentFacts(
        environment=one.environment,
        company=one.company.slug if one.company else None,
        product=one.product.slug if one.product else None,
        revision=one.revision,
        regions=_frozen(one.regions),
        output_regions=_frozen(one.output_regions),
        published_name=one.published_name,
        shown_phrases=_frozen(one.shown_phrases),
        uses=Uses.model_validate(one.uses),
        evidence=shown,
    )


def _frozen(values: Iterable[str] | None) -> tuple[str, ...] | None:
    return None if values is None else tuple(sorted(values))
