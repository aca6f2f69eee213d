"""HTTP to an address that people gave, without being led anywhere else.

The name is resolved once, every address that it stands for must be allowed, and one of these is connected to;
no redirect is followed, no proxy asked, no cookie kept. Time is bounded as a whole: only to find a name takes
as long as the resolver of the host lets it. What is read of the answer is up to the caller.
"""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import httpcore2

from governance.core.web_address import is_public

Headers = Mapping[bytes | str, bytes | str]
Allowed = Callable[[str], bool]
"""Whether an IP address may be connected to."""


class WebError(Exception):
    """It was not answered as it should be; the message is a sentence for people, without the address."""


@contextmanager
def answer_of(
    method: str,
    address: str,
    headers: Headers,
    content: bytes = b"",
    *,
    allowed: Allowed = is_public,
    seconds: float,
) -> Iterator[httpcore2.Response]:
    """The answer, of which the body is still to be read. Raises WebError, also for faults in the block."""
    backend = _Guarded(allowed, time.monotonic() + seconds)
    sent: Headers = {"User-Agent": "Modelsteward", "Accept-Encoding": "identity", **headers}
    try:
        with (
            httpcore2.ConnectionPool(network_backend=backend) as pool,
            pool.stream(method, address, headers=sent, content=content or None) as response,
        ):
            yield response
    except WebError:
        raise
    except (httpcore2.TimeoutException, TimeoutError) as fault:
        raise WebError("The answer did not come in time.") from fault
    except Exception as fault:  # what a server sends can fail in any way
        raise WebError(f"It could not be asked ({type(fault).__name__}: {str(fault)[:200]}).") from fault


def header(response: httpcore2.Response, name: str) -> str:
    """The first header of that name (in lower case); empty without one."""
    found = (value for key, value in response.headers if key.lower() == name.encode())
    return next(found, b"").decode("latin-1")


class _Guarded(httpcore2.NetworkBackend):
    """Connects to nothing but addresses that are allowed, and until a deadline."""

    def __init__(self, allowed: Allowed, deadline: float) -> None:
        self.allowed, self.deadline = allowed, deadline
        self.real = httpcore2.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Any = None,
    ) -> httpcore2.NetworkStream:
        found = [str(row[4][0]) for row in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
        for one in found:
            if not self.allowed(one):
                raise WebError(f"{host} stands for {one}, which is no public address: it is not opened.")
        left = _left(self.deadline)
        real = self.real.connect_tcp(found[0], port, left, local_address, socket_options)
        return _Timed(real, self.deadline)

    def connect_unix_socket(self, *args: Any, **kwargs: Any) -> httpcore2.NetworkStream:
        raise WebError("No local socket is opened.")

    def sleep(self, seconds: float) -> None:
        self.real.sleep(seconds)


class _Timed(httpcore2.NetworkStream):
    """A server that sends a byte now and then cannot hold the worker beyond the deadline."""

    def __init__(self, real: httpcore2.NetworkStream, deadline: float) -> None:
        self.real, self.deadline = real, deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self.real.read(max_bytes, _left(self.deadline))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self.real.write(buffer, _left(self.deadline))

    def close(self) -> None:
        self.real.close()

    def start_tls(
        self, ssl_context: Any, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore2.NetworkStream:
        real = self.real.start_tls(ssl_context, server_hostname, _left(self.deadline))
        return _Timed(real, self.deadline)

    def get_extra_info(self, info: str) -> Any:
        return self.real.get_extra_info(info)


def _left(deadline: float) -> float:
    """Seconds until the deadline. Raises WebError beyond it."""
    left = deadline - time.monotonic()
    if left <= 0:
        raise WebError("The answer did not come in time.")
    return left
