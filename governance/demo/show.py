"""Starts the platform, tells it the story, waits for the worker, and prints what came out."""

from __future__ import annotations

import textwrap
import time
from collections.abc import Iterable
from email import message_from_bytes, policy
from pathlib import Path

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.db.models import Q  # noqa: E402
from django.utils import timezone  # noqa: E402

from governance.compliance.models import Subject  # noqa: E402
from governance.core.periods import Window, before  # noqa: E402
from governance.demo import story  # noqa: E402
from governance.pipeline import intake, outbox  # noqa: E402
from governance.pipeline.bootstrap import bootstrap  # noqa: E402
from governance.pipeline.embedded import Platform  # noqa: E402
from governance.pipeline.models import Work  # noqa: E402
from governance.registry.models import Model  # noqa: E402

ACTOR = "user:admin"
PATIENCE = 120.0
WORDS = {
    "allowed": "Allowed",
    "allowed_with_duties": "Allowed with duties",
    "needs_review": "Needs review",
    "blocked": "Blocked",
    "cannot_tell": "Cannot tell",
}


def show(*, once: bool, password: str, started: float) -> int:
    """The exit code: 0 when every kind of decision came out."""
    made = bootstrap(policies="enforce", token_file=Path(settings.VAR) / "token", password=password)
    platform = Platform(settings.PORT)
    platform.start()
    try:
        _register()
        _tell()
        shown = _table()
        _print_mail()
        _print_address(made.username, password, time.monotonic() - started)
        if not once:
            platform.wait()
    finally:
        if once:
            platform.stop()
    return 0 if set(WORDS) <= shown else 1


def _register() -> None:
    print(
        f"Sample Hub at {settings.HF_ENDPOINT}: registering {len(story.MODELS)} models and their ancestors."
    )
    for repo_id in story.MODELS:
        intake.add_model(source=settings.DEFAULT_SOURCE, repo_id=repo_id, actor=ACTOR)
    _settle()
    read = Model.objects.exclude(latest_snapshot=None).count()
    print(f"{read} models were read by the worker. Now the companies, their figures and 13 deployments.\n")


def _tell() -> None:
    for company in story.COMPANIES:
        intake.save_company(data={**company, **story.KNOWN}, actor=ACTOR)
    for control in story.CONTROLS:
        intake.record_control(data=control, actor=ACTOR)
    for product in story.PRODUCTS:
        intake.save_product(data=product, actor=ACTOR)
    last_month = before(timezone.now().date(), Window.CALENDAR_MONTH)
    intake.record_measurements(rows=story.measurements(str(last_month)), actor=ACTOR)
    for body in story.DEPLOYMENTS:
        model = Model.objects.get(repo_id=body["model"])
        pinned = model.latest_snapshot.revision if model.latest_snapshot else "main"
        intake.save_deployment(data={"revision": pinned, **body}, actor=ACTOR)
    _settle()


def _settle() -> None:
    """Until the worker has nothing left to do."""
    deadline = time.monotonic() + PATIENCE
    now = outbox.database_now
    busy = Q(state=Work.State.LEASED)
    while Work.objects.filter(busy | Q(state=Work.State.DUE, due_at__lte=now())).exists():
        if time.monotonic() > deadline:
            raise SystemExit("The worker did not finish: look at LOG_LEVEL=INFO make demo.")
        time.sleep(0.1)


def _table() -> set[str]:
    """Prints one row for each deployment; answers the decisions that occur."""
    subjects = Subject.objects.exclude(deployment=None).select_related(
        "deployment__model", "deployment__snapshot"
    )
    rows = [("Deployment", "Model@revision", "Decision", "The sentence that decides")]
    found = list(subjects.order_by("deployment__id"))
    for subject in found:
        one = subject.deployment
        assert one is not None  # noqa: S101
        revision = one.snapshot.revision[:8] if one.snapshot else one.revision
        rows.append((one.slug, f"{one.model.repo_id}@{revision}", WORDS[subject.decision], deciding(subject)))
    _print_rows(rows, (16, 38, 19, 72))
    return {subject.decision for subject in found}


def deciding(subject: Subject) -> str:
    """The sentence of the worst finding; where nothing is adverse, that of the nearest limit."""
    if subject.reasons:
        return str(subject.reasons[0]["reason"])
    return str(subject.nearest["reason"]) if subject.nearest else "All enforced policies pass."


def _print_rows(rows: Iterable[tuple[str, ...]], widths: tuple[int, ...]) -> None:
    for number, row in enumerate(rows):
        cells = [textwrap.wrap(cell, width) or [""] for cell, width in zip(row, widths, strict=True)]
        for line in range(max(map(len, cells))):
            parts = [cell[line] if line < len(cell) else "" for cell in cells]
            print("  ".join(part.ljust(width) for part, width in zip(parts, widths, strict=True)).rstrip())
        if number == 0:
            print("  ".join("-" * width for width in widths))


def _print_mail() -> None:
    """One e-mail as it was sent: that of the blocked deployment, if there is one."""
    folder = Path(settings.VAR) / "mail"
    mails = [
        message_from_bytes(path.read_bytes(), policy=policy.default) for path in sorted(folder.glob("*.eml"))
    ]
    if not mails:
        print("\nNo e-mail was sent.")
        return
    chosen = next((mail for mail in mails if "Blocked" in str(mail["Subject"])), mails[0])
    body = chosen.get_body(("plain",))
    print(f"\nOne of {len(mails)} e-mails in {folder}:\n")
    print(textwrap.indent(f"To: {chosen['To']}\nSubject: {chosen['Subject']}\n", "  | "))
    print(textwrap.indent(body.get_content() if body else "", "  | ", lambda _: True))


def _print_address(username: str, password: str, seconds: float) -> None:
    print(f"\nAll of this took {seconds:.0f} s.")
    print(f"The portal is at {settings.SITE_URL}/ : sign in as {username} with the password {password}")
    print(f"The API token is in {Path(settings.VAR) / 'token'}. Ctrl-C ends it.", flush=True)
