"""Rate limits: fixed windows, told on every answer."""

from huggingface_hub.utils import get_session, parse_ratelimit_headers

from governance.demo.hub import Hub, faults


def ask(address: str, path: str = "/api/models/acme/m") -> tuple[int, dict[str, str]]:
    answer = get_session().get(address + path)
    return answer.status_code, dict(answer.headers)


def test_the_quota_ends_and_begins_again_with_the_window(hub: Hub, address: str) -> None:
    hub.clock = lambda: 1_000_260.0
    hub.limit("api", quota=2, seconds=300)
    assert [ask(address)[0] for _ in range(3)] == [200, 200, 429]
    hub.clock = lambda: 1_000_500.0
    assert ask(address)[0] == 200


def test_headers_tell_what_is_left_and_for_how_long(hub: Hub, address: str) -> None:
    hub.clock = lambda: 245.0
    hub.limit("api", quota=5, seconds=300)
    told = parse_ratelimit_headers(ask(address)[1])
    assert told is not None
    assert (told.resource_type, told.remaining, told.reset_in_seconds) == ("api", 4, 55)


def test_headers_are_on_refusals_too(hub: Hub, address: str) -> None:
    status, headers = ask(address, "/api/models/acme/nothing")
    assert status == 401
    assert "ratelimit" in headers


def test_files_have_a_window_of_their_own(hub: Hub, address: str) -> None:
    hub.limit("api", quota=0)
    assert ask(address)[0] == 429
    assert ask(address, "/acme/m/resolve/main/README.md")[0] == 200


def test_a_hub_may_limit_without_saying_so(hub: Hub, address: str) -> None:
    hub.limit("api", quota=0, announced=False)
    status, headers = ask(address)
    assert status == 429
    assert not {"ratelimit", "retry-after"} & set(headers)


def test_429_with_any_retry_after(hub: Hub, address: str) -> None:
    for text in ("30", "Wed, 21 Oct 2026 07:28:00 GMT", "-5", "99999999999", "soon"):
        hub.fail(faults.too_many_requests(retry_after=text), times=1)
        status, headers = ask(address)
        assert (status, headers["retry-after"]) == (429, text)
        assert "ratelimit" not in headers


def test_429_with_ratelimit(hub: Hub, address: str) -> None:
    hub.fail(faults.too_many_requests(reset=55), times=1)
    told = parse_ratelimit_headers(ask(address)[1])
    assert told is not None
    assert (told.remaining, told.reset_in_seconds) == (0, 55)


def test_tokens_are_counted_apart(hub: Hub, address: str) -> None:
    hub.limit("api", quota=1)
    headers = {"Authorization": "Bearer hf_alice"}
    url = f"{address}/api/models/acme/m"
    assert [get_session().get(url, headers=h).status_code for h in ({}, headers, {})] == [200, 200, 429]
