"""Which license is concluded from what a model states, and what is kept as disagreement."""

from __future__ import annotations

import json
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from governance.core.concluding import Conclusion, conclude
from governance.core.reading import Statement, StatementKind
from governance.core.recognition import Found, Match, Recognition, recognize
from governance.core.recognizing import Text, governs_weights
from governance.discovery import catalog
from tests.shared import shared

CATALOG = catalog().licenses
TAG, NAME, LINK = StatementKind.TAG, StatementKind.LICENSE_NAME, StatementKind.LICENSE_LINK
FILE, GGUF, MANUAL = StatementKind.LICENSE_FILE, StatementKind.GGUF, StatementKind.MANUAL
Stated = tuple[StatementKind, str]


def concluded(*stated: Stated, repo_id: str = "org/model", texts: Sequence[Text] = ()) -> Conclusion:
    statements = [Statement(kind, value) for kind, value in stated]
    return conclude(repo_id=repo_id, statements=statements, texts=texts, catalog=CATALOG)


def identity(key: str) -> Recognition:
    """A text that is the license."""
    return Recognition(key=key, match=Match.EXACT, similarity=1.0)


def read(path: str, text: str) -> Text:
    return path, recognize(text, catalog().index)


NAMES = [
    ("a tag", [(TAG, "llama3.1")], "llama3.1"),
    ("a tag in odd case with spaces", [(TAG, " Apache-2.0 ")], "apache-2.0"),
    ("a tag twice", [(TAG, "mit"), (TAG, "mit")], "mit"),
    ("a name beside the tag other", [(TAG, "other"), (NAME, "llama4")], "llama4"),
    ("a name in odd case", [(TAG, "other"), (NAME, "Kimi-K3")], "kimi-k3"),
    ("a name before a tag", [(TAG, "mit"), (NAME, "qwen")], "qwen"),
    ("a link", [(TAG, "other"), (LINK, "https://www.llama.com/llama4/license/")], "llama4"),
    ("a link with another end", [(LINK, "http://llama.com/llama4/license#top")], "llama4"),
    ("a link to a path", [(TAG, "other"), (LINK, "LICENSE.md")], ""),
    ("a GGUF field", [(GGUF, "llama3.3")], "llama3.3"),
    ("a GGUF field with the title", [(GGUF, "Apache License 2.0")], "apache-2.0"),
    ("a key by a person", [(MANUAL, "kolors")], "kolors"),
    ("a key by a person before a tag", [(MANUAL, "kolors"), (TAG, "apache-2.0")], "kolors"),
    ("a key by a person that is not known", [(MANUAL, "kolor"), (TAG, "apache-2.0")], ""),
    ("a publisher of another license's text, by a person", [(MANUAL, "gpt-oss")], "gpt-oss"),
    ("a publisher of another license's text, by name", [(NAME, "gpt-oss")], ""),
    ("nothing", [], ""),
    ("other", [(TAG, "other")], ""),
    ("unknown", [(TAG, "unknown")], ""),
    ("the word False", [(TAG, "False")], ""),
    ("the word None", [(TAG, "None")], ""),
    ("an empty tag", [(TAG, " ")], ""),
    ("a list written as text", [(TAG, "['mit', 'apache-2.0']")], ""),
    ("two tags of two licenses", [(TAG, "mit"), (TAG, "apache-2.0")], ""),
    ("a family tag", [(TAG, "openrail")], ""),
    ("a tag that is the key, not the Hub id", [(TAG, "kimi-k2")], ""),
    ("a longer tag", [(TAG, "mit-like")], ""),
    ("a name that is no Hub id", [(NAME, "mit-0")], "mit-0"),
    ("a tag of the GNU family, of which the narrower is taken", [(TAG, "gpl-3.0")], "gpl-3.0-only"),
    ("an SPDX name", [(NAME, "GPL-3.0-or-later")], "gpl-3.0-or-later"),
    ("an SPDX name of old", [(NAME, "GPL-3.0+")], "gpl-3.0-or-later"),
    ("a family of data licenses", [(TAG, "odbl")], "odbl-1.0"),
    (
        "a deed",
        [(TAG, "other"), (LINK, "https://creativecommons.org/licenses/by-sa/4.0/deed.en")],
        "cc-by-sa-4.0",
    ),
    ("the GNU family", [(TAG, "gpl")], ""),
    ("the Creative Commons family", [(TAG, "cc")], ""),
    ("letters that look alike", [(TAG, "аpache-2.0")], ""),  # the first one is Cyrillic
    ("an invisible letter", [(TAG, "mit\u200b")], ""),
    ("a shared name", [(TAG, "other"), (NAME, "modified-mit")], ""),
    ("a shared tag", [(TAG, "gemma")], ""),
]


@pytest.mark.parametrize(("stated", "key"), [n[1:] for n in NAMES], ids=[n[0] for n in NAMES])
def test_what_a_statement_concludes(stated: list[Stated], key: str) -> None:
    conclusion = concluded(*stated)
    assert conclusion.license == key
    assert conclusion.reason.endswith(".")


REPOSITORIES = [
    ("moonshotai/Kimi-K2-Instruct", NAME, "modified-mit", "kimi-k2"),
    ("moonshotai/Kimi-K2.5", NAME, "modified-mit", "kimi-k2.5"),
    ("mistralai/Devstral-2-123B-Instruct-2512", NAME, "modified-mit", "mistral-modified-mit"),
    ("MiniMaxAI/MiniMax-M2", NAME, "modified-mit", "minimax-m2"),
    ("MiniMaxAI/MiniMax-M2.1", NAME, "modified-mit", "minimax-m2.1"),
    ("MiniMaxAI/MiniMax-M2.5", NAME, "modified-mit", ""),
    ("stabilityai/stable-diffusion-2-1", TAG, "openrail++", "openrail-pp-m-sd2"),
    ("stabilityai/stable-diffusion-xl-base-1.0", TAG, "openrail++", "openrail-pp-m-sdxl"),
    ("someone/a-fine-tune", TAG, "openrail++", ""),
    ("LGAI-EXAONE/EXAONE-3.5-7.8B-Instruct", NAME, "exaone", "exaone-1.1-nc"),
    ("LGAI-EXAONE/EXAONE-4.0-32B", NAME, "exaone", "exaone-1.2-nc"),
    ("tiiuae/Falcon3-10B-Instruct", NAME, "falcon-llm-license", ""),
    ("google/gemma-2-9b-it", TAG, "gemma", "gemma-2024-04-01"),
    ("google/gemma-7b", TAG, "gemma", "gemma-2024-04-01"),
    ("google/gemma-3-27b-it", TAG, "gemma", "gemma-2025-03-24"),
    ("someone/gemma-3-27b-it-GGUF", TAG, "gemma", "gemma-2025-03-24"),
    ("someone/a-fine-tune", TAG, "gemma", ""),
    ("tencent/Tencent-Hunyuan-Large", NAME, "tencent-hunyuan-community", "tencent-hunyuan-large"),
    ("tencent/Hunyuan-A13B-Instruct", NAME, "tencent-hunyuan-community", "tencent-hunyuan-a13b"),
    ("tencent/Hunyuan-7B-Instruct", NAME, "tencent-hunyuan-community", ""),
]


@pytest.mark.parametrize(("repo_id", "kind", "value", "key"), REPOSITORIES)
def test_a_shared_name_is_decided_by_the_repository(
    repo_id: str, kind: StatementKind, value: str, key: str
) -> None:
    conclusion = concluded((TAG, "other"), (kind, value), repo_id=repo_id)
    assert conclusion.license == key
    if not key:
        assert "shared by several texts" in conclusion.reason


def test_a_recognized_text_governs_and_the_tag_disagrees() -> None:
    conclusion = concluded(
        (TAG, "mit"), (FILE, "LICENSE"), texts=[("LICENSE", identity("llama3.1"))], repo_id="a/b"
    )
    assert conclusion.license == "llama3.1"
    assert "governs over names" in conclusion.reason
    assert conclusion.disagreements == ("The text of LICENSE is llama3.1, but the license tag 'mit' is mit.",)


def test_a_recognized_text_decides_a_shared_name_without_disagreement() -> None:
    conclusion = concluded((TAG, "other"), (NAME, "modified-mit"), texts=[("LICENSE", identity("kimi-k2"))])
    assert (conclusion.license, conclusion.disagreements) == ("kimi-k2", ())


def test_a_recognized_text_beside_an_unknown_hub_id_disagrees() -> None:
    conclusion = concluded((TAG, "h-research"), texts=[("LICENSE", identity("mit"))])
    assert conclusion.license == "mit"
    assert "another license, not known here" in conclusion.disagreements[0]


def test_an_unknown_name_beside_a_tag_disagrees() -> None:
    conclusion = concluded((TAG, "mit"), (NAME, "our-license"))
    assert conclusion.license == "mit"
    assert "'our-license'" in conclusion.disagreements[0]


def test_a_text_that_is_not_recognized_is_told_in_the_reason_only() -> None:
    conclusion = concluded((TAG, "mit"), (FILE, "LICENSE"), texts=[("LICENSE", Recognition())])
    assert conclusion.license == "mit"
    assert "the text of LICENSE was not recognized as that license" in conclusion.reason
    assert conclusion.disagreements == ()


def test_a_license_file_that_was_not_read_is_told() -> None:
    assert "LICENSE.txt was not read" in concluded((TAG, "mit"), (FILE, "LICENSE.txt")).reason


def test_two_recognized_files_of_two_licenses_conclude_nothing() -> None:
    texts = [("LICENSE", identity("mit")), ("LICENSE-MODEL", identity("llama2"))]
    conclusion = concluded((TAG, "mit"), texts=texts)
    assert conclusion.license == ""
    assert conclusion.disagreements == (
        "The text of LICENSE is mit but the text of LICENSE-MODEL is llama2.",
    )


def test_two_tags_of_two_licenses_disagree() -> None:
    assert concluded((TAG, "mit"), (TAG, "apache-2.0")).disagreements == (
        "The license tag 'mit' is mit but the license tag 'apache-2.0' is apache-2.0.",
    )


def test_the_license_of_the_code_is_not_that_of_the_weights() -> None:
    conclusion = concluded((TAG, "other"), texts=[("LICENSE-CODE", identity("mit"))])
    assert conclusion.license == ""


PATHS = [
    ("LICENSE", True),
    ("LICENSE.md", True),
    ("LICENCE.txt", True),
    ("COPYING", True),
    ("MODEL_LICENSE", True),
    ("Tongyi Qianwen LICENSE AGREEMENT", True),
    ("LICENSE-MODEL", True),
    ("LICENSE-CODE", False),
    ("CODE_LICENSE.txt", False),
    ("vendor/LICENSE", False),
    ("README.md", False),
    ("NOTICE", False),
]


@pytest.mark.parametrize(("path", "governs"), PATHS)
def test_which_files_may_be_the_license(path: str, governs: bool) -> None:
    assert governs_weights(path) is governs


def test_letters_that_look_alike_are_a_disagreement() -> None:
    conclusion = concluded((TAG, "аpache-2.0"), (NAME, "mit"))
    assert conclusion.license == "mit"
    assert "contains letters that only look like plain ones" in conclusion.disagreements[-1]


def test_what_a_person_gave_disagrees_with_a_recognized_text() -> None:
    conclusion = concluded((MANUAL, "mit"), texts=[("LICENSE", identity("llama2"))])
    assert conclusion.license == "mit"
    assert "the text of LICENSE is llama2" in conclusion.disagreements[0]


def test_a_text_is_recognized_whatever_its_layout() -> None:
    text = shared("licenses", "texts", "llama3.1.txt").read_text("utf-8")
    wrapped = "\r\n".join(line.strip() for line in text.splitlines())
    assert concluded(texts=[read("LICENSE", wrapped)]).license == "llama3.1"


LICENSE_FILES = [
    ("meta-llama__Llama-2-7b-hf", "LICENSE", "llama2"),
    ("meta-llama__Meta-Llama-3-8B", "LICENSE", "llama3"),
    ("meta-llama__Llama-3.1-405B", "LICENSE", "llama3.1"),
    ("meta-llama__Llama-3.2-11B-Vision", "LICENSE", "llama3.2"),
    ("meta-llama__Llama-3.3-70B-Instruct", "LICENSE", "llama3.3"),
    ("meta-llama__Llama-4-Scout-17B-16E-Instruct", "LICENSE", "llama4"),
    ("meta-llama__Llama-Guard-3-8B", "LICENSE", "llama3.2"),
    ("meta-llama__Llama-Guard-4-12B", "LICENSE", "llama4"),
    ("moonshotai__Kimi-K2-Instruct", "LICENSE", "kimi-k2"),
    ("Qwen__Qwen-72B", "Tongyi Qianwen LICENSE AGREEMENT", "tongyi-qianwen"),
    ("Qwen__Qwen-72B", "Tongyi Qianwen RESEARCH LICENSE AGREEMENT", "tongyi-qianwen-research"),
    ("stabilityai__stable-fast-3d", "LICENSE.md", "stability-ai-community"),
    ("deepseek-ai__DeepSeek-R1", "LICENSE", "mit"),
    ("deepseek-ai__DeepSeek-V3", "LICENSE-MODEL", "deepseek-model"),
    ("black-forest-labs__FLUX.1-dev", "LICENSE.md", "flux1-dev-nc"),
]


@pytest.mark.parametrize(("folder", "name", "key"), LICENSE_FILES)
def test_real_license_files_are_recognized(folder: str, name: str, key: str) -> None:
    text = shared("hub", "files", folder, name).read_text("utf-8")
    assert concluded(texts=[read(name, text)]).license == key


MODELS = {
    "meta-llama/Llama-3.1-405B": "llama3.1",
    "meta-llama/Llama-2-70b-hf": "llama2",
    "meta-llama/Meta-Llama-3-8B": "llama3",
    "meta-llama/Llama-3.2-11B-Vision": "llama3.2",
    "meta-llama/Llama-3.3-70B-Instruct": "llama3.3",
    "meta-llama/Llama-4-Scout-17B-16E-Instruct": "llama4",
    "RedHatAI/Llama-4-Scout-17B-16E-Instruct-FP8-dynamic": "llama4",
    "Qwen/Qwen2.5-72B": "qwen",
    "Qwen/Qwen2-72B-Instruct": "tongyi-qianwen",
    "Qwen/Qwen2.5-3B-Instruct": "qwen-research",
    "Qwen/Qwen3-8B": "apache-2.0",
    "moonshotai/Kimi-K2-Instruct": "kimi-k2",
    "moonshotai/Kimi-K2-Thinking": "kimi-k2",
    "MiniMaxAI/MiniMax-M2": "minimax-m2",
    "google/gemma-2-9b": "gemma-2024-04-01",
    "google/gemma-3-27b-it": "gemma-2025-03-24",
    "google/gemma-4-12B-it": "apache-2.0",
    "mistralai/Mixtral-8x7B-v0.1": "apache-2.0",
    "mistralai/Codestral-22B-v0.1": "mistral-mnpl-0.1",
    "mistralai/Mistral-Large-Instruct-2411": "mistral-mrl-0.1",
    "openai/gpt-oss-120b": "apache-2.0",
    "black-forest-labs/FLUX.1-schnell": "apache-2.0",
    "black-forest-labs/FLUX.1-dev": "flux1-dev-nc",
    "bigcode/starcoder2-15b": "bigcode-openrail-m",
    "xai-org/grok-2": "grok2-community",
    "stabilityai/stable-diffusion-xl-base-1.0": "openrail-pp-m-sdxl",
    "nvidia/Llama-3.1-Nemotron-Nano-8B-v1": "nvidia-open-model-2025-04-28",
    "tiiuae/Falcon3-10B-Instruct": "",
    "stabilityai/stable-diffusion-3.5-large": "stability-ai-community",
    "city96/stable-diffusion-3.5-large-gguf": "stability-ai-community",
    "bigscience/bloom": "bigscience-bloom-rail-1.0",
    "CohereLabs/c4ai-command-r-plus-08-2024": "cc-by-nc-4.0",
    "deepseek-ai/DeepSeek-R1": "mit",
    "deepseek-ai/DeepSeek-R1-Distill-Llama-70B": "mit",
    "deepseek-ai/DeepSeek-V3": "",
    "tencent/Hunyuan-7B-Instruct": "",
    "tiiuae/falcon-180B": "",
}


def stated_by(record: dict[str, object]) -> list[Stated]:
    """Tag and card of a record of the Hub, as its source states them."""
    card = record.get("cardData") or {}
    tags = [t.removeprefix("license:") for t in record.get("tags") or [] if t.startswith("license:")]
    named = [(TAG, "license"), (NAME, "license_name"), (LINK, "license_link")]
    return [(TAG, tag) for tag in tags] + [(kind, str(card[key])) for kind, key in named if card.get(key)]


@pytest.mark.parametrize(("repo_id", "key"), MODELS.items())
def test_real_models_are_concluded(repo_id: str, key: str) -> None:
    records = map(json.loads, shared("hub", "models.jsonl").read_text("utf-8").splitlines())
    record = next(one for one in records if one["id"] == repo_id)
    conclusion = concluded(*stated_by(record), repo_id=repo_id)
    assert conclusion.license == key, conclusion.reason


def test_no_real_model_with_one_tag_is_in_disagreement() -> None:
    for line in shared("hub", "models.jsonl").read_text("utf-8").splitlines():
        record = json.loads(line)
        conclusion = concluded(*stated_by(record), repo_id=record["id"])
        tags = {value for kind, value in stated_by(record) if kind is TAG}
        assert len(tags) != 1 or not conclusion.disagreements, record["id"]


KINDS = st.sampled_from(list(StatementKind))
VALUES = st.one_of(st.sampled_from(["mit", "other", "gemma", "modified-mit", "llama3.1", "qwen"]), st.text())


@given(st.lists(st.tuples(KINDS, VALUES), max_size=5), st.text(max_size=20))
def test_any_statements_conclude_a_known_license_or_none(stated: list[Stated], repo_id: str) -> None:
    conclusion = concluded(*stated, repo_id=repo_id)
    assert conclusion.license in {"", *CATALOG}
    assert conclusion.reason


@given(st.lists(st.tuples(KINDS, VALUES), max_size=5))
def test_the_order_of_statements_concludes_nothing_else(stated: list[Stated]) -> None:
    assert concluded(*stated).license == concluded(*reversed(stated)).license


PRECEDENCE = [
    ([(NAME, "mit"), (TAG, "mit")], "a name is more exact than a tag"),
    ([(TAG, "mit"), (LINK, "https://www.llama.com/llama4/license/")], "a tag governs over a link"),
    ([(MANUAL, "mit"), (TAG, "mit")], "what a person gave governs"),
    ([(LINK, "https://www.llama.com/llama4/license/"), (GGUF, "mit")], "a link governs over a field"),
]


@pytest.mark.parametrize(("stated", "sentence"), PRECEDENCE)
def test_the_reason_says_why_a_statement_counts_before_others(stated: list[Stated], sentence: str) -> None:
    assert sentence in concluded(*stated).reason


def test_nothing_is_said_of_precedence_where_nothing_else_is_stated() -> None:
    assert concluded((TAG, "other"), (NAME, "mit")).reason == "The license_name 'mit' names the MIT License."


def test_the_key_of_a_license_is_a_name_of_it() -> None:
    assert concluded((TAG, "other"), (NAME, "cogvlm2")).license == "cogvlm2"
    assert concluded((TAG, "other"), (NAME, "Falcon-180B-TII license")).license == "falcon-180b-tii"


class TestATextThatIsNear:
    def near(self, key: str, missing: int = 1) -> Recognition:
        found = Found(key, False, 0.99, missing, 1)
        return Recognition(key, Match.NEAR, 0.99, ("But no more.",), missing, (found,))

    def test_concludes_nothing_and_lets_no_tag_conclude(self) -> None:
        conclusion = concluded((TAG, "mit"), (FILE, "LICENSE"), texts=[("LICENSE", self.near("mit"))])
        assert conclusion.license == ""
        assert "is near the MIT License, but not the same" in conclusion.reason
        assert "paragraphs changed or missing: 1" in conclusion.disagreements[1]
        assert "The license tag 'mit' is mit, but the text of LICENSE" in conclusion.disagreements[0]

    def test_stands_beside_a_text_that_is_the_same(self) -> None:
        texts = [("LICENSE", identity("mit")), ("LICENSE-MODEL", self.near("llama2"))]
        conclusion = concluded((TAG, "mit"), texts=texts)
        assert conclusion.license == "mit"
        assert "LICENSE-MODEL is near the Llama 2" in conclusion.disagreements[0]

    def test_stands_against_what_a_person_gave(self) -> None:
        conclusion = concluded((MANUAL, "mit"), texts=[("LICENSE", self.near("mit"))])
        assert conclusion.license == "mit"
        assert "is near the MIT License" in conclusion.disagreements[0]

    def test_of_several_licenses_names_them(self) -> None:
        both = (Found("mit", True, 1.0, 0, 1), Found("apache-2.0", True, 1.0, 0, 30))
        found = Recognition("apache-2.0", Match.NEAR, 0.9, (), 0, both)
        conclusion = concluded((TAG, "mit"), texts=[("LICENSE", found)])
        assert conclusion.license == ""
        assert "holds several licenses, the MIT License and Apache License 2.0" in conclusion.reason

    def test_that_is_cut_off_names_what_it_may_be(self) -> None:
        found = Recognition(match=Match.NEAR, candidates=("kimi-k2", "kimi-k2.5"))
        conclusion = concluded((NAME, "kimi-k2"), texts=[("LICENSE", found)])
        assert conclusion.license == ""
        assert "too little of it is left to tell which" in conclusion.reason

    @pytest.mark.parametrize("path", ["LICENSE-CODE", "THIRD_PARTY_LICENSES", "docs/LICENSE", "README.md"])
    def test_decides_nothing_where_it_is_not_of_the_weights(self, path: str) -> None:
        assert concluded((TAG, "mit"), texts=[(path, self.near("llama2"))]).license == "mit"
