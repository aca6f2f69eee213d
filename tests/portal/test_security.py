"""Every page: nothing inline, nothing from elsewhere, one heading, and controls that say what they are."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from tests.portal import cast
from tests.portal.reading import Page, read

As = Callable[[str], Client]
PAGES = {
    "models": "/models/",
    "add model": "/models/add/",
    "model": f"/models/huggingface/{cast.LLAMA}/",
    "files": f"/models/huggingface/{cast.LLAMA}/files/",
    "lineage": f"/models/huggingface/{cast.LLAMA}/lineage/",
    "history": f"/models/huggingface/{cast.LLAMA}/history/",
    "deployments": "/deployments/",
    "deployment": "/deployments/chat-us/",
    "never judged": "/deployments/never-judged/",
    "limits": "/usage/",
    "figures": "/usage/figures/",
    "add figure": "/usage/figures/add/",
    "companies": "/usage/companies/",
    "inbox": "/inbox/",
    "all": "/inbox/?tab=all",
    "licenses": "/licenses/",
    "license": "/licenses/llama3.1/",
    "plugins": "/plugins/",
    "policy": "/plugins/model.file-formats/",
    "source": "/plugins/huggingface/",
    "jobs": "/jobs/",
    "deliveries": "/deliveries/",
    "subscriptions": "/subscriptions/",
    "missing": "/deployments/no-such/",
}


@pytest.fixture
def opened(as_: As) -> Callable[[str], Page]:
    cast.everything()
    client = as_("adam")
    return lambda address: read(client.get(address))


@pytest.mark.parametrize("address", PAGES.values(), ids=PAGES)
def test_nothing_is_inline_and_nothing_comes_from_elsewhere(opened, address: str) -> None:
    page = opened(address)
    assert page.inline == []
    for tag, attributes in page.tags:
        assert "style" not in attributes, tag
        assert not [name for name in attributes if name.startswith("on")], tag
        for name in ("src", "href", "action"):
            assert (attributes.get(name) or "/").startswith(("/", "#", "?")), (tag, attributes)


@pytest.mark.parametrize("address", PAGES.values(), ids=PAGES)
def test_a_page_has_one_heading_and_a_title_of_its_own(opened, address: str) -> None:
    page = opened(address)
    assert len(page.all("h1")) == 1
    assert "Modelsteward" in page.words


@pytest.mark.parametrize("address", PAGES.values(), ids=PAGES)
def test_controls_have_labels_and_tables_captions(opened, address: str) -> None:
    page = opened(address)
    labels = {one.get("for") for one in page.all("label")}
    for tag in ("input", "select", "textarea"):
        for control in page.all(tag):
            if control.get("type") not in ("hidden", "radio", "checkbox"):
                assert control.get("id") in labels, control
    assert len(page.all("caption")) == len(page.all("table"))
    assert all("scope" in one for one in page.all("th"))
    ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("address", PAGES.values(), ids=PAGES)
def test_no_page_promises_what_it_may_not(opened, address: str) -> None:
    told = opened(address).words.lower()
    assert "compliant" not in told
    assert "legally" not in told


def test_the_policy_of_the_page_lets_in_our_own_files_only(as_: As) -> None:
    policy = as_("vera").get("/models/").headers["Content-Security-Policy"]
    assert "default-src 'none'; script-src 'self'; style-src 'self'" in policy
    assert "unsafe" not in policy


def test_the_page_of_a_violation_follows_the_same_rules(as_: As) -> None:
    found = cast.everything()
    page = read(as_("ann").get(reverse("portal:violation", args=[found.pk])))
    assert page.inline == []
    assert len(page.all("h1")) == 1
    assert "Rule-based assessment, not legal advice." in page.words
