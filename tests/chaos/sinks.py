"""Where the platform's messages end up, kept outside of it: mail by Message-ID, webhooks by webhook-id."""

from __future__ import annotations

import json
import threading
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from tests.servers.smtp import MailServer


def mails(mail: MailServer) -> Counter[str]:
    """Message-ID -> how often the server took responsibility for it."""
    return Counter(kept.message_id for kept in mail.messages)


def write_mails(mail: MailServer, path: Path) -> None:
    """As JSON lines that `counters` reads: each message kept, then each step of a dialogue."""
    kept = [{"id": one.message_id, "to": list(one.recipients)} for one in mail.messages]
    steps = [{"step": vars(step)} for step in mail.steps]
    path.write_text("".join(json.dumps(line) + "\n" for line in (*kept, *steps)), "utf-8")


def read_sink(path: Path) -> Counter[str]:
    """Ids of the messages that came, from a file of JSON lines."""
    lines = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    return Counter(line["id"] for line in lines if "id" in line)


@dataclass(frozen=True)
class Hooked:
    """One request that came, and the status it was answered with."""

    path: str
    headers: Mapping[str, str]
    body: Any
    status: int
    raw: bytes = b""
    """The body as it came, which is what a signature is over."""

    @property
    def id(self) -> str:
        return self.headers.get("webhook-id", "")


class HookSink(ThreadingHTTPServer):
    """Takes every POST, logs it, and answers `status` with `headers`; 2xx counts as taken."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.status = 204
        self.headers: dict[str, str] = {}
        self.log: list[Hooked] = []

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/hook"

    def came(self) -> Counter[str]:
        return Counter(one.id for one in list(self.log) if one.status < 300)


class _Handler(BaseHTTPRequestHandler):
    server: HookSink
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        headers = {name.lower(): value for name, value in self.headers.items()}
        status = self.server.status
        self.server.log.append(Hooked(self.path, headers, json.loads(raw or b"null"), status, raw))
        self.send_response(status)
        for name, value in self.server.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """The sink keeps its own log."""


@contextmanager
def hook_sink() -> Iterator[HookSink]:
    sink = HookSink()
    threading.Thread(target=sink.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield sink
    finally:
        sink.shutdown()
        sink.server_close()
