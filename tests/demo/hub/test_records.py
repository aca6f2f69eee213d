"""Repositories from records of the real API, and from hostile ones."""

import json
import subprocess
import sys
from pathlib import Path

import httpx2
import pytest
from huggingface_hub import HfApi
from huggingface_hub.utils import get_session

from governance.demo.hub import Hub, faults, hub_server, repository_of
from tests.shared import shared


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the hostile corpus, made anew."""
    out = tmp_path_factory.mktemp("corpus")
    script = shared("hostile", "make_corpus.py")
    subprocess.run([sys.executable, script, "--out", out, "--markers", out / "markers"], check=True)
    return out / "dev"


def case(hostile: Path, name: str) -> dict:
    return json.loads((hostile / name / "hub.json").read_text(encoding="utf-8"))


def test_real_records_are_served_as_they_were_recorded() -> None:
    records = json.loads(shared("hub", "hub_api_records_sample.json").read_text(encoding="utf-8"))
    with hub_server(Hub(map(repository_of, records))) as address:
        for record in records:
            answer = get_session().get(f"{address}/api/models/{record['id']}", timeout=5).json()
            for key in ("id", "sha", "gated", "cardData", "downloads", "lastModified"):
                assert answer[key] == record.get(key, answer[key]), record["id"]
            assert [s["rfilename"] for s in answer["siblings"]] == [
                s["rfilename"] for s in record.get("siblings", [])
            ]


@pytest.mark.parametrize("key", ["siblings", "safetensors", "config", "pipeline_tag", "tags", "likes"])
def test_values_of_any_type_are_answered_as_they_stand(key: str) -> None:
    repository = repository_of({"id": "acme/m", key: {"odd": [1]}})
    with hub_server(Hub([repository])) as address:
        assert get_session().get(f"{address}/api/models/acme/m").json()[key] == {"odd": [1]}


@pytest.mark.parametrize("card", [["mit"], "mit", 7, None])
def test_card_data_of_any_type_are_answered_as_they_stand(card: object) -> None:
    with hub_server(Hub([repository_of({"id": "acme/m", "cardData": card})])) as address:
        assert get_session().get(f"{address}/api/models/acme/m").json()["cardData"] == card


@pytest.mark.parametrize(
    "card", [{"license": ["mit", 7]}, {"license": 7, "base_model": {"a": [1]}}, {"base_model": [None, "x"]}]
)
def test_card_values_of_any_type_are_answered_as_they_stand(card: dict) -> None:
    with hub_server(Hub([repository_of({"id": "acme/m", "cardData": card})])) as address:
        assert get_session().get(f"{address}/api/models/acme/m").json()["cardData"] == card
        assert get_session().get(f"{address}/api/models/acme/m?expand=baseModels").status_code == 200


def test_a_relation_is_read_from_the_tags() -> None:
    tags = ["gguf", "base_model:a/b", "base_model:quantized:a/b"]
    repository = repository_of({"id": "acme/m", "tags": tags, "cardData": {"base_model": "a/b"}})
    with hub_server(Hub([repository])) as address:
        assert HfApi(endpoint=address).model_info("acme/m", timeout=5).tags == [*tags, "region:us"]


@pytest.mark.parametrize("name", ["H01-dotdot", "H02-abs", "H03-nl"])
def test_hostile_file_names_reach_the_client(hostile: Path, name: str) -> None:
    record = case(hostile, name)["model_info"]
    with hub_server(Hub([repository_of(record)])) as address:
        answer = get_session().get(f"{address}/api/models/acme/m?blobs=true").json()
    assert [s["rfilename"] for s in answer["siblings"]] == [s["rfilename"] for s in record["siblings"]]


def test_a_name_that_was_registered_again(hostile: Path) -> None:
    first, gone, second = case(hostile, "N01-reuse")["sequence"]
    hub = Hub([repository_of(first)])
    hub.add_token("hf_alice", "alice")
    with hub_server(hub) as address:
        url, headers = f"{address}/api/models/acme/m", {"Authorization": "Bearer hf_alice"}
        before = get_session().get(url, headers=headers).json()
        hub.delete("acme/m")
        assert get_session().get(url, headers=headers).status_code == gone["status"]
        hub.add(repository_of(second))
        after = get_session().get(url, headers=headers).json()
    for key in ("_id", "sha", "owner"):
        assert (before[key], after[key]) == (first[key], second[key])


def test_a_script_of_answers(hostile: Path) -> None:
    hub = Hub()
    faults.plan(hub, case(hostile, "O01-429")["routes"])
    with hub_server(hub) as address:
        answers = [get_session().get(f"{address}/api/models/acme/m") for _ in range(5)]
    assert [answer.status_code for answer in answers] == [429, 429, 429, 200, 200]
    assert answers[0].headers["Retry-After"] == "30"
    assert answers[-1].json()["id"] == "acme/m"


def test_a_script_that_claims_more_than_it_sends(hostile: Path) -> None:
    hub = Hub()
    faults.plan(hub, case(hostile, "O03-trunc")["routes"])
    with hub_server(hub) as address, pytest.raises(httpx2.RemoteProtocolError):
        get_session().get(f"{address}/api/models/acme/m", timeout=5)


def test_a_script_that_drips(hostile: Path) -> None:
    hub = Hub()
    faults.plan(hub, case(hostile, "O04-slow")["routes"])
    with hub_server(hub) as address, pytest.raises(httpx2.ReadTimeout):
        get_session().get(f"{address}/api/models/acme/m", timeout=0.2)
