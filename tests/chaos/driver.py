"""Creates events with known ids over HTTP, as a client should: each under a key, repeated until accepted."""

from __future__ import annotations

import http.client
import json
import time
import urllib.parse
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from governance.demo.story import USES
from tests.chaos.ledger import Ledger

FIGURE = {"metric": "monthly_active_users", "period": "2024-06", "source": "analytics"}
KNOWN = {"domicile": "US", "kind": "commercial", "business_models": [], "competes_with": []}
UNDER, OVER = 650_000_000, 720_000_000
"""Monthly users under and over the limit of Llama 3.1."""
SHARED = "meta-llama/Llama-3.1-405B"
ACCEPTED = (200, 201, 202, 204)
BUSY = (409, 429, 500, 502, 503, 504)
"""Answers after which the same request is worth another attempt."""


class RefusedError(RuntimeError):
    """The platform refused the request for good."""


@dataclass(frozen=True)
class Answer:
    """`status` 0: nobody answered. `seconds` is how long the last attempt took."""

    status: int
    body: Any
    seconds: float
    headers: dict[str, str]


class Driver:
    """`base_urls`: one address of a web, or several of which the next is tried when one fails.

    `new_model` answers the id of a repository of that name on the hub, made if need be; without it all events
    are about one model, which the hub must have. Any thread may call any method.
    """

    def __init__(
        self,
        base_urls: str | Sequence[str],
        token: str,
        ledger: Ledger,
        *,
        new_model: Callable[[str], str] = lambda name: SHARED,
        patience: float = 90,
        timeout: float = 20,
    ) -> None:
        self.urls = [base_urls] if isinstance(base_urls, str) else list(base_urls)
        self.token, self.ledger, self.new_model = token, ledger, new_model
        self.patience, self.timeout = patience, timeout
        self.seconds: list[float] = []
        """Of every attempt that was answered at all."""
        self.statuses: list[int] = []

    def ask(self, method: str, path: str, body: Any = None, *, key: str = "", web: int = 0) -> Answer:
        """One attempt at one web; never raises for what happens on the way."""
        raw = None if body is None else json.dumps(body).encode()
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        began = time.monotonic()
        answer = request(
            self.urls[web % len(self.urls)],
            method,
            f"/api/v1{path}",
            raw,
            {**headers, **({"Idempotency-Key": key} if key else {})},
            self.timeout,
        )
        self.statuses.append(answer.status)
        if answer.status:
            self.seconds.append(time.monotonic() - began)
        return answer

    def send(self, what: str, path: str, body: Any, *, key: str, **noted: Any) -> Any:
        """Until it is accepted; answers the body. Raises RefusedError, or TimeoutError after `patience`."""
        self.ledger.note(what, key=key, state="sent", **noted)
        deadline = time.monotonic() + self.patience
        web = hash(key)
        while time.monotonic() < deadline:
            answer = self.ask("POST", path, body, key=key, web=web)
            if answer.status in ACCEPTED:
                told = answer.body if isinstance(answer.body, dict) else {}
                self.ledger.note(what, key=key, state="accepted", id=told.get("id"), **noted)
                return answer.body
            if answer.status and answer.status not in BUSY:
                raise RefusedError(f"{path} answered {answer.status}: {answer.body}")
            web += 1
            time.sleep(0.1)
        raise TimeoutError(f"{path} was not accepted within {self.patience} s")

    def company(self, slug: str, users: int) -> None:
        named = {"slug": slug, "name": slug.title(), **KNOWN}
        self.send("company", "/companies/", named, key=f"company:{slug}")
        self.restate(slug, users, key=f"figure:{slug}")

    def restate(self, slug: str, users: int, *, key: str) -> None:
        """Another number of users; over the limit nothing of the company may run from its acceptance on."""
        row = {"subject": f"company:{slug}", "value": users, **FIGURE}
        self.send("measurement", "/measurements/", row, key=key)

    def event(self, name: str, *, company: str = "acme", never: bool = True) -> int:
        """Something new in every table: a model, its deployment, a check of it. Answers the check's id.

        `never`: the company is over the limit, so that the gate may never let the deployment through.
        """
        repo_id = self.new_model(name)
        self.send("model", "/models/", {"repo_id": repo_id}, key=f"model:{name}")
        self.deploy(name, repo_id, company, never=never)
        return self.check(name)

    def deploy(self, name: str, repo_id: str, company: str, *, never: bool = True, **more: Any) -> None:
        (self.ledger.forbid if never else self.ledger.permit)(name)
        named = {"slug": name, "model": repo_id, "company": company, "environment": "production"}
        body = {**named, "regions": ["US"], "output_regions": ["US"], "uses": USES, **more}
        self.send("deployment", "/deployments/", body, key=f"deployment:{name}", slug=name)

    def check(self, slug: str, key: str = "") -> int:
        asked = {"deployment": slug}
        return int(self.send("check", "/checks/", asked, key=key or f"check:{slug}", slug=slug)["id"])

    def burst(self, prefix: str, size: int, *, threads: int = 4) -> list[int]:
        """So many events at once."""
        names = [f"{prefix}-{number}" for number in range(size)]
        with ThreadPoolExecutor(threads) as pool:
            return list(pool.map(self.event, names))


def request(
    url: str, method: str, path: str, body: bytes | None, headers: dict[str, str], timeout: float
) -> Answer:
    """One request on a connection of its own; status 0 when no whole answer came."""
    parts = urllib.parse.urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=timeout)
    began = time.monotonic()
    try:
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        raw = answer.read()
        told = dict(answer.getheaders())
        return Answer(answer.status, _json(raw), time.monotonic() - began, told)
    except (OSError, http.client.HTTPException) as fault:
        return Answer(0, repr(fault), time.monotonic() - began, {})
    finally:
        connection.close()


def _json(raw: bytes) -> Any:
    try:
        return json.loads(raw or b"null")
    except ValueError:
        return raw.decode(errors="replace")
