"""Starts the platform, tells it the story, waits for the worker, and prints what came out."""

from __future__ import annotations

import re
import textwrap
import time
from collections.abc import Iterable
from email import message_from_bytes, policy
from itertools import zip_longest
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
WIDTHS = (15, 30, 19, 50)
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
            print("Ctrl-C ends it.", flush=True)
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
    for declared in (story.HUNYUAN, story.VENDOR):
        intake.add_model(**declared, actor=ACTOR)
    _settle()
    read = Model.objects.exclude(latest_snapshot=None).count()
    print(f"{read} models were read by the worker. {story.SUMMARY}\n")


def _tell() -> None:
    for company in story.COMPANIES:
        intake.save_company(data={**company, **story.KNOWN}, actor=ACTOR)
    for control in story.CONTROLS:
        intake.record_control(data=control, actor=ACTOR)
    for product in story.PRODUCTS:
        intake.save_product(data=product, actor=ACTOR)
    today = timezone.now().date()
    last_month = before(today, Window.CALENDAR_MONTH)
    intake.record_measurements(rows=story.measurements(str(last_month)), actor=ACTOR)
    for grant in story.grants(today.year):
        intake.record_grant(data=grant, actor=ACTOR)
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
        "case", "deployment__model", "deployment__snapshot"
    )
    rows = [("Deployment", "Model@revision", "Decision", "The sentence that decides")]
    found = list(subjects.order_by("deployment__id"))
    for subject in found:
        one = subject.deployment
        assert one is not None  # noqa: S101
        named = f"{one.model.repo_id}@{short(one.snapshot.revision if one.snapshot else one.revision)}"
        rows.append((one.slug, named, WORDS[subject.decision], deciding(subject)))
    _print_rows(rows, WIDTHS)
    return {subject.decision for subject in found}


def short(revision: str) -> str:
    return revision[:8] if len(revision) >= 40 else revision


def deciding(subject: Subject) -> str:
    """The sentence of the worst finding; where nothing is adverse, the nearest limit comes first."""
    told = [str(reason["reason"]) for reason in subject.reasons[:1]]
    if subject.nearest and subject.decision in ("allowed", "allowed_with_duties"):
        told.insert(0, str(subject.nearest["reason"]))
    return " ".join(dict.fromkeys(told)) or "All enforced policies pass."


def _print_rows(rows: Iterable[tuple[str, ...]], widths: tuple[int, ...]) -> None:
    for number, row in enumerate(rows):
        cells = [_wrapped(cell, width) for cell, width in zip(row, widths, strict=True)]
        for parts in zip_longest(*cells, fillvalue=""):
            print("  ".join(part.ljust(width) for part, width in zip(parts, widths, strict=True)).rstrip())
        print("  ".join("-" * width for width in widths) if number == 0 else "")


def _wrapped(cell: str, width: int) -> list[str]:
    """Lines of a cell; a model that does not fit is parted after its organization and before its revision."""
    if " " in cell:
        return textwrap.wrap(cell, width, break_on_hyphens=False)
    lines = [""]
    for part in filter(None, re.split(r"(?<=/)|(?=@)", cell)):
        if len(lines[-1] + part) > width:
            lines.append("")
        lines[-1] += part
    return lines


def _print_mail() -> None:
    """One e-mail as it was sent: that of the blocked deployment, if there is one."""
    folder = Path(settings.VAR) / "mail"
    mails = [
        message_from_bytes(path.read_bytes(), policy=policy.default) for path in sorted(folder.glob("*.eml"))
    ]
    if not mails:
        print("\nNo e-mail was sent.")
        return
    chosen = next((mail for mail in mails if "[Blocked] chat-llama4" in str(mail["Subject"])), mails[0])
    body = chosen.get_body(("plain",))
    text = f"To: {chosen['To']}\nSubject: {chosen['Subject']}\n\n{body.get_content() if body else ''}"
    print(f"\nOne of {len(mails)} e-mails in {folder}:\n")
    for line in text.rstrip().splitlines():
        print("\n".join(f"  | {part}" for part in textwrap.wrap(line, 112) or [""]))


def _print_address(username: str, password: str, seconds: float) -> None:
    print(f"\nAll of this took {seconds:.0f} s.")
    print(f"The portal is at {settings.SITE_URL}/ : sign in as {username} with the password {password}")
    print(f"The API token is in {Path(settings.VAR) / 'token'}", flush=True)
