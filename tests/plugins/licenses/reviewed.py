"""The reviewed facts and the real texts beside the project, for the tests of license files."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
import yaml

from governance.core.terms import LicenseTerms
from governance.discovery import catalog
from tests.shared import ROOT, shared

TERMS = catalog().licenses
_FACTS = ROOT / "licenses" / "facts.yaml"
LISTED = re.findall(r"(?m)^- id: (\S+)$", _FACTS.read_text("utf-8")) if _FACTS.exists() else []
WITH_FACTS = sorted(set(TERMS) & set(LISTED))
"""All others are common licenses, which the facts take as known."""

COPY = "copy_of_license_required"
CHANGES, PASS, OUTPUTS = "state_changes", "pass_through", "outputs_for_training"
DERIVATIVE = "the text defines a model trained with outputs to perform similarly as a derivative"
ONE_LICENSE = "the license that is used asks for it"
BEYOND = {
    ("bilibili-indextts", OUTPUTS): "the text bars improving other AI models in 3.4(c)",
    ("bilibili-indextts", COPY): "the text asks for a copy in 3.4(b)",
    ("bilibili-indextts", PASS): "the text binds recipients in 3.4(a)",
    ("llama1", COPY): "the text asks for a copy in 3",
    ("opt-175b", COPY): "the text asks for a copy in 3",
    ("opt-175b", OUTPUTS): "the bans of 2.a cover data that the model produces",
    ("deepfloyd-if", COPY): "the text asks for a copy in 3",
    ("deepfloyd-if", OUTPUTS): "the bans of 2.a cover data that the model produces",
    ("chameleon-research", PASS): "derivatives go out under the agreement only (2.2.1)",
    ("seamless", PASS): "derivatives go out under the agreement only (1.b.i)",
    ("minimax-h3-community", PASS): "told by others, V.2",
    ("minimax-music3-community", COPY): "the text asks for the notices in 1",
    ("chatglm3", COPY): "the text asks for the statements in 2",
    ("cogvlm2", COPY): "the text asks for the statements in 2",
    ("cogvideox", COPY): "the text asks for the statements in 2",
    ("songgeneration", COPY): "the text asks for the notices in its second bullet",
    ("stability-ai-nc-research", CHANGES): "the notice file says what was changed (c)",
    ("bigcode-openrail-m", COPY): "the text asks for a copy in 5.2.a",
    ("fish-audio-research", CHANGES): "the notice file says what was changed (IV.a)",
    ("index-1.9b", COPY): "the text asks for a copy in 2.4",
    ("index-1.9b", CHANGES): "the text asks for it in 2.5",
    ("index-1.9b", OUTPUTS): DERIVATIVE,
    ("orion-14b", COPY): "the text asks for a copy in 2.4",
    ("orion-14b", CHANGES): "the text asks for it in 2.5",
    ("orion-14b", OUTPUTS): DERIVATIVE,
    ("skywork-community", OUTPUTS): DERIVATIVE,
    ("xverse", COPY): "the text asks for a copy in its section 2.3",
    ("xverse", CHANGES): "the text asks for it in its section 2.4",
    ("xverse", OUTPUTS): DERIVATIVE,
    ("nanbeige", CHANGES): "the text asks for it in 4.2(1)",
    ("nanbeige", OUTPUTS): "the text bars improving other large language models in 4.2(2)",
    ("nanbeige", "redistribution"): "the text bars sharing with any third party in 5.1",
    ("aquila", COPY): "the text asks for a copy in II.2",
    ("aquila", CHANGES): "the text asks for it in II.3",
    ("aquila", OUTPUTS): DERIVATIVE,
    ("aquila2-70b", COPY): "the text asks for a copy in II.2",
    ("aquila2-70b", CHANGES): "the text asks for it in II.3",
    ("aquila2-70b", OUTPUTS): DERIVATIVE,
    ("playground-v2", COPY): "the text asks for a copy in 1.b.i",
    ("playground-v2", PASS): "users are made to keep attachment A (1.b.iv)",
    ("misotts-modified-mit", COPY): "the words of MIT, which it modifies, ask for it",
    ("openatom-model-1.0", COPY): "the text asks for a copy in 3.1(1)",
    ("openatom-model-1.0", CHANGES): "the text asks for it in 3.1(3)",
    ("openatom-model-1.0", OUTPUTS): DERIVATIVE,
    ("glm-repo-apache", CHANGES): ONE_LICENSE,
    ("flux1-schnell", COPY): ONE_LICENSE,
    ("flux1-schnell", CHANGES): ONE_LICENSE,
    ("yi-apache", CHANGES): ONE_LICENSE,
    ("internlm-apache", COPY): ONE_LICENSE,
    ("internlm-apache", CHANGES): ONE_LICENSE,
    ("grok-1", COPY): ONE_LICENSE,
    ("grok-1", CHANGES): ONE_LICENSE,
}
"""Where the text says more than the facts: the text governs."""


@cache
def all_facts() -> dict[str, dict[str, Any]]:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    data = yaml.load(shared("licenses", "facts.yaml").read_text("utf-8"), loader)
    return {entry["id"]: entry for entry in data["licenses"]}


def facts(key: str) -> dict[str, Any]:
    return all_facts()[key]


def text_of(key: str) -> str:
    name = facts(key)["text_file"]
    return shared("licenses", name).read_text("utf-8") if name else ""


def with_text(test: Any) -> Any:
    """Each license of which the whole text, or a part of it, was at hand."""
    return pytest.mark.parametrize("key", [key for key in WITH_FACTS if facts(key)["text_file"]])(test)


def value(entry: Any) -> Any:
    return entry["value"] if isinstance(entry, dict) else entry


def parts(sections: str) -> list[str]:
    """The numbers and names of `1.a; 2`, without words in brackets."""
    sections = sections.replace(" (by analogy; unverified)", "").replace("? unverified", "")
    cut = (
        re.sub(r" \((?:last|first|bullet|unnumbered|secondary)[^)]*\)", "", part)
        for part in sections.split(";")
    )
    return [part.strip() for part in cut]


def each_license(test: Any) -> Any:
    return pytest.mark.parametrize("key", WITH_FACTS)(test)


def phrases(terms: LicenseTerms) -> Iterator[tuple[str, str, tuple[str, ...], bool]]:
    """(phrases joined, section, places, optional) of all that must be shown."""
    for duty in terms.duties:
        yield " | ".join(duty.accepted), duty.section, duty.places, duty.optional
    for threshold in terms.thresholds:
        yield threshold.phrase, threshold.section, threshold.places, False
