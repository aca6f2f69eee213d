"""What licenses ask to be done, when it arises, and whether they permit commercial use."""

from __future__ import annotations

import pytest

from tests.examination.examiner import duties, examine, outcome

INTERNAL = {"internal_only": True}
OFFERED: dict[str, object] = {}
HOSTED = {"hosted_for_third_parties": True}
HANDED_ON = {"distributed": True}
CHANGED = {"modification": "finetune", "distributed": True}


def asked(license, uses, **deployment):
    """Kinds of duty that arise, without those that are only encouraged."""
    found = duties(license, deployment={"uses": uses, **deployment})
    return {kind for kind, outcome in found.items() if outcome == "duty"}


WEIGHTS = {"license_copy", "notice_file"}
LLAMA = {"use_policy", "display"}
CASES = [
    ("llama2", INTERNAL, {"use_policy"}),
    ("llama2", OFFERED, {"use_policy"}),
    ("llama2", HANDED_ON, {"use_policy", *WEIGHTS}),
    ("llama3", INTERNAL, {"use_policy"}),
    ("llama3", OFFERED, LLAMA),
    ("llama3", HANDED_ON, {*LLAMA, *WEIGHTS}),
    ("llama3.1", INTERNAL, {"use_policy"}),
    ("llama3.1", HOSTED, LLAMA),
    ("llama3.1", {**INTERNAL, "distributed": True}, {*LLAMA, *WEIGHTS}),
    ("llama4", OFFERED, LLAMA),
    ("gemma-2024-04-01", INTERNAL, {"use_policy"}),
    ("gemma-2025-03-24", HOSTED, {"use_policy", "pass_through", "license_copy"}),  # no notice file there
    ("gemma-2025-03-24", HANDED_ON, {"use_policy", "pass_through", *WEIGHTS}),
    ("gemma-2025-03-24", CHANGED, {"use_policy", "pass_through", "state_changes", *WEIGHTS}),
    ("tencent-hunyuan-large", INTERNAL, {"use_policy"}),
    ("tencent-hunyuan-large", HOSTED, {"use_policy", "pass_through", "license_copy"}),
    ("tencent-hunyuan-a13b", CHANGED, {"use_policy", "pass_through", "state_changes", *WEIGHTS}),
    ("qwen", INTERNAL, set()),
    ("qwen", OFFERED, set()),
    ("qwen", HANDED_ON, WEIGHTS),
    ("qwen", CHANGED, {"state_changes", "display", *WEIGHTS}),
    ("tongyi-qianwen", CHANGED, {"state_changes", *WEIGHTS}),
    ("kimi-k2", OFFERED, set()),
    ("kimi-k2", HANDED_ON, {"license_copy"}),
    ("glm-5.3", HANDED_ON, {"license_copy"}),
    ("mistral-modified-mit", HANDED_ON, {"license_copy", "attribution"}),
    ("databricks-open-model", HANDED_ON, {"use_policy", *WEIGHTS}),
    ("databricks-open-model", CHANGED, {"use_policy", "state_changes", *WEIGHTS}),
    ("nxai-community", OFFERED, {"display"}),
    ("nxai-community", HANDED_ON, {"display", *WEIGHTS}),
    ("stability-ai-community", {"commercial": False, **INTERNAL}, {"use_policy"}),
    ("stability-ai-community", INTERNAL, {"use_policy", "register"}),
    ("stability-ai-community", OFFERED, {"use_policy", "register", "display", "license_copy"}),
    ("kolors", INTERNAL, {"use_policy", "register"}),
    ("mit", INTERNAL, set()),
    ("mit", OFFERED, set()),
    ("mit", HANDED_ON, {"license_copy"}),
    ("apache-2.0", CHANGED, {"license_copy", "state_changes", "attribution", "notice_file"}),
    ("cc-by-nc-4.0", INTERNAL, set()),
    ("cc-by-nc-4.0", CHANGED, {"attribution", "state_changes"}),
    ("lfm-open-1.0", OFFERED, set()),
    ("lfm-open-1.0", CHANGED, {"license_copy", "state_changes", "attribution"}),
    ("bilibili-indextts", HANDED_ON, {"license_copy", "pass_through"}),
    ("bilibili-indextts", CHANGED, {"license_copy", "pass_through", "other"}),
]


@pytest.mark.parametrize(("license", "uses", "expected"), CASES)
def test_what_a_use_gives_rise_to(license, uses, expected):
    assert asked(license, uses) == expected


DISPLAYS = {
    "llama3": "Built with Meta Llama 3",
    "llama3.1": "Built with Llama",
    "llama3.2": "Built with Llama",
    "llama3.3": "Built with Llama",
    "llama4": "Built with Llama",
    "stability-ai-community": "Powered by Stability AI",
    "nxai-community": "Built with technology from NXAI",
}


@pytest.mark.parametrize("license", DISPLAYS)
def test_a_phrase_is_shown_exactly_or_not_at_all(license):
    phrase = DISPLAYS[license]
    for shown, expected in (
        ([phrase], "pass"),
        ([phrase.lower()], "duty"),
        ([phrase + "!"], "duty"),
        (["Built with love", phrase], "pass"),
        ([], "duty"),
        ("unknown", "duty"),
    ):
        assert duties(license, deployment={"shown_phrases": shown})["display"] == expected, shown


def test_llama_3_and_later_ones_want_different_words():
    assert duties("llama3", deployment={"shown_phrases": ["Built with Llama"]})["display"] == "duty"
    assert duties("llama3.1", deployment={"shown_phrases": ["Built with Meta Llama 3"]})["display"] == "duty"


NAMES = [
    ("llama3", "Llama-3-Acme", "pass"),
    ("llama3", "Llama 3 Acme", "pass"),
    ("llama3", "acme/Llama-3-Acme", "pass"),
    ("llama3", "Llama-Acme", "fail"),
    ("llama3", "Acme-Llama-3", "fail"),
    ("llama3.1", "Llama-Acme", "pass"),
    ("llama3.1", "acme/Llama-3.1-Acme", "pass"),
    ("llama3.1", "Acme-Llama", "fail"),
    ("llama3.1", "Hermes-3-Llama-3.1-8B", "fail"),
    ("llama3.3", "llama-acme", "fail"),
    ("llama4", "Llama-4-Acme", "pass"),
    ("llama4", None, "unknown"),
]


@pytest.mark.parametrize("change", ["finetune", "adapter", "quantized", "merge"])
@pytest.mark.parametrize(("license", "name", "expected"), NAMES)
def test_a_published_derivative_is_named_after_its_origin(license, name, expected, change):
    uses = {"modification": change, "distributed": True}
    given = {"uses": uses, **({"published_name": name} if name else {})}
    assert duties(license, deployment=given)["name_prefix"] == expected


@pytest.mark.parametrize("license", ["llama3", "llama3.1", "llama4"])
def test_names_are_free_where_nothing_is_published_or_changed(license):
    for uses in ({"modification": "finetune", **INTERNAL}, {"modification": "none", "distributed": True}):
        assert "name_prefix" not in duties(license, deployment={"published_name": "Acme", "uses": uses})


@pytest.mark.parametrize("license", ["llama2", "qwen", "gemma-2025-03-24", "mit", "stability-ai-community"])
def test_others_leave_names_free(license):
    given = {"published_name": "Acme", "uses": CHANGED}
    assert "name_prefix" not in duties(license, deployment=given)


def test_of_two_phrases_either_serves():
    for shown, expected in ((["Improved using Qwen"], "pass"), (["Built with Qwen"], "pass"), ([], "duty")):
        assert duties("qwen", deployment={"shown_phrases": shown, "uses": CHANGED})["display"] == expected


def test_what_is_encouraged_is_no_duty():
    assert duties("tencent-hunyuan-large")["display"] == "pass"


@pytest.mark.parametrize(
    ("license", "commercial", "expected"),
    [
        ("cc-by-nc-4.0", True, "fail"),
        ("cc-by-nc-4.0", False, "pass"),
        ("cc-by-nc-4.0", "unknown", "unknown"),
        *(
            (license, True, "pass")
            for license in (
                "creativeml-openrail-m", "bigscience-bloom-rail-1.0", "stability-ai-community", "llama2",
                "llama4", "gemma-2024-04-01", "qwen", "tongyi-qianwen", "mit", "apache-2.0", "bsd-3-clause",
                "kolors", "kimi-k3", "glm-5.3", "mistral-modified-mit", "lfm-open-1.0",
            )
        ),
    ],
)  # fmt: skip
def test_commercial_use(license, commercial, expected):
    given = {"uses": {"commercial": commercial}}
    assert outcome(license, "license.commercial-use", deployment=given) == expected


def test_internal_use_of_a_company_is_commercial_if_it_says_so():
    given = {"uses": {"commercial": True, "internal_only": True}}
    assert outcome("cc-by-nc-4.0", "license.commercial-use", deployment=given) == "fail"


def test_a_duty_that_may_arise_is_listed_with_what_is_not_known():
    given = {"uses": {"distributed": "unknown", "internal_only": "unknown"}}
    reasons = [one.reason for one in examine("llama3.1", "license.duties", deployment=given).findings]
    assert any("Built with Llama" in reason and "not known" in reason for reason in reasons)
