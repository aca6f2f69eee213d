"""What goes wrong on the wire, as the client of the trade feels it."""

import json
from collections.abc import Callable
from typing import Any

import httpx2
import pytest
from huggingface_hub import HfApi
from huggingface_hub.utils import get_session

from governance.demo.hub import Fault, Hub, faults, hub_server

INFO = "/api/models/acme/m"


def get(address: str, **options: Any) -> httpx2.Response:
    return get_session().get(address + INFO, **{"timeout": 5, "follow_redirects": True, **options})


def dated(info: dict[str, Any]) -> dict[str, Any]:
    return {**info, "lastModified": "2024-07-23T12:00:00+00:00"}


def hostile(info: dict[str, Any]) -> dict[str, Any]:
    return {**info, "cardData": {"ignore_metadata_errors": True}}


def nameless(info: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in info.items() if key != "id"}


@pytest.mark.parametrize(
    ("change", "error"), [(dated, ValueError), (hostile, TypeError), (nameless, KeyError)]
)
def test_json_that_breaks_the_client(
    hub: Hub, anybody: HfApi, change: Callable[[Any], Any], error: type[Exception]
) -> None:
    hub.fail(faults.edited(change), INFO)
    with pytest.raises(error):
        anybody.model_info("acme/m", timeout=5)


@pytest.mark.parametrize("siblings", [None, [], "none", [{"rfilename": "a"}, {"rfilename": "a"}], [{}]])
def test_siblings_of_any_kind(hub: Hub, address: str, siblings: Any) -> None:
    hub.fail(faults.edited(lambda info: {**info, "siblings": siblings}), INFO)
    assert get(address).json()["siblings"] == siblings


def test_a_refusal_is_not_edited(hub: Hub, address: str) -> None:
    hub.fail(faults.edited(lambda info: {"id": info["sha"]}), "*")
    hub.change("acme/m", disabled=True)
    assert get(address).status_code == 403


def test_commits_without_authors(hub: Hub, anybody: HfApi) -> None:
    hub.fail(faults.edited(lambda commits: [{**c, "authors": [{}]} for c in commits]), "*/commits/*")
    with pytest.raises(KeyError):
        anybody.list_repo_commits("acme/m")


def test_a_commit_id_of_64_digits(hub: Hub, anybody: HfApi) -> None:
    hub.push("acme/m", {"a.txt": b"a"}, commit_id="ab" * 32)
    assert anybody.model_info("acme/m", timeout=5).sha == "ab" * 32


def test_the_same_name_with_another_id(hub: Hub, anybody: HfApi) -> None:
    hub.change("acme/m", hub_id="66aa00000000000000000099")
    assert anybody.model_info("acme/m", timeout=5)._id == "66aa00000000000000000099"


def test_faults_are_applied_as_often_as_planned_and_in_order(hub: Hub, address: str) -> None:
    hub.fail(faults.too_many_requests(retry_after="30"), INFO, times=2)
    hub.fail(faults.status(502), INFO, times=1)
    assert [get(address).status_code for _ in range(4)] == [429, 429, 502, 200]


def test_a_fault_may_meet_one_method_only(hub: Hub, address: str) -> None:
    hub.fail(faults.status(503), method="HEAD")
    assert get(address).status_code == 200
    assert get_session().head(address + INFO).status_code == 503


@pytest.mark.parametrize("fault", [faults.html, faults.not_json, faults.not_utf8])
def test_bodies_that_are_no_json(hub: Hub, address: str, fault: Fault) -> None:
    hub.fail(fault, INFO)
    with pytest.raises(ValueError):  # noqa: PT011
        json.loads(get(address).content)


def test_json_that_is_too_deep(hub: Hub, address: str) -> None:
    hub.fail(faults.deeply_nested(), INFO)
    with pytest.raises(RecursionError):
        get(address).json()


@pytest.mark.parametrize("claimed", [1000, None])
def test_a_truncated_body(hub: Hub, address: str, claimed: int | None) -> None:
    hub.fail(faults.truncated(sent=20, claimed=claimed), INFO)
    with pytest.raises(httpx2.RemoteProtocolError):
        get(address)


def test_a_reset_connection(hub: Hub, address: str) -> None:
    hub.fail(faults.resetting, INFO)
    with pytest.raises(httpx2.TransportError):
        get(address)


def test_a_hang(hub: Hub, address: str) -> None:
    hub.fail(faults.hanging, INFO)
    with pytest.raises(httpx2.ReadTimeout):
        get(address, timeout=0.2)


def test_a_drip_outlasts_no_read_timeout(hub: Hub, address: str) -> None:
    """Each byte comes in time, so only a clock over the whole answer stops it."""
    hub.fail(faults.dripping(0.01), INFO)
    with get_session().stream("GET", address + INFO, timeout=5) as answer:
        received = answer.iter_raw()
        assert [len(next(received)) for _ in range(3)] == [1, 1, 1]


def test_a_huge_body_is_streamed(hub: Hub, address: str) -> None:
    hub.fail(faults.huge(megabytes=3), INFO)
    assert len(get(address).json()["text"]) == 3 << 20
    hub.heal()
    hub.fail(faults.huge(megabytes=3, announced=False), INFO)
    answer = get(address)
    assert "Content-Length" not in answer.headers
    assert len(answer.content) > 3 << 20


def test_a_gzip_bomb_is_small_on_the_wire(hub: Hub, address: str) -> None:
    hub.fail(faults.gzip_bomb(megabytes=4), INFO)
    with get_session().stream("GET", address + INFO, timeout=5) as answer:
        assert sum(len(part) for part in answer.iter_raw()) < 10_000
    assert len(get(address).content) == 4 << 20


def test_an_honest_gzip(hub: Hub, address: str) -> None:
    hub.fail(faults.gzipped, INFO)
    assert get(address).json()["id"] == "acme/m"


def test_a_redirect_loop(hub: Hub, address: str) -> None:
    hub.fail(faults.redirect_loop, INFO)
    with pytest.raises(httpx2.TooManyRedirects):
        get(address)


def test_a_redirect_to_another_origin_goes_there_without_the_token(hub: Hub, alice: HfApi) -> None:
    hub.fail(faults.redirected(f"{hub.files_address}{INFO}"), INFO, times=1)
    assert alice.model_info("acme/m", timeout=5).id == "acme/m"
    assert [bool(entry.request.authorization) for entry in hub.log] == [True, False]


def test_a_stopped_hub_is_gone_for_kept_connections_too(hub: Hub) -> None:
    with hub_server(hub) as address:
        assert get(address).status_code == 200
    with pytest.raises(httpx2.TransportError):
        get(address)
