"""The sample repositories: what the demo needs is there, and nothing that belongs to others."""

import json

import pytest
from huggingface_hub import HfApi

from governance.demo.hub import DEMO_TOKEN, Hub, hub_server, sample_hub
from governance.demo.hub.info import base_names
from governance.demo.hub.sample import DATA
from tests.shared import shared

NEEDED = """
meta-llama/Llama-3.1-405B meta-llama/Llama-3.1-70B meta-llama/Llama-3.1-8B meta-llama/Llama-3.1-8B-Instruct
meta-llama/Llama-2-7b-hf meta-llama/Meta-Llama-3-8B meta-llama/Llama-3.2-11B-Vision
meta-llama/Llama-3.3-70B-Instruct meta-llama/Llama-4-Scout-17B-16E-Instruct moonshotai/Kimi-K2-Instruct
Qwen/Qwen2.5-72B Qwen/Qwen2.5-72B-Instruct Qwen/Qwen2.5-7B-Instruct mistralai/Mixtral-8x7B-v0.1
mistralai/Mixtral-8x7B-Instruct-v0.1 deepseek-ai/DeepSeek-R1-Distill-Llama-70B
NousResearch/Hermes-3-Llama-3.1-8B CohereLabs/c4ai-command-r-plus-08-2024
stabilityai/stable-diffusion-3.5-large google/gemma-2-9b google/gemma-2-9b-it microsoft/phi-4
tencent/Hunyuan-7B-Instruct google-bert/bert-base-uncased black-forest-labs/FLUX.1-dev xai-org/grok-2
"""


@pytest.fixture(scope="module")
def sample() -> Hub:
    return sample_hub()


def test_every_needed_model_is_there(sample: Hub) -> None:
    assert set(NEEDED.split()) <= set(sample.repositories)


def test_ids_are_the_same_each_time_and_nobody_shares_one(sample: Hub) -> None:
    assert sample.repositories == sample_hub().repositories
    assert len({r.hub_id for r in sample.repositories.values()}) == len(sample.repositories)


def test_the_real_client_reads_every_repository(sample: Hub) -> None:
    with hub_server(sample) as address:
        api = HfApi(endpoint=address, token=DEMO_TOKEN)
        for repo_id, repository in sample.repositories.items():
            info = api.model_info(repo_id, files_metadata=True, timeout=5)
            assert (info.id, info.sha) == (repo_id, repository.branches["main"])
            assert all(file.size for file in info.siblings)


def test_an_old_name_in_a_card_leads_to_the_model(sample: Hub) -> None:
    [commit] = sample["NousResearch/Hermes-3-Llama-3.1-8B"].commits.values()
    assert commit.card["base_model"] == "meta-llama/Meta-Llama-3.1-8B"
    assert base_names(sample, commit.card) == ["meta-llama/Llama-3.1-8B"]


def test_every_base_model_is_there(sample: Hub) -> None:
    heads = [repository.commit("main") for repository in sample.repositories.values()]
    assert {name for head in heads for name in base_names(sample, head.card)} <= set(sample.repositories)


def test_weights_add_up(sample: Hub) -> None:
    weights = [f for f in sample["meta-llama/Llama-3.1-405B"].commit("main").files if f.lfs]
    assert len([f for f in weights if f.path.startswith("model-")]) == 191
    assert sum(f.size for f in weights if f.path.startswith("model-")) == 811_706_916_800


def test_modality_and_custom_code_are_in_the_configuration(sample: Hub) -> None:
    assert "auto_map" in sample["deepseek-ai/DeepSeek-V3"].commit("main").config
    assert "vision_config" in sample["meta-llama/Llama-3.2-11B-Vision"].commit("main").config
    assert "vision_config" not in sample["meta-llama/Llama-3.1-8B"].commit("main").config


def test_bert_has_its_pickle_among_16_files(sample: Hub) -> None:
    paths = [file.path for file in sample["google-bert/bert-base-uncased"].commit("main").files]
    assert len(paths) == 16
    assert "pytorch_model.bin" in paths


def test_the_facts_agree_with_the_real_records(sample: Hub) -> None:
    lines = shared("hub", "models.jsonl").read_text(encoding="utf-8").splitlines()
    real = {record["id"]: record for record in map(json.loads, lines)}
    for repo_id in set(sample.repositories) & set(real):
        record, repository = real[repo_id], sample[repo_id]
        head = repository.commit("main")
        assert head.id == record.get("sha", head.id)
        assert (repository.gated or False) == record.get("gated", False)
        for key in ("license", "license_name", "license_link", "base_model"):
            assert head.card.get(key) == (record.get("cardData") or {}).get(key)


def test_no_remark_and_no_sentence_is_in_the_data() -> None:
    for line in DATA.read_text(encoding="utf-8").splitlines():
        assert not [key for key in json.loads(line) if key.startswith("_")]
        assert "extra_gated" not in line
