"""What a newly tracked model is easily taken for."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from governance.registry.services import register_model

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 1, tzinfo=UTC)


def register(repo_id):
    return register_model(source="huggingface", repo_id=repo_id, now=NOW)[0]


@pytest.mark.parametrize("repo_id", ["meta-IIama/Llama-3.1-8B", "mistraIai/Mistral-7B-v0.3"])
def test_who_was_tracked_before_is_the_one_that_others_resemble(repo_id):
    models = [register(one) for one in ("meta-llama/Llama-3.1-8B", "mistralai/Mistral-7B-v0.3")]
    (meant,) = [one for one in models if one.repo_id.rpartition("/")[2] == repo_id.rpartition("/")[2]]
    assert register(repo_id).resembles == [meant.repo_id]
    assert meant.resembles == []


def test_a_publisher_of_the_catalog_need_not_be_tracked():
    assert register("g00gle/gemma-2-9b").resembles == ["google"]
    assert register("bartowski/gemma-2-9b").resembles == []
