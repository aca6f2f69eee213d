"""Each way in which the Hub says no, as the client tells it apart (and where it does not)."""

import httpx2
import pytest
from huggingface_hub import HfApi, hf_hub_download
from huggingface_hub.errors import (
    DisabledRepoError,
    GatedRepoError,
    HfHubHTTPError,
    RemoteEntryNotFoundError,
    RepositoryNotFoundError,
    RevisionNotFoundError,
)
from huggingface_hub.utils import get_session

from governance.demo.hub import Hub, faults


def refused(api: HfApi, repo_id: str = "acme/m") -> HfHubHTTPError:
    with pytest.raises(HfHubHTTPError) as failed:
        api.model_info(repo_id, timeout=5)
    return failed.value


def test_a_missing_repository_is_not_found_with_a_token(alice: HfApi) -> None:
    error = refused(alice, "acme/nothing")
    assert isinstance(error, RepositoryNotFoundError)
    assert error.response.status_code == 404


def test_a_private_repository_looks_like_a_missing_one(hub: Hub, alice: HfApi, anybody: HfApi) -> None:
    hub.change("acme/m", private=True)
    assert isinstance(refused(alice), RepositoryNotFoundError)
    anonymous = refused(anybody)
    assert anonymous.response.status_code == 401
    assert str(anonymous.server_message) == "Invalid username or password."
    hub.grant_access("acme/m", "alice")
    assert alice.model_info("acme/m", timeout=5).private is True


def test_a_401_over_http_is_no_repository_not_found(anybody: HfApi) -> None:
    assert type(refused(anybody, "acme/nothing")) is HfHubHTTPError


def test_a_bad_token_is_refused_everywhere(hub: Hub, alice: HfApi) -> None:
    hub.revoke_token("hf_alice")
    error = refused(alice)
    assert type(error) is HfHubHTTPError
    assert error.response.headers["X-Error-Message"] == "Invalid credentials in Authorization header"


def test_a_deleted_repository_may_come_back_as_another(hub: Hub, alice: HfApi) -> None:
    first = hub["acme/m"].hub_id
    hub.delete("acme/m")
    assert isinstance(refused(alice), RepositoryNotFoundError)
    hub.create("acme/m", hub_id="66aa00000000000000000099")
    again = alice.model_info("acme/m", timeout=5)
    assert again._id == "66aa00000000000000000099" != first


def test_a_gated_repository_shows_its_card_and_nothing_else(
    hub: Hub, alice: HfApi, anybody: HfApi, tmp_path: object
) -> None:
    hub.change("acme/m", gated="manual")
    options = {"endpoint": alice.endpoint, "cache_dir": tmp_path}
    assert anybody.model_info("acme/m", timeout=5).gated == "manual"
    hf_hub_download("acme/m", "README.md", token=False, **options)
    for token, status in ((False, 401), ("hf_alice", 403)):
        with pytest.raises(GatedRepoError) as failed:
            hf_hub_download("acme/m", "config.json", token=token, **options)
        assert failed.value.response.status_code == status


def test_auth_check_sees_access_come_and_go(hub: Hub, alice: HfApi) -> None:
    hub.change("acme/m", gated="auto")
    hub.grant_access("acme/m", "alice")
    alice.auth_check("acme/m")
    hub.revoke_access("acme/m", "alice")
    with pytest.raises(GatedRepoError):
        alice.auth_check("acme/m")


def test_a_disabled_repository_says_so(hub: Hub, alice: HfApi) -> None:
    hub.change("acme/m", disabled=True)
    with pytest.raises(DisabledRepoError):
        alice.model_info("acme/m", timeout=5)


def test_an_unknown_revision_is_named_as_such(anybody: HfApi) -> None:
    with pytest.raises(RevisionNotFoundError):
        anybody.model_info("acme/m", revision="nowhere", timeout=5)


def test_an_unknown_file_is_named_as_such(hub: Hub, anybody: HfApi, tmp_path: object) -> None:
    with pytest.raises(RemoteEntryNotFoundError) as failed:
        hf_hub_download("acme/m", "no.txt", endpoint=anybody.endpoint, cache_dir=tmp_path, token=False)
    assert failed.value.response.headers["X-Repo-Commit"] == hub["acme/m"].branches["main"]


def test_a_rewritten_history_forgets_the_pinned_commit(hub: Hub, anybody: HfApi) -> None:
    pinned = hub["acme/m"].branches["main"]
    hub.rewrite_history("acme/m")
    with pytest.raises(RevisionNotFoundError):
        anybody.model_info("acme/m", revision=pinned, timeout=5)
    assert [commit.title for commit in anybody.list_repo_commits("acme/m")] == ["Squash"]


def test_an_unknown_page_is_a_plain_404(address: str) -> None:
    answer = get_session().get(f"{address}/nowhere/at/all")
    assert answer.status_code == 404
    assert "X-Error-Code" not in answer.headers


@pytest.mark.parametrize("status", [400, 500, 502, 503])
def test_an_error_of_the_server(hub: Hub, anybody: HfApi, status: int) -> None:
    hub.fail(faults.status(status), "/api/models/acme/m")
    assert refused(anybody).response.status_code == status
    hub.heal()
    assert anybody.model_info("acme/m", timeout=5).id == "acme/m"


def test_too_many_requests_carry_their_status(hub: Hub, alice: HfApi) -> None:
    hub.fail(faults.too_many_requests(reset=55, retry_after="55"), times=1)
    assert refused(alice).response.status_code == 429
    assert alice.model_info("acme/m", timeout=5).id == "acme/m"


def test_a_fault_of_transport_is_no_error_of_the_hub(hub: Hub, alice: HfApi) -> None:
    hub.fail(faults.hanging)
    with pytest.raises(httpx2.ReadTimeout) as failed:
        alice.model_info("acme/m", timeout=0.2)
    assert not isinstance(failed.value, HfHubHTTPError)
