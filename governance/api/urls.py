"""The addresses of the API, version 1."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path, re_path
from drf_spectacular.views import SpectacularAPIView
from rest_framework.routers import SimpleRouter

from governance.api.gating import gate_view
from governance.api.problems import nothing_here
from governance.api.registry import Models

router = SimpleRouter()
router.register("models", Models, "models")

app_name = "api"
urlpatterns: list[URLPattern | URLResolver] = [
    path("gate/", gate_view, name="gate"),
    path("schema/", SpectacularAPIView.as_view(), name="schema"),
    *router.urls,
    re_path(r"^(?P<rest>.*)$", nothing_here),
]
