"""What real models inherit, through the real client and a hub with their facts."""

from __future__ import annotations

import pytest

from governance.demo.hub import Hub
from governance.registry.models import Model
from governance.registry.services import lineage
from tests.examination.examiner import revenue, users
from tests.examination.platform import LIMIT, Platform

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("hub")]
MILLION = 1_000_000
CHAT = "product:chat"
EVERY_MONTH = ("2023-06", "2024-03", "2024-06", "2024-08", "2024-11", "2025-03", "2026-10")


def commit(repo_id: str) -> str:
    return str(Model.objects.get(repo_id=repo_id).latest_snapshot.revision)


# Model, licenses whose limits reach it.
LIMITED = [
    ("meta-llama/Llama-3.1-405B", {"llama3.1"}),
    ("meta-llama/Llama-3.1-405B-Instruct", {"llama3.1"}),
    ("meta-llama/Llama-2-7b-chat-hf", {"llama2"}),
    ("meta-llama/Meta-Llama-3-8B-Instruct", {"llama3"}),
    ("meta-llama/Llama-3.2-11B-Vision", {"llama3.2"}),
    # Meta gave its own work out anew: 3.3 is not bound by what Meta set for 3.1.
    ("meta-llama/Llama-3.3-70B-Instruct", {"llama3.3"}),
    ("meta-llama/Llama-4-Scout-17B-16E-Instruct", {"llama4"}),
    ("bartowski/Llama-3.3-70B-Instruct-GGUF", {"llama3.3"}),
    ("unsloth/Meta-Llama-3.1-8B-bnb-4bit", {"llama3.1"}),
    # Tagged with another version than the one it was made from: both govern.
    ("NousResearch/Hermes-3-Llama-3.1-8B", {"llama3", "llama3.1"}),
    ("NousResearch/Hermes-4-70B", {"llama3", "llama3.1"}),
    ("moonshotai/Kimi-K2-Instruct", {"kimi-k2"}),
    ("Qwen/Qwen2.5-72B-Instruct", {"qwen"}),
    ("stabilityai/stable-diffusion-3.5-large", {"stability-ai-community"}),
    ("mistralai/Mixtral-8x7B-Instruct-v0.1", set()),
    ("RedHatAI/DeepSeek-R1-Distill-Llama-70B-FP8-dynamic", set()),
    ("Qwen/Qwen2.5-7B-Instruct", set()),
]


@pytest.mark.parametrize(("model", "licenses"), LIMITED)
def test_whose_limits_reach_a_model(platform: Platform, model, licenses):
    platform.measured(*(users(month, 5, CHAT) for month in EVERY_MONTH))
    answer = platform.ask(platform.tracked(model))
    assert answer.licenses() == licenses


@pytest.mark.parametrize(
    "name",
    [
        "TinyLlama/TinyLlama-1.1B-Chat-v1.0",
        "openlm-research/open_llama_7b",
        "BEE-spoke-data/smol_llama-101M-GQA",
        "acme/internlm2-20b-llama",
        "acme/Phi-2-llamafied",
        "acme/Meta-Llama-3.1-8B",
    ],
)
def test_no_ancestor_is_guessed_from_a_name(platform: Platform, hub: Hub, name: str):
    platform.tracked("meta-llama/Llama-3.1-8B-Instruct")
    hub.create(name, card={"license": "apache-2.0"})
    platform.measured(*(users(month, 800 * MILLION, CHAT) for month in EVERY_MONTH))
    answer = platform.ask(platform.tracked(name), revision=commit(name))
    assert answer.licenses() == set()
    assert lineage(Model.objects.get(repo_id=name).latest_snapshot) == []


# Cards that name no text known here, or a name that several texts share: never taken for a permission.
UNKNOWN = [
    {},
    {"license": "other"},
    {"license": "unknown"},
    {"license": "odd-license-1.0"},
    {"license": "other", "license_name": "odd-license-1.0"},
    {"license": "other", "license_name": "modified-mit"},
    {"license": "other", "license_name": "tencent-hunyuan-community"},
    {"license": "openrail"},
    {"license": ["mit", "apache-2.0"]},
    {"license": "ⅿit"},
    {"license": "mіt"},
    {"license": "other", "license_name": "mit-like"},
    {"license": False},
    {"license": {"name": "mit"}},
]


@pytest.mark.parametrize("card", UNKNOWN, ids=str)
def test_what_is_not_known_permits_nothing(platform: Platform, hub: Hub, card):
    hub.create("acme/odd", card=card)
    name = platform.tracked("acme/odd")
    answer = platform.ask(name, revision=commit(name))
    assert answer.decision in ("cannot_tell", "blocked")
    assert answer.of("license.known") in ("unknown", "fail")
    for policy in ("license.commercial-use", LIMIT, "license.territory", "license.duties"):
        assert answer.of(policy) == "unknown", policy


def test_a_merge_is_bound_by_each_of_its_parts(platform: Platform):
    """FLUX.1-dev is not for commercial use; that schnell is under Apache-2.0 changes nothing."""
    answer = platform.ask(platform.tracked("sayakpaul/FLUX.1-merged"), uses={"distributed": True})
    assert answer.of("license.commercial-use") in ("fail", "unknown")
    assert "apache-2.0" in answer.licenses("license.duties")


def test_an_unknown_parent_leaves_a_child_unknown(platform: Platform, hub: Hub):
    hub.create("acme/odd", card={"license": "odd-license-1.0"})
    hub.create("beta/child", card={"license": "mit", "base_model": "acme/odd"})
    hub.create("beta/orphan", card={"license": "mit", "base_model": "acme/gone"})
    for name in ("beta/child", "beta/orphan"):
        answer = platform.ask(platform.tracked(name))
        assert answer.of("license.known") == "unknown"
        assert answer.of(LIMIT) == "unknown"


@pytest.mark.parametrize("relation", ["finetune", "adapter", "quantized", "merge"])
def test_a_free_tag_does_not_free_what_was_made_from_llama(platform: Platform, hub: Hub, relation):
    card = {"license": "mit", "base_model": "meta-llama/Llama-3.1-8B", "base_model_relation": relation}
    hub.create("acme/child", card=card)
    hub.create("beta/grandchild", card={"license": "apache-2.0", "base_model": "acme/child"})
    platform.measured(users("2024-06", 701 * MILLION, CHAT))
    for name in ("acme/child", "beta/grandchild"):
        answer = platform.ask(platform.tracked(name))
        assert answer.of(LIMIT, "llama3.1") == "fail"


def test_a_limit_passed_upstream_blocks_what_was_made_from_it(platform: Platform):
    platform.measured(users("2024-03", 5, CHAT), users("2024-06", 701 * MILLION, CHAT))
    answer = platform.ask(platform.tracked("NousResearch/Hermes-3-Llama-3.1-8B"))
    assert (answer.of(LIMIT, "llama3"), answer.of(LIMIT, "llama3.1")) == ("pass", "fail")
    assert answer.decision == "blocked"


def test_a_grant_for_the_ancestor_covers_what_was_made_from_it(platform: Platform):
    platform.measured(users("2024-06", 701 * MILLION, CHAT))
    model = platform.tracked("unsloth/Meta-Llama-3.1-8B-bnb-4bit")
    assert platform.ask(model).of(LIMIT) == "fail"
    platform.grant("llama3.1", models=["meta-llama/Llama-3.1-8B"])
    assert platform.ask(model).of(LIMIT) == "pass"


@pytest.mark.parametrize(
    ("model", "outcome"),
    [
        ("CohereLabs/c4ai-command-r-plus-08-2024", "fail"),
        ("stabilityai/stable-diffusion-3.5-large", "pass"),
        ("google/gemma-3-27b-it", "pass"),
        ("microsoft/phi-4", "pass"),
        ("openai/gpt-oss-120b", "pass"),
    ],
)
def test_commercial_use_of_real_models(platform: Platform, model, outcome):
    assert platform.ask(platform.tracked(model)).of("license.commercial-use") == outcome


@pytest.mark.parametrize(
    ("model", "domicile", "outcome"),
    [
        ("meta-llama/Llama-3.2-11B-Vision", "FR", "fail"),
        ("meta-llama/Llama-3.2-11B-Vision", "US", "pass"),
        ("meta-llama/Llama-3.2-1B", "FR", "pass"),
        ("meta-llama/Llama-3.3-70B-Instruct", "FR", "pass"),
        ("meta-llama/Llama-4-Scout-17B-16E-Instruct", "FR", "fail"),
    ],
)
def test_the_seat_for_real_models(platform: Platform, model, domicile, outcome):
    platform.company("acme", domicile=domicile)
    assert platform.ask(platform.tracked(model)).of("license.territory") == outcome


def test_a_revision_is_pinned_by_its_commit(platform: Platform):
    name = platform.tracked("openai/gpt-oss-120b")
    for revision, outcome in ((commit(name), "pass"), ("main", "fail"), (None, "fail")):
        assert platform.ask(name, revision=revision).of("model.pinned-revision") == outcome


def test_a_small_company_may_run_mixtral_pinned(platform: Platform):
    name = platform.tracked("mistralai/Mistral-7B-Instruct-v0.3")
    answer = platform.ask(name, revision=commit(name))
    worst = [one["reason"] for one in answer.findings if one["outcome"] not in ("pass", "not_applicable")]
    assert answer.decision in ("allowed", "allowed_with_duties"), worst


def test_stability_through_the_hub(platform: Platform):
    platform.measured(revenue("2025", 2 * MILLION))
    answer = platform.ask(platform.tracked("stabilityai/stable-diffusion-3.5-large"))
    assert (answer.of(LIMIT), answer.decision) == ("fail", "blocked")
