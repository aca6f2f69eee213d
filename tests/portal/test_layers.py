from __future__ import annotations

import pytest

pytestmark = pytest.mark.django_db


def test_the_api_knows_nobody_by_a_session(client, django_user_model):
    client.force_login(django_user_model.objects.create_user("counsel", password="correct horse"))
    answer = client.get("/api/v1/models/")
    assert answer.status_code == 401
    assert not answer.cookies


def test_a_page_knows_who_is_signed_in(client, django_user_model):
    client.force_login(django_user_model.objects.create_user("counsel", password="correct horse"))
    assert client.get("/models/").status_code == 200


def test_no_layer_of_pages_runs_for_the_api(client):
    answer = client.get("/api/v1/gate/?deployment=chat-eu")
    assert not hasattr(answer.wsgi_request, "session")
    assert not hasattr(answer.wsgi_request, "user")
    assert "Cookie" not in answer.headers.get("Vary", "")
