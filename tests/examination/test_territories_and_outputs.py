"""Where a license licenses nothing, and what outputs may train."""

from __future__ import annotations

import pytest

from tests.examination.examiner import examine, outcome

SEATED = ["llama3.2", "llama3.3", "llama4"]
IMAGES, TEXT = {"modalities": ["text", "image"]}, {"modalities": ["text"]}


def seated(license, domicile, model=None, **deployment):
    cast = [{"slug": "acme", "domicile": domicile}]
    said = {"companies": cast, "model": model or {}, "deployment": deployment}
    return outcome(license, "license.territory", **said)


@pytest.mark.parametrize("license", SEATED)
@pytest.mark.parametrize(
    ("domicile", "model", "expected"),
    [
        ("DE", IMAGES, "fail"),
        ("FR", {"modalities": ["image"]}, "fail"),
        ("IE", {"modalities": ["text", "audio"]}, "fail"),
        ("DE", TEXT, "pass"),
        ("GB", IMAGES, "pass"),
        ("CH", IMAGES, "pass"),
        ("NO", IMAGES, "pass"),  # in the EEA, not in the Union
        ("US", IMAGES, "pass"),
        ("unknown", IMAGES, "unknown"),
        ("unknown", TEXT, "pass"),
        ("DE", {"modalities": []}, "unknown"),
        ("US", {"modalities": []}, "pass"),
    ],
)
def test_llama_looks_at_the_seat_and_at_multimodal_models(license, domicile, model, expected):
    assert seated(license, domicile, model) == expected


@pytest.mark.parametrize("license", SEATED)
def test_llama_does_not_look_at_the_place_of_use(license):
    assert seated(license, "US", IMAGES, regions=["DE"], output_regions=["FR"]) == "pass"
    assert seated(license, "DE", IMAGES, regions=["US"], output_regions=["US"]) == "fail"


@pytest.mark.parametrize("license", SEATED)
def test_end_users_of_a_product_are_exempt(license):
    assert seated(license, "DE", IMAGES, uses={"integrated_end_user_product": True}) == "pass"


@pytest.mark.parametrize(
    "license", ["llama2", "llama3", "llama3.1", "kolors", "mit", "gemma-2025-03-24", "kimi-k3", "qwen"]
)
def test_others_exclude_nothing(license):
    assert seated(license, "DE", IMAGES, regions=["DE"], output_regions=["KR"]) == "pass"


@pytest.mark.parametrize(
    ("regions", "outputs", "large", "small"),
    [
        (["US"], ["US"], "pass", "pass"),
        (["DE"], ["US"], "fail", "fail"),
        (["US", "DE"], ["US"], "fail", "fail"),
        (["EU"], ["US"], "fail", "fail"),
        (["US"], ["FR"], "fail", "fail"),
        (["GB"], ["US"], "pass", "fail"),
        (["UK"], ["US"], "pass", "fail"),
        (["KR"], ["US"], "pass", "fail"),
        (["US"], ["KR"], "pass", "fail"),
        (["CH"], ["NO"], "pass", "pass"),
        (["US-CA"], ["US"], "pass", "pass"),
        ("unknown", ["US"], "unknown", "unknown"),
        (["US"], "unknown", "unknown", "unknown"),
        (["DE"], "unknown", "fail", "fail"),
        (["WORLD"], ["US"], "fail", "fail"),
        (["Narnia"], ["US"], "unknown", "unknown"),
    ],
)
def test_hunyuan_looks_at_the_places_of_use_and_of_outputs(regions, outputs, large, small):
    deployed = {"regions": regions, "output_regions": outputs}
    assert seated("tencent-hunyuan-large", "US", None, **deployed) == large
    assert seated("tencent-hunyuan-a13b", "US", None, **deployed) == small


def test_hunyuan_does_not_look_at_the_seat():
    for license in ("tencent-hunyuan-large", "tencent-hunyuan-a13b"):
        assert seated(license, "DE", None, regions=["US"], output_regions=["US"]) == "pass"


def trains(license, train):
    said = {"deployment": {"uses": {"outputs_train": train}}}
    return outcome(license, "license.training-on-outputs", **said)


BANS = {
    # Only other large language models: 1.b.v, 2.3, 5.b.
    "llama2": ("fail", "review", "review", "pass"),
    "llama3": ("fail", "review", "review", "pass"),
    "databricks-open-model": ("fail", "review", "review", "pass"),
    "tencent-hunyuan-large": ("fail", "review", "review", "pass"),
    "tongyi-qianwen": ("fail", "review", "review", "pass"),
    # Any other AI model: 5.b, 3.b.
    "tencent-hunyuan-a13b": ("fail", "fail", "fail", "fail"),
    "kolors": ("fail", "fail", "fail", "fail"),
    # Foundational generative models: IV.b.
    "stability-ai-community": ("review", "pass", "fail", "pass"),
    # A derivative, with its duties: 1.1(e), attachment.
    "gemma-2024-04-01": ("duty", "duty", "duty", "duty"),
    "gemma-2025-03-24": ("duty", "duty", "duty", "duty"),
    "qwen": ("duty", "duty", "duty", "duty"),
    "creativeml-openrail-m": ("duty", "duty", "duty", "duty"),
    "bigscience-bloom-rail-1.0": ("duty", "duty", "duty", "duty"),
} | dict.fromkeys(
    ("mit", "apache-2.0", "bsd-3-clause", "kimi-k2", "kimi-k3", "glm-5.3", "lfm-open-1.0", "nxai-community",
     "mistral-modified-mit", "qwen-community-1.0", "cc-by-nc-4.0"),
    ("pass", "pass", "pass", "pass"),
)  # fmt: skip
TARGETS = ("llm", "generative_model", "foundational_generative_model", "other_ai_model")


@pytest.mark.parametrize("license", BANS)
def test_which_models_outputs_may_train(license):
    for target, expected in zip(TARGETS, BANS[license], strict=True):
        train = {"target": target, "competing": False, "published_name": "Acme-7B"}
        assert trains(license, train) == expected, target


@pytest.mark.parametrize("license", BANS)
def test_training_nothing_is_free_and_silence_is_not_known(license):
    free = BANS[license][0] == "pass"
    assert trains(license, {"target": "none"}) == "pass"
    assert trains(license, "unknown") == ("pass" if free else "unknown")


@pytest.mark.parametrize("license", ["llama3.1", "llama3.2", "llama3.3", "llama4"])
@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Llama-Acme-8B", "duty"),
        ("Llama Acme", "duty"),
        ("acme/Llama-Acme-8B", "duty"),
        ("Llama3-Acme", "duty"),
        ("Acme-Llama-8B", "fail"),
        ("llama-acme", "fail"),
        ("Meta-Llama-Acme", "fail"),
        ("Llama/Acme", "fail"),  # the owner is no part of the name
        (" Acme Llama", "fail"),
        (None, "unknown"),
    ],
)
def test_the_name_of_a_trained_model_begins_with_llama(license, name, expected):
    for target in TARGETS:
        assert trains(license, {"target": target, "published_name": name}) == expected


def test_qwen_names_both_phrases():
    said = {"deployment": {"uses": {"outputs_train": {"target": "llm"}}}}
    reason = examine("qwen", "license.training-on-outputs", **said).findings[0].reason
    assert "“Built with Qwen”" in reason
    assert "“Improved using Qwen”" in reason
