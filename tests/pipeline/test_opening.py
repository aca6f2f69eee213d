from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from governance.core.web_address import is_public
from governance.pipeline.opening import MOST_BYTES, PageError, open_page


def _plain(body: bytes, kind: str = "text/html; charset=utf-8", status: int = 200, **headers: str):
    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        handler.send_header("Content-Type", kind)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()
        handler.wfile.write(body)

    return answer


PAGES = {
    "/about": _plain(b"<h1>Acme</h1><p>Built\n with&nbsp;<b>Llama</b></p><script>hidden</script>"),
    "/plain": _plain("Gebaut mit Ä".encode("latin-1"), "text/plain; charset=latin-1"),
    "/strange-charset": _plain(b"fine", "text/plain; charset=no-such"),
    "/away": _plain(b"", status=302, Location="http://10.0.0.1/secret"),
    "/missing": _plain(b"", status=404),
    "/image": _plain(b"\x89PNG", "image/png"),
    "/packed": _plain(b"\x1f\x8b", Content_Encoding="gzip"),
    "/long": _plain(b"x" * (MOST_BYTES + 1)),
}


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        PAGES[self.path](self)

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def local(address: str) -> bool:
    return address == "127.0.0.1"


def test_a_page_is_what_a_reader_sees(site):
    text = open_page(f"{site}/about", local)
    assert " ".join(text.split()) == "AcmeBuilt with Llama"


@pytest.mark.parametrize(("path", "text"), [("/plain", "Gebaut mit Ä"), ("/strange-charset", "fine")])
def test_the_character_set_is_that_of_the_answer(site, path, text):
    assert open_page(site + path, local) == text


@pytest.mark.parametrize(
    ("path", "cause"),
    [
        ("/away", "redirects to http://10.0.0.1/secret, which is not followed"),
        ("/missing", "answered 404"),
        ("/image", "of type image/png"),
        ("/packed", "came compressed"),
        ("/long", "longer than 2 MiB"),
    ],
)
def test_what_is_no_page_says_why(site, path, cause):
    with pytest.raises(PageError, match=cause):
        open_page(site + path, local)


def test_a_name_that_stands_for_an_address_within_is_not_opened(site):
    name = site.replace("127.0.0.1", "localhost")
    with pytest.raises(PageError, match=r"localhost stands for .*, which is no public address"):
        open_page(f"{name}/about", is_public)


def test_a_server_that_is_not_there_says_so():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        with pytest.raises(PageError, match="could not be opened"):
            open_page(f"http://127.0.0.1:{taken.getsockname()[1]}/", local)


@contextmanager
def _trickling() -> Iterator[str]:
    """A server that sends a byte of its headers now and then, for ever."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        ended = threading.Event()

        def serve() -> None:
            connection, _ = server.accept()
            with connection:
                connection.sendall(b"HTTP/1.1 200 OK\r\nX: ")
                with suppress(OSError):  # the other side left
                    while not ended.wait(0.02):
                        connection.sendall(b"x")

        threading.Thread(target=serve, daemon=True).start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}/"
        ended.set()


def test_a_server_that_trickles_is_left_at_the_deadline():
    with _trickling() as address:
        begun = time.monotonic()
        with pytest.raises(PageError, match="did not come in time"):
            open_page(address, local, seconds=0.3)
        assert time.monotonic() - begun < 4
