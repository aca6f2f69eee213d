"""Who plays in the flow tests: one company over and one under every limit, and what they run."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from governance.demo.hub import DEMO_TOKEN
from governance.demo.hub.state import Hub
from governance.demo.story import USES
from tests.flow.clerk import Clerk, clerk
from tests.flow.counters import Count, count
from tests.flow.platform import Platform, embedded, scaled
from tests.servers import smtp
from tests.servers.hub import hub_server, sample_hub
from tests.servers.smtp import MailServer

MODES = {"embedded": embedded, "scaled": scaled}
PEOPLE = ("counsel@example.com", "ops@example.com")
KNOWN = {"domicile": "US", "kind": "commercial", "business_models": [], "competes_with": []}


def figure(subject: str, period: str, value: int | str, **more: Any) -> dict[str, Any]:
    named = {"subject": subject, "metric": "monthly_active_users", "period": period}
    return {**named, "value": value, "source": "analytics", **more}


def deployment(slug: str, model: str, company: str, **more: Any) -> dict[str, Any]:
    named = {"slug": slug, "model": model, "company": company, "environment": "production"}
    return {**named, "regions": ["US"], "output_regions": ["US"], "uses": USES, **more}


@dataclass
class Stage:
    """A platform with the servers that it talks to, and a clerk who can be told things when it is down."""

    platform: Platform
    hub: Hub
    mail: MailServer
    clerk: Clerk
    never: list[str] = field(default_factory=list)
    """Deployments that may never be let through."""

    def register(self, *repo_ids: str) -> dict[str, str]:
        """Repository id -> the revision that was read."""
        found = {repo_id: self.platform.post("/models/", {"repo_id": repo_id}) for repo_id in repo_ids}
        self.platform.settle()
        return {
            repo_id: self.model(one["id"])["latest_snapshot"]["revision"] for repo_id, one in found.items()
        }

    def model(self, model_id: int) -> Any:
        return self.platform.get(f"/models/{model_id}/")

    def company(self, slug: str, **figures: int) -> None:
        """A company that is known in every respect; `m2024_06=650_000_000` are its monthly users."""
        self.platform.post("/companies/", {"slug": slug, "name": slug.title(), **KNOWN})
        if figures:
            subject = f"company:{slug}"
            rows = [figure(subject, name[1:].replace("_", "-"), value) for name, value in figures.items()]
            self.platform.post("/measurements/", rows)

    def deploy(self, slug: str, model: str, company: str, **more: Any) -> None:
        self.platform.post("/deployments/", deployment(slug, model, company, **more))

    def judged(self, slug: str) -> Any:
        """What the gate says once everything is done."""
        self.platform.settle()
        return self.platform.get(f"/gate/?deployment={slug}")

    def check(self, slug: str, **when: str) -> Any:
        answer = self.platform.ask("POST", "/checks/?wait=30", {"deployment": slug, **when})
        assert answer.status == 200, answer
        return answer.body

    def mails_about(self, words: str, to: str = PEOPLE[0]) -> list[str]:
        """Subjects of the mails to one person that mention the words."""
        subjects = [str(kept.message["Subject"]) for kept in self.mail.messages if kept.recipients == (to,)]
        return [subject for subject in subjects if words in subject]

    def count(self, dead: int = 0) -> Count:
        return count(self.platform, self.mail, audit=self.clerk.audit_fault, dead=dead)

    def found_one_company(self, slug: str = "acme", users: int = 720_000_000) -> None:
        self.clerk.save_company(slug=slug, name=slug.title(), **KNOWN)
        self.clerk.record_measurements(rows=[figure(f"company:{slug}", "2024-06", users)])

    def new_model(self, name: str, license: str = "llama3.1") -> str:
        """A repository of its own on the hub, so that each test judges something new."""
        repo_id = f"acme/{name}"
        self.hub.create(repo_id, {"license": license})
        return repo_id

    def queue_everything(self, name: str) -> None:
        """Work of every kind about one new thing: sync, judge, check; deliveries and ticks follow from it."""
        repo_id = self.new_model(name)
        self.clerk.add_model(repo_id=repo_id)
        self.clerk.save_deployment(**deployment(name, repo_id, "acme"))
        self.clerk.request_check(deployment=name)
        self.never.append(name)


@contextmanager
def stage(folder: Path, mode: str | Callable[..., Any], **more: str) -> Iterator[Stage]:
    """Bootstrapped, with nothing running yet; `mode` is a name, or makes the platform itself."""
    hub = sample_hub()
    with hub_server(hub) as address, smtp.server() as mail:
        told = {
            "HF_ENDPOINT": address,
            "HF_TOKEN": DEMO_TOKEN,
            "EMAIL_HOST": "127.0.0.1",
            "EMAIL_PORT": str(mail.port),
            "EMAIL_TIMEOUT": "2",
            "ALERT_EMAILS": ",".join(PEOPLE),
            **more,
        }
        made = MODES[mode] if isinstance(mode, str) else mode
        with made(folder, **told) as platform:
            platform.bootstrap()
            with clerk(platform.environment) as teller:
                yield Stage(platform, hub, mail, teller)


@contextmanager
def watched(stage: Stage) -> Iterator[list[dict[str, Any]]]:
    """Asks the gate without end about what may never run; answers that do not come let nobody through."""
    answers: list[dict[str, Any]] = []
    ended = threading.Event()

    def watch() -> None:
        while not ended.wait(0.1):
            for slug in stage.never[-3:]:
                with suppress(OSError, ValueError):
                    answers.append({"deployment": slug, **stage.platform.gate(slug)})

    watcher = threading.Thread(target=watch, name="gate watcher")
    watcher.start()
    try:
        yield answers
    finally:
        ended.set()
        watcher.join()
