"""What goes wrong between us and a hub ends in one state each, in bounded time, with nothing sent twice."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from governance.core.reading import Known, SourceError, SourceState
from governance.demo.hub import Answer, Fault, Hub, Request, faults, hub_server
from plugins.sources.huggingface import HuggingFace
from tests.plugins.sources.conftest import TOKEN

INFO = "/api/models/*/revision/*"
LICENSE = "/acme/m/resolve/*/LICENSE"


def refused(source: HuggingFace, model: str = "acme/m", revision: str = "main") -> SourceError:
    with pytest.raises(SourceError) as caught:
        source.read(model, revision, Known())
    assert str(caught.value).endswith(".")
    assert TOKEN not in str(caught.value)
    assert "http" not in str(caught.value).lower()
    return caught.value


# ---------------------------------------------------------------- the hub says no


def test_a_model_that_is_not_there(source: HuggingFace, anybody: HuggingFace) -> None:
    assert refused(source, "acme/none").state is SourceState.NOT_FOUND
    assert refused(anybody, "acme/none").state is SourceState.NOT_FOUND


def test_a_private_model_looks_like_a_missing_one(
    hub: Hub, source: HuggingFace, anybody: HuggingFace
) -> None:
    hub.change("acme/m", private=True)
    assert refused(source).state is SourceState.NOT_FOUND
    assert refused(anybody).state is SourceState.NOT_FOUND
    hub.grant_access("acme/m", "alice")
    assert source.read("acme/m", "main", Known()).private


def test_a_disabled_model(hub: Hub, source: HuggingFace) -> None:
    hub.change("acme/m", disabled=True)
    assert refused(source).state is SourceState.DISABLED


def test_a_revision_that_is_not_there(source: HuggingFace) -> None:
    assert refused(source, revision="a" * 40).state is SourceState.REVISION_NOT_FOUND


def test_a_bad_token(hub: Hub, source: HuggingFace) -> None:
    hub.revoke_token(TOKEN)
    assert refused(source).state is SourceState.BAD_TOKEN


def test_a_gated_answer_for_the_model_itself(hub: Hub, source: HuggingFace) -> None:
    hub.fail(faults.answered(403, X_Error_Code="GatedRepo"), INFO)
    assert refused(source).state is SourceState.GATED


@pytest.mark.parametrize(
    ("fault", "seconds"),
    [
        (faults.too_many_requests("30"), 30),
        (faults.too_many_requests(reset=55), 55),
        (faults.too_many_requests("30", reset=55), 55),
        (faults.too_many_requests("90", reset=55), 90),
        (faults.too_many_requests("soon"), None),
        (faults.too_many_requests(), None),
        (faults.too_many_requests("-5"), None),
        (faults.too_many_requests("0"), 1),
        (faults.too_many_requests("999999999"), 3600),
        (faults.too_many_requests("9" * 5000), None),
    ],
)
def test_too_many_requests(hub: Hub, source: HuggingFace, fault: Fault, seconds: float | None) -> None:
    hub.fail(fault, INFO)
    error = refused(source)
    assert (error.state, error.retry_after, error.transient) == (SourceState.RATE_LIMITED, seconds, True)
    assert hub.count() == 1


def test_the_limit_of_the_hub_itself_counts(hub: Hub, source: HuggingFace) -> None:
    hub.clock = lambda: 1000.0
    hub.limit("api", quota=1, seconds=300)
    source.read("acme/m", "main", Known())
    error = refused(source)
    assert error.state is SourceState.RATE_LIMITED
    assert error.retry_after is not None
    assert 1 <= error.retry_after <= 300


def test_a_limit_met_at_a_text_postpones_the_whole_reading(hub: Hub, source: HuggingFace) -> None:
    hub.fail(faults.too_many_requests("30"), LICENSE)
    assert refused(source).retry_after == 30


@pytest.mark.parametrize("code", [408, 500, 502, 503, 504])
def test_a_fault_of_the_hub_is_transient(hub: Hub, source: HuggingFace, code: int) -> None:
    hub.fail(faults.status(code), INFO, times=1)
    error = refused(source)
    assert (error.state, error.transient) == (SourceState.UNREACHABLE, True)
    assert hub.count() == 1
    assert source.read("acme/m", "main", Known()).repo_id == "acme/m"


@pytest.mark.parametrize("code", [204, 304, 400, 416, 418])
def test_an_answer_without_sense_is_invalid(hub: Hub, source: HuggingFace, code: int) -> None:
    hub.fail(faults.status(code), INFO)
    assert refused(source).state is SourceState.INVALID


# ---------------------------------------------------------------- the wire breaks


def test_nobody_listens(hub: Hub) -> None:
    with hub_server(hub) as address:
        pass
    assert refused(HuggingFace({"endpoint": address})).state is SourceState.UNREACHABLE


def test_the_server_stops_between_two_readings(hub: Hub) -> None:
    with hub_server(hub) as address:
        source = HuggingFace({"endpoint": address})
        source.read("acme/m", "main", Known())
    assert refused(source).state is SourceState.UNREACHABLE


@pytest.mark.parametrize(
    "fault",
    [
        faults.resetting,
        faults.hanging,
        faults.truncated(sent=40),
        faults.truncated(sent=40, claimed=1000),
        faults.dripping(0.3),
        faults.dripping(2),
    ],
)
def test_a_broken_wire_is_transient_and_ends_in_time(hub: Hub, impatient: HuggingFace, fault: Fault) -> None:
    hub.fail(fault, INFO)
    start = time.monotonic()
    assert refused(impatient).state is SourceState.UNREACHABLE
    assert time.monotonic() - start < 10
    assert hub.count() == 1


class _HeaderByHeader(BaseHTTPRequestHandler):
    """Headers without end, each soon after the last: no silence for a time limit to notice."""

    def do_GET(self) -> None:
        self.send_response(200)
        for number in range(300):
            self.send_header(f"X-{number}", "x")
            self.flush_headers()
            if self.server.stopping.wait(0.1):  # type: ignore[attr-defined]
                return

    def log_message(self, format: str, *args: object) -> None:
        pass


@contextmanager
def slow_headers() -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), _HeaderByHeader)
    server.stopping = threading.Event()  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.stopping.set()  # type: ignore[attr-defined]
    server.shutdown()
    server.server_close()


def test_headers_that_never_end_are_ended() -> None:
    with slow_headers() as address:
        start = time.monotonic()
        error = refused(HuggingFace({"endpoint": address, "timeout": 0.5, "total_seconds": 0.6}))
        assert time.monotonic() - start < 10
    assert error.state is SourceState.UNREACHABLE
    assert "within 0.6 seconds" in str(error)


@pytest.mark.parametrize(
    "fault",
    [
        faults.html,
        faults.not_json,
        faults.not_utf8,
        faults.deeply_nested(),
        faults.huge(40),
        faults.huge(40, announced=False),
        faults.gzip_bomb(40),
        faults.with_headers(Content_Encoding="br"),
        faults.answered(200, b'{"id": "acme/m", "sha": NaN}'),
        faults.answered(200, b'{"id": "acme/m", "sha": "aa", "likes": 1e999}'),
        faults.answered(200, b"[]"),
        faults.answered(200, b""),
        faults.answered(200, b'{"id": "acme/m", "likes": ' + b"9" * 10_000 + b"}"),
    ],
)
def test_an_answer_that_is_none_is_invalid(hub: Hub, address: str, fault: Fault) -> None:
    hub.fail(fault, INFO)
    source = HuggingFace({"endpoint": address, "token": TOKEN})
    assert refused(source).state is SourceState.INVALID


def test_an_honest_compressed_answer_is_read(hub: Hub, source: HuggingFace) -> None:
    hub.fail(faults.gzipped, INFO)
    assert source.read("acme/m", "main", Known()).repo_id == "acme/m"


def test_characters_that_no_database_takes_are_replaced(hub: Hub, source: HuggingFace) -> None:
    hub.fail(faults.edited(lambda info: {**info, "tags": ["license:a\0b\ud800c"]}), INFO)
    assert "a\ufffdb\ufffdc" in [s.value for s in source.read("acme/m", "main", Known()).statements]


def test_offline_mode_of_the_client_is_said(source: HuggingFace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    assert refused(source).state is SourceState.UNREACHABLE


# ---------------------------------------------------------------- elsewhere


def test_a_next_page_on_another_host_is_never_asked(hub: Hub, source: HuggingFace) -> None:
    with hub_server(Hub()) as other:
        link = f'<{other.replace("127.0.0.1", "localhost")}/api/models?cursor=2>; rel="next"'
        hub.fail(faults.with_headers(Link=link))
        with pytest.raises(SourceError, match="another host"):
            source.history("acme/m", "main")
        with pytest.raises(SourceError, match="another host"):
            list(source.changes(datetime(2000, 1, 1, tzinfo=UTC)))


def other_hub() -> tuple[Hub, Callable[[], list[str]]]:
    """A second hub with the same model, and the tokens that it was shown."""
    hub = Hub()
    hub.create("acme/m")
    hub.push("acme/m", {"LICENSE": b"Terms from elsewhere.\n"})
    return hub, lambda: [entry.request.authorization for entry in hub.asked()]


def test_a_question_is_not_redirected_to_another_host(hub: Hub, source: HuggingFace) -> None:
    other, tokens = other_hub()
    with hub_server(other) as elsewhere:
        hub.fail(faults.redirected(f"{elsewhere}/api/models/acme/m"), INFO)
        assert refused(source).state is SourceState.INVALID
    assert tokens() == []


def test_a_file_elsewhere_is_read_without_the_token(hub: Hub, source: HuggingFace) -> None:
    other, tokens = other_hub()
    with hub_server(other) as elsewhere:
        hub.fail(faults.redirected(f"{elsewhere}/acme/m/resolve/main/LICENSE?Signature=secret", 302), LICENSE)
        reading = source.read("acme/m", "main", Known())
    assert "Terms from elsewhere.\n" in [text.text for text in reading.texts]
    assert tokens() == [""]


def test_a_file_that_is_kept_on_the_other_origin_of_the_hub(hub: Hub, source: HuggingFace) -> None:
    hub.resolve_cache = True
    reading = source.read("acme/m", "main", Known())
    assert [text.path for text in reading.texts] == ["LICENSE"]
    assert reading.requests == hub.count() == 3


@pytest.mark.parametrize("location", ["", "ftp://x/y", "file:///etc/passwd", "http://[::1", "http://u:p@x/"])
def test_a_redirect_to_no_address_is_refused(hub: Hub, source: HuggingFace, location: str) -> None:
    hub.fail(faults.redirected(location), INFO)
    assert refused(source).state is SourceState.INVALID
    assert hub.count() == 1


@pytest.mark.parametrize("path", [INFO, LICENSE])
def test_a_redirect_in_a_circle_ends(hub: Hub, source: HuggingFace, path: str) -> None:
    hub.fail(faults.redirect_loop, path)
    if path == INFO:
        assert refused(source).state is SourceState.INVALID
    else:
        assert "'LICENSE' could not be read" in source.read("acme/m", "main", Known()).problems[0]
    assert hub.count() <= 6


def test_a_signed_address_is_in_no_sentence(hub: Hub, source: HuggingFace) -> None:
    hub.fail(faults.redirected("http://localhost:1/file?X-Signature=secret", 302), LICENSE)
    assert "secret" not in str(refused(source))


def test_an_error_body_of_any_shape_is_not_looked_at(hub: Hub, source: HuggingFace) -> None:
    for body in (b"[]", b'{"error": [[]]}', b"\xff" * 100, b'{"errors": 7}'):
        hub.heal()
        hub.fail(faults.answered(404, body, X_Error_Code="RepoNotFound"), INFO)
        assert refused(source).state is SourceState.NOT_FOUND


def answer_twice(times: list[str]) -> Fault:
    def note(request: Request, answer: Answer) -> Answer:
        times.append(request.path)
        return answer

    return note


def test_two_threads_read_at_once(hub: Hub, source: HuggingFace) -> None:
    seen: list[str] = []
    hub.fail(answer_twice(seen))
    readings: list[str] = []
    threads = [
        threading.Thread(target=lambda: readings.append(source.read("acme/m", "main", Known()).revision))
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(readings) == 8
    assert len(set(readings)) == 1
