"""Which license is concluded from what repositories state, with real texts, through the real client."""

from __future__ import annotations

import pytest

from governance.demo.hub import Hub
from governance.licensing.models import Conclusion
from tests.examination.platform import Platform
from tests.shared import shared

pytestmark = pytest.mark.django_db


def text(name: str) -> bytes:
    return shared("licenses", "texts", f"{name}.txt").read_bytes()


def concluded(platform: Platform, hub: Hub, card, files=None, repo_id="acme/m") -> Conclusion:
    hub.create(repo_id, card=card)
    if files:
        hub.push(repo_id, {path: text(name) for path, name in files.items()}, card=card)
    platform.tracked(repo_id)
    return Conclusion.objects.filter(snapshot__model__repo_id=repo_id).latest("id")


MIT = "https://choosealicense.com/licenses/mit"
CASES = [
    # A text governs over the tag, and the disagreement is told.
    ({"license": "mit"}, {"LICENSE": "llama3.1"}, "llama3.1", True),
    ({"license": "apache-2.0"}, {"LICENSE.txt": "cc-by-nc-4.0"}, "cc-by-nc-4.0", True),
    ({"license": "llama3.1"}, {"LICENSE": "llama3.1"}, "llama3.1", False),
    ({"license_name": "modified-mit"}, {"LICENSE": "kimi-k2-modified-mit"}, "kimi-k2", False),
    ({"license": "other"}, {"LICENSE.md": "kimi-k3"}, "kimi-k3", False),
    ({"license": "gemma"}, {"LICENSE": "gemma-2025-03-24"}, "gemma-2025-03-24", False),
    ({}, {"LICENSE": "stability-ai-community"}, "stability-ai-community", False),
    # Files in folders, and those for the code, are not the license of the weights.
    ({"license": "llama3.1"}, {"LICENSE-CODE": "gemma-repo-apache-2.0"}, "llama3.1", False),
    ({"license": "llama3.1"}, {"code/LICENSE": "gemma-repo-apache-2.0"}, "llama3.1", False),
    # Two texts of different effect: a person decides.
    ({"license": "mit"}, {"LICENSE": "llama3.1", "LICENSE-2": "gemma-repo-apache-2.0"}, "", True),
    # Names in any case, and with blanks around them.
    ({"license": "MIT"}, None, "mit", False),
    ({"license": " Apache-2.0 "}, None, "apache-2.0", False),
    ({"license": "other", "license_name": "LLaMA3.1"}, None, "llama3.1", False),
    # A name may not override a tag of another license without a word.
    ({"license": "mit", "license_name": "llama3.1"}, None, "llama3.1", True),
    ({"license": "apache-2.0", "license_link": MIT}, None, "apache-2.0", True),
    ({"license": "no"}, None, "", False),
    ({"license": "llama3.1 "}, None, "llama3.1", False),
    # Not an id of the Hub, and the name of one license only.
    ({"license": "llama-3.1"}, None, "llama3.1", False),
    ({"license": "llama"}, None, "", False),
]  # fmt: skip


@pytest.mark.parametrize(("card", "files", "license", "disagree"), CASES)
def test_what_is_concluded(platform: Platform, hub: Hub, card, files, license, disagree):
    found = concluded(platform, hub, card, files)
    assert found.license == license, found.reason
    assert bool(found.disagreements) == disagree, found.disagreements
    assert found.reason.endswith(".")


HOMOGLYPHS = ["ⅿit", "mіt", "ｍｉｔ", "mi\u200bt", "m\u202eit", "MİT"]


@pytest.mark.parametrize("tag", HOMOGLYPHS)
def test_letters_that_only_look_alike_are_no_name(platform: Platform, hub: Hub, tag):
    found = concluded(platform, hub, {"license": tag})
    assert found.license == ""
    assert found.disagreements


def test_one_changed_word_is_another_text(platform: Platform, hub: Hub):
    changed = text("llama3.1").replace(b"700 million", b"700 billion")
    hub.create("acme/m", card={"license": "other"})
    hub.push("acme/m", {"LICENSE": changed}, card={"license": "other"})
    platform.tracked("acme/m")
    assert Conclusion.objects.get(snapshot__model__repo_id="acme/m").license == ""


@pytest.mark.parametrize(
    ("repo_id", "license"),
    [
        ("moonshotai/Kimi-K2-Base", "kimi-k2"),
        ("mistralai/Devstral-2-123B-Instruct-2512", "mistral-modified-mit"),
        ("evil/Kimi-K2-Base", ""),
    ],
)
def test_modified_mit_means_what_its_publisher_says(platform: Platform, hub: Hub, repo_id, license):
    card = {"license": "other", "license_name": "modified-mit"}
    assert concluded(platform, hub, card, repo_id=repo_id).license == license


def test_a_disagreement_needs_a_person(platform: Platform, hub: Hub):
    concluded(platform, hub, {"license": "mit"}, {"LICENSE": "llama3.1"})
    assert platform.ask("acme/m").of("license.known") == "review"
