from django.urls import URLPattern, URLResolver, include, path

from governance.api.probes import healthz, readyz

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", healthz),
    path("readyz", readyz),
    path("api/v1/", include("governance.api.urls")),
]
