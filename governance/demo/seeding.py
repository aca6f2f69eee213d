"""Fills a database with made-up companies, models and deployments: the same ones for the same numbers.

One model of each license is read as any other is; the rest are copies of its rows. Names begin with `seed-`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection, transaction

from governance.audit.services import append
from governance.compliance.cases import place_deployments, place_models
from governance.compliance.models import Case
from governance.demo.story import KNOWN, USES
from governance.deployments.models import Deployment
from governance.licensing.models import Conclusion
from governance.licensing.services import conclude
from governance.pipeline.queueing import queue_judging
from governance.registry.models import File, Model, Ref, Snapshot, StatedLicense
from governance.registry.services import apply_reading, look_at, register_model
from governance.usage.models import Company, Measurement, Product

LICENSES = ("llama3.1", "llama4", "kimi-k2", "apache-2.0", "mit")
FILES = (("config.json", 2_000, ""), ("model-00001.safetensors", 4_900_000_000, "safetensors"))
"""Path, bytes and format."""
BATCH = 5_000
EACH_COMPANY = 100
"""Deployments of one company."""
MILLION = 1_000_000
STORED_USES = {**USES, "outputs_train": {"target": "none"}}


@dataclass(frozen=True)
class Size:
    """How much. Raises ValidationError for numbers that do not fit each other."""

    deployments: int
    cases: int
    """Deployments that are judged apart; the others are like one of these."""
    models: int

    def __post_init__(self) -> None:
        faults = {name: ["must be at least 1"] for name, number in asdict(self).items() if number < 1}
        if self.cases > self.deployments:
            faults["cases"] = [f"must not exceed the deployments, {self.deployments}"]
        if faults:
            raise ValidationError(faults)

    @classmethod
    def of(cls, deployments: int, cases: int | None = None, models: int | None = None) -> Size:
        """A tenth as many cases as deployments, and a hundredth as many models, unless told otherwise."""
        some, few = max(1, deployments // 10), max(1, deployments // 100)
        return cls(deployments, some if cases is None else cases, few if models is None else models)

    @property
    def companies(self) -> int:
        return -(-self.deployments // EACH_COMPANY)

    def case(self, number: int) -> tuple[int, int, int]:
        """Model, company and variant of a deployment: as many different ones as there are cases."""
        turn, model = divmod(number % self.cases, self.models)
        variant, shift = divmod(turn, self.companies)
        return model, (model + shift) % self.companies, variant


def is_empty() -> bool:
    return not any(rows.objects.exists() for rows in (Model, Company, Deployment))


def seed(size: Size, *, now: datetime) -> None:
    """All or nothing, beside what is there already; what is new is queued to be judged."""
    with transaction.atomic():
        tag = f"seed-{Model.objects.filter(repo_id__startswith='seed-').count()}"
        models, companies = _models(size.models, tag, now), _companies(size.companies, tag, now)
        for batch in batched(_deployments(size, tag, models, companies, now), BATCH):
            place_deployments(Deployment.objects.bulk_create(batch, batch_size=500), now)
        queue_judging(list(Case.objects.filter(judged_at=None).values_list("pk", flat=True)), tag)
        append(at=now, actor="seed", action="database.seeded", object=tag, detail=asdict(size))
    _tell_planner()


def _tell_planner() -> None:
    """PostgreSQL hears of so many rows by itself only later, and plans as if there were none until then."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")


def batched(rows: Iterable[Any], size: int) -> Iterator[list[Any]]:
    ahead = iter(rows)
    while batch := list(islice(ahead, size)):
        yield batch


def _models(count: int, tag: str, now: datetime) -> list[Model]:
    """Model n is under license n % 5."""
    firsts = [_first(n, tag, now) for n in range(min(count, len(LICENSES)))]
    models = [model for model, _ in firsts]
    for numbers in batched(range(len(firsts), count), BATCH):
        models += _copies(numbers, firsts, tag)
    for batch in batched(models, BATCH):
        File.objects.bulk_create(_files(batch), batch_size=500)
        place_models(batch, now)
    return models


def _first(number: int, tag: str, now: datetime) -> tuple[Model, Conclusion]:
    model, _ = register_model(source="manual", now=now, **_declared(number, tag))
    apply_reading(model=model, reading=look_at(model).reading, ref=model.ref, now=now)
    model.refresh_from_db()
    assert model.latest_snapshot is not None  # noqa: S101 (it was read just now)
    return model, conclude(snapshot=model.latest_snapshot, now=now)


def _declared(number: int, tag: str) -> dict[str, Any]:
    license = LICENSES[number % len(LICENSES)]
    declaration = {"provider": "Seed", "version": "1", "license": license}
    return {"repo_id": f"{tag}/model-{number}", "declaration": declaration}


def _copies(numbers: Sequence[int], firsts: Sequence[tuple[Model, Conclusion]], tag: str) -> list[Model]:
    """Each with its branch, snapshot, statements and conclusion."""
    named = {n: _declared(n, tag)["repo_id"] for n in numbers}
    alike = {n: firsts[n % len(LICENSES)] for n in numbers}
    models = {
        n: _copy(alike[n][0], repo_id=name, hub_id=name, latest_snapshot_id=None) for n, name in named.items()
    }
    Model.objects.bulk_create(models.values(), batch_size=500)
    snapshots = {n: _copy(alike[n][0].latest_snapshot, model=models[n], repo_id=named[n]) for n in numbers}
    Snapshot.objects.bulk_create(snapshots.values(), batch_size=500)
    for n, model in models.items():
        model.latest_snapshot = snapshots[n]
    Model.objects.bulk_update(models.values(), ["latest_snapshot"], batch_size=500)
    _hang_on(Conclusion, {n: [conclusion] for n, (_, conclusion) in alike.items()}, snapshots)
    stated = {first.pk: list(first.latest_snapshot.stated_licenses.all()) for first, _ in firsts}
    _hang_on(StatedLicense, {n: stated[first.pk] for n, (first, _) in alike.items()}, snapshots)
    refs = {first.pk: first.refs.get() for first, _ in firsts}
    Ref.objects.bulk_create(
        [_copy(refs[alike[n][0].pk], model=models[n], snapshot=snapshots[n]) for n in numbers], batch_size=500
    )
    return list(models.values())


def _hang_on(rows: Any, examples: dict[int, list[Any]], snapshots: dict[int, Snapshot]) -> None:
    copies = [_copy(one, snapshot=snapshots[n]) for n, found in examples.items() for one in found]
    rows.objects.bulk_create(copies, batch_size=500)


def _copy(row: Any, **other: Any) -> Any:
    fields = {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}
    del fields["id"]
    return type(row)(**{name: value for name, value in fields.items() if not _replaced(name, other)}, **other)


def _replaced(name: str, other: dict[str, Any]) -> bool:
    return name in other or name.removesuffix("_id") in other


def _files(models: Iterable[Model]) -> list[File]:
    return [
        File(snapshot_id=model.latest_snapshot_id, path=path, size=size, format=format)
        for model in models
        for path, size, format in FILES
    ]


def _companies(count: int, tag: str, now: datetime) -> list[Company]:
    """Each with a product and with its users in the months that the licenses ask about."""
    companies = [Company(slug=f"{tag}-company-{n}", name=f"Company {n}", **KNOWN) for n in range(count)]
    Company.objects.bulk_create(companies, batch_size=500)
    products = [Product(slug=f"{one.slug}-chat", name="Chat", company=one) for one in companies]
    Product.objects.bulk_create(products, batch_size=500)
    last_month = f"{now.replace(day=1) - timedelta(days=1):%Y-%m}"
    figures = [
        _figure(n, company, period, now)
        for n, company in enumerate(companies)
        for period in ("2024-06", "2025-03", last_month)
    ]
    Measurement.objects.bulk_create(figures, batch_size=500)
    return companies


def _figure(number: int, company: Company, period: str, now: datetime) -> Measurement:
    """Some millions of users; one company in fifty is beyond the limit of 700 million."""
    users = (800 if number % 50 == 49 else 10 + number % 50) * MILLION
    return Measurement(
        subject=f"company:{company.slug}",
        company=company,
        metric="monthly_active_users",
        period=period,
        low=users,
        high=users,
        source="Made up",
        recorded_at=now,
    )


def _deployments(
    size: Size, tag: str, models: Sequence[Model], companies: Sequence[Company], now: datetime
) -> Iterator[Deployment]:
    products = {one.company_id: one for one in Product.objects.filter(company__in=companies)}
    for number in range(size.deployments):
        model, company, variant = size.case(number)
        yield Deployment(
            slug=f"{tag}-{number}",
            model=models[model],
            revision="1",
            snapshot=models[model].latest_snapshot,
            company=companies[company],
            product=products[companies[company].pk],
            environment="production",
            regions=["US"],
            output_regions=["US"],
            published_name=f"Assistant {variant}",
            uses=STORED_USES,
            created_by="seed",
            created_at=now,
            changed_at=now,
        )
