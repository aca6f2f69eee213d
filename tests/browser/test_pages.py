"""The main pages in a real browser: accessible in both themes, narrow as well, and with nothing off-site."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, Page

from tests.portal import cast

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PAGES = (
    "/models/",
    f"/models/huggingface/{cast.LLAMA}/",
    f"/models/huggingface/{cast.LLAMA}/files/",
    f"/models/huggingface/{cast.LLAMA}/lineage/",
    f"/models/huggingface/{cast.LLAMA}/history/",
    "/models/add/",
    "/deployments/",
    "/deployments/chat-us/",
    "/inbox/?tab=all",
    "/usage/",
    "/usage/figures/",
    "/usage/figures/add/",
    "/usage/companies/",
    "/licenses/",
    "/licenses/llama3.1/",
    "/plugins/",
    "/plugins/model.file-formats/",
    "/jobs/",
    "/deliveries/",
    "/deployments/no-such/",
)
Open = Callable[..., Page]


@pytest.fixture
def open_(browser: Browser, live_server: Any) -> Iterator[Open]:
    """`open_("/models/", width=390, ...)` is a page in which Adam is signed in and something is there."""
    found = cast.everything()
    reader = Client()
    reader.force_login(cast.person("adam", "admin"))
    session = {"name": settings.SESSION_COOKIE_NAME, "value": reader.cookies["session"].value}
    contexts = []

    def opened(path: str, *, width: int = 1280, signed_in: bool = True, **options: Any) -> Page:
        # Without motion: in the middle of a transition a color is none that anybody is meant to read.
        options = {"viewport": {"width": width, "height": 900}, "reduced_motion": "reduce", **options}
        context = browser.new_context(**options)
        contexts.append(context)
        if signed_in:
            context.add_cookies([{**session, "url": live_server.url}])
        page = context.new_page()
        page.goto(live_server.url + path.format(violation=found.pk))
        return page

    yield opened
    for context in contexts:
        context.close()


def faults(page: Page) -> list[str]:
    found = Axe().run(page).response["violations"]
    return [
        f"{page.url}: {one['id']} {node['html'][:200]} {node.get('failureSummary', '')}"
        for one in found
        if one["impact"] in ("serious", "critical")
        for node in one["nodes"]
    ]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_no_page_shuts_anybody_out(open_: Open, theme: str) -> None:
    page = open_("/inbox/{violation}/", color_scheme=theme)
    base, found = page.url.split("/inbox/")[0], faults(page)
    for path in PAGES:
        page.goto(base + path)
        page.evaluate("document.querySelectorAll('main details').forEach((one) => (one.open = true))")
        found += faults(page)
    sign_in = open_("/sign-in/", signed_in=False, color_scheme=theme)
    assert found + faults(sign_in) == []


def test_no_request_goes_elsewhere_and_no_rule_is_broken(open_: Open) -> None:
    page = open_("/inbox/{violation}/")
    origin = page.url.split("/inbox/")[0]
    asked, complaints = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda told: complaints.append(told.text) if told.type == "error" else None)
    for path in PAGES[:-1]:
        page.goto(origin + path)
    assert {urlsplit(url).netloc for url in asked} == {urlsplit(origin).netloc}
    assert complaints == []


@pytest.mark.parametrize("width", [320, 390, 820])
def test_no_page_scrolls_sideways(open_: Open, width: int) -> None:
    page = open_("/inbox/{violation}/", width=width)
    origin, wide = page.url.split("/inbox/")[0], []
    for path in ("/inbox/", *PAGES):
        page.goto(origin + path)
        if page.evaluate("document.documentElement.scrollWidth") > width:
            wide.append(path)
    assert wide == []


def test_a_phone_has_a_menu_that_needs_no_script(open_: Open) -> None:
    page = open_("/models/", width=390, java_script_enabled=False)
    menu = page.get_by_role("navigation", name="Main menu")
    assert not menu.is_visible()
    page.get_by_text("Menu", exact=True).click()
    menu.get_by_role("link", name="Deployments").click()
    assert page.get_by_role("heading", name="Deployments", exact=True).is_visible()


def test_filters_and_waivers_work_without_a_script(open_: Open) -> None:
    page = open_("/deployments/", java_script_enabled=False)
    page.get_by_label("Decision").select_option("Blocked")
    page.get_by_role("button", name="Filter").click()
    assert "decision=blocked" in page.url
    page.get_by_role("link", name="chat-us").click()
    page.get_by_role("link", name="license.usage-threshold").last.click()
    page.get_by_label("Reason for your decision").fill("As agreed with counsel.")
    page.get_by_role("button", name="Approve the waiver").click()
    assert page.get_by_text("The waiver is approved.").is_visible()


BACKGROUND = "getComputedStyle(document.body).backgroundColor"
LIGHT, DARK = "rgb(246, 247, 249)", "rgb(15, 20, 25)"


def test_the_system_theme_follows_the_machine_and_a_chosen_one_does_not(open_: Open) -> None:
    page = open_("/models/", color_scheme="dark")
    assert page.evaluate(BACKGROUND) == DARK
    page.get_by_text("adam", exact=False).first.click()
    page.get_by_role("button", name="Light").click()
    assert page.evaluate(BACKGROUND) == LIGHT
    page.emulate_media(color_scheme="light")
    page.get_by_text("adam", exact=False).first.click()
    page.get_by_role("button", name="Dark").click()
    assert page.evaluate(BACKGROUND) == DARK


def test_the_first_stop_of_the_keyboard_leads_to_the_content(open_: Open) -> None:
    page = open_("/models/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "content"
