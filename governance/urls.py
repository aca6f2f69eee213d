from django.urls import URLPattern, URLResolver, include, path

from governance.api.metrics import metrics
from governance.api.probes import healthz, readyz

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", healthz),
    path("readyz", readyz),
    path("metrics", metrics),
    path("api/v1/", include("governance.api.urls")),
    path("", include("governance.portal.urls")),
]
handler400 = "governance.portal.views.errors.bad_request"
handler403 = "governance.portal.views.errors.forbidden"
handler404 = "governance.portal.views.errors.not_found"
handler500 = "governance.portal.views.errors.failed"
