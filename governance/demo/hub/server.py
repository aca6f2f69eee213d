"""The HTTP face: a thread per connection, two origins, and answers that may misbehave on the wire."""

from __future__ import annotations

import socket
import struct
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from governance.demo.hub.routes import respond
from governance.demo.hub.state import Hub
from governance.demo.hub.wire import Answer, Request

HANG_SECONDS = 60  # longer than any client waits, yet no test session hangs on it
NO_BODY = (204, 304)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, hub: Hub, host: str, port: int) -> None:
        super().__init__((host, port), _Handler)
        self.hub = hub
        self.stopping = threading.Event()
        self._open: set[socket.socket] = set()

    def process_request(self, request: Any, client_address: Any) -> None:
        self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        self._open.discard(request)
        super().shutdown_request(request)

    def stop(self) -> None:
        """Also for clients that keep a connection: for them too the Hub is gone."""
        self.stopping.set()
        self.shutdown()
        self.server_close()
        for connection in list(self._open):
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Clients that hang up are none of our business; our own mistakes are printed."""
        if not isinstance(sys.exception(), (ConnectionError, TimeoutError)):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "SampleHub"
    disable_nagle_algorithm = True  # else each answer on a kept connection waits 40 ms
    server: _Server

    def answer(self) -> None:
        answer = respond(self.server.hub, self._request())
        try:
            self._deliver(answer)
        except ConnectionError:  # the client hung up
            self.close_connection = True

    do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = answer  # noqa: N815

    def _request(self) -> Request:
        path, _, query = self.path.partition("?")
        headers = {name.lower(): value for name, value in self.headers.items()}
        length = headers.get("content-length", "")
        body = self.rfile.read(int(length)) if length.isdecimal() else b""
        return Request(self.command, headers.get("host", ""), path, query, headers, body)

    def _deliver(self, answer: Answer) -> None:
        if answer.manner.hang:
            self.server.stopping.wait(HANG_SECONDS)
        if answer.manner.hang or answer.manner.reset:
            return self._reset()
        body = self._head(answer)
        if body:
            self._send(answer, body)

    def _head(self, answer: Answer) -> Iterator[bytes] | None:
        """Status and headers; answers the body that is still to be sent."""
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        length = answer.length if answer.stream or answer.length is not None else len(answer.body)
        chunked = length is None
        if answer.status not in NO_BODY:
            self.send_header(
                *(("Transfer-Encoding", "chunked") if chunked else ("Content-Length", str(length)))
            )
        self.end_headers()
        if self.command == "HEAD" or answer.status in NO_BODY:
            return None
        body = answer.stream() if answer.stream else iter((answer.body,))
        return _chunks(body) if chunked else body

    def _send(self, answer: Answer, body: Iterator[bytes]) -> None:
        left = answer.manner.cut_after
        self.close_connection = self.close_connection or left is not None
        for part in body:
            sent = part if left is None else part[:left]
            self._write(sent, answer.manner.drip_seconds)
            if left is not None:
                left -= len(sent)
            if left == 0 or self.server.stopping.is_set():
                return

    def _write(self, part: bytes, drip_seconds: float | None) -> None:
        if drip_seconds is None:
            self.wfile.write(part)
            return
        for number in range(len(part)):
            self.wfile.write(part[number : number + 1])
            if self.server.stopping.wait(drip_seconds):
                return

    def _reset(self) -> None:
        """Closed without lingering, so that the client sees a reset and no orderly end."""
        self.close_connection = True
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()

    def log_message(self, format: str, *args: object) -> None:
        """The Hub keeps its own log."""


def _chunks(body: Iterator[bytes]) -> Iterator[bytes]:
    for part in body:
        if part:
            yield b"%x\r\n%b\r\n" % (len(part), part)
    yield b"0\r\n\r\n"


@contextmanager
def hub_server(hub: Hub, port: int = 0, host: str = "127.0.0.1") -> Iterator[str]:
    """Serve `hub` on a free loopback port (or `port`); yields the address, `http://127.0.0.1:PORT`.

    The files of LFS come from a second origin, `http://localhost:OTHER`, as they do on the real Hub.
    """
    servers = [_Server(hub, host, port), _Server(hub, host, 0)]
    elsewhere = "localhost" if host == "127.0.0.1" else host
    hub.address = f"http://{host}:{servers[0].server_address[1]}"
    hub.files_address = f"http://{elsewhere}:{servers[1].server_address[1]}"
    for server in servers:
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield hub.address
    finally:
        for server in servers:
            server.stop()
