"""What the pages show of verdicts that the real policies gave in the real runner."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from governance.discovery import catalog
from governance.pipeline import execution, intake
from tests.portal.reading import words

ACTOR = "user:adam"
USES = {"commercial": True, "internal_only": False, "modification": "none", "distributed": False}


@pytest.fixture
def story(db: None) -> None:
    """Acme offers a chat with Llama 3.1, which a provider serves, and had 720 million users in June 2024."""
    intake.load_licenses(actor=ACTOR)
    declared = {"provider": "Meta", "version": "3.1", "license": "llama3.1"}
    intake.add_model(source="manual", repo_id="provider/llama", declaration=declared, actor=ACTOR)
    execution.drain()
    intake.save_company(data={"slug": "acme", "name": "Acme", "domicile": "US"}, actor=ACTOR)
    intake.save_product(data={"slug": "chat", "name": "Chat", "company": "acme"}, actor=ACTOR)
    users = {"subject": "product:chat", "metric": "monthly_active_users", "period": "2024-06"}
    intake.record_measurements(rows=[{**users, "value": 720_000_000}], actor=ACTOR)
    for policy in catalog().policies:
        intake.assign_policy(policy=policy, mode="enforce", actor=ACTOR)
    body = {"slug": "chat-us", "model": "provider/llama", "product": "chat", "environment": "production"}
    intake.save_deployment(data={**body, "regions": ["US"], "uses": USES}, actor=ACTOR)
    execution.drain()


def test_a_breach_is_shown_from_the_verdict_to_the_inbox(story: None, as_: Callable[[str], Client]) -> None:
    client = as_("adam")
    page = words(client.get("/deployments/chat-us/"))
    assert "Blocked Judged" in page
    assert "Figure 720,000,000 monthly active users Limit more than 700,000,000" in page
    assert "Show “Built with Llama”" in page
    assert "720 million monthly active users in June 2024 , 102.9 % of 700 million" in words(
        client.get("/usage/")
    )
    assert "license.usage-threshold Fails chat-us" in words(client.get("/inbox/"))
    assert "Blocked" in words(client.get("/models/"))


def test_the_model_that_was_declared_shows_its_terms(story: None, as_: Callable[[str], Client]) -> None:
    page = words(as_("vera").get("/models/manual/provider/llama/"))
    assert "Declared by hand llama3.1" in page
    assert "begin its name with “Llama”" in page
    assert "chat-us production, Chat Blocked" in page
