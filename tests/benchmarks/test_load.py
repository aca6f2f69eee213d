"""The load generator counts what a real server answered, over connections that it keeps."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from benchmarks.rig.load import Load, run


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    seen: list[tuple[int, str, str]]

    def do_GET(self) -> None:
        self.server.seen.append((self.client_address[1], self.path, self.headers.get("X-Word", "")))
        body = b"x" * 3000
        self.send_response(404 if self.path == "/gone" else 200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[:10])
        self.wfile.flush()
        self.wfile.write(body[10:])

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def server() -> Iterator[ThreadingHTTPServer]:
    made = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    made.seen = []
    made.handle_error = lambda *_: None  # the client goes away while it is answered
    threading.Thread(target=made.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    yield made
    made.shutdown()
    made.server_close()


def load(server: ThreadingHTTPServer, *paths: str) -> Load:
    return Load(server.server_address[1], paths, {"X-Word": "said"}, connections=3, seconds=0.2)


def test_paths_are_asked_in_turn_over_kept_connections(server):
    found = run(load(server, "/a", "/b"))
    assert found.refused == 0
    assert 0 < found.requests <= len(server.seen) <= found.requests + 3
    assert len({port for port, *_ in server.seen}) == 3
    assert {(path, word) for _, path, word in server.seen} == {("/a", "said"), ("/b", "said")}
    assert 0 < found.p50 <= found.p99


def test_other_answers_than_200_are_told(server):
    found = run(load(server, "/gone"))
    assert found.refused == found.requests > 0
