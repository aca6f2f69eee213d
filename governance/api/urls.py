"""The addresses of the API, version 1."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path, re_path
from drf_spectacular.views import SpectacularAPIView
from rest_framework.routers import SimpleRouter

from governance.api import (
    checks,
    deployments,
    duties,
    grants,
    licensing,
    operations,
    plugins,
    readings,
    registry,
    subscriptions,
    usage,
    violations,
)
from governance.api.gating import gate_view
from governance.api.problems import nothing_here

RESOURCES = {
    "models": registry.Models,
    "licenses": licensing.Licenses,
    "grants": grants.Grants,
    "readings": readings.Readings,
    "companies": usage.Companies,
    "controls": usage.Controls,
    "products": usage.Products,
    "measurements": usage.Measurements,
    "exchange-rates": usage.ExchangeRates,
    "deployments": deployments.Deployments,
    "evidence": duties.Evidences,
    "checks": checks.Checks,
    "violations": violations.Violations,
    "waivers": violations.Waivers,
    "plugins": plugins.Plugins,
    "policies": plugins.Policies,
    "assignments": plugins.Assignments,
    "subscriptions": subscriptions.Subscriptions,
    "deliveries": operations.Deliveries,
    "audit": operations.Audit,
    "work": operations.Works,
}
router = SimpleRouter()
for name, resource in RESOURCES.items():
    router.register(name, resource, name)

app_name = "api"
urlpatterns: list[URLPattern | URLResolver] = [
    path("gate/", gate_view, name="gate"),
    path("deployments/<slug:slug>/duties/", duties.DeploymentDuties.as_view(), name="duties"),
    path("deployments/<slug:slug>/report/", duties.DeploymentReport.as_view(), name="deployment-report"),
    path("products/<slug:slug>/report/", duties.ProductReport.as_view(), name="product-report"),
    path("schema/", SpectacularAPIView.as_view(), name="schema"),
    path("webhooks/huggingface/", operations.HubWebhook.as_view(), name="hub-webhook"),
    *router.urls,
    re_path(r"^(?P<rest>.*)$", nothing_here),
]
