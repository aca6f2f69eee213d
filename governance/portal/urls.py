"""The addresses of the portal: nouns, stable, guessable. E-mails link to them."""

from __future__ import annotations

from django.urls import path, register_converter

from governance.portal.views import (
    deployments,
    duties,
    grants,
    identify,
    inbox,
    jobs,
    licenses,
    model_curation,
    model_licenses,
    models,
    plugins,
    readings,
    session,
    subscriptions,
    usage,
)

app_name = "portal"


class RepoId:
    """`org/name`, or the older bare `name`."""

    regex = r"[^/]+(?:/[^/]+)?"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


class Tab(RepoId):
    """The sides of a model beside its overview."""

    regex = r"files|lineage|history"


register_converter(RepoId, "repo")
register_converter(Tab, "tab")

urlpatterns = [
    path("", session.home, name="home"),
    path("sign-in/", session.SignIn.as_view(), name="sign-in"),
    path("sign-out/", session.SignOut.as_view(), name="sign-out"),
    path("theme/", session.theme, name="theme"),
    path("models/", models.models, name="models"),
    path("models/add/", models.add_model, name="add-model"),
    path("models/<slug:source>/<repo:repo_id>/sync/", models.sync_model, name="sync-model"),
    path(
        "models/<slug:source>/<repo:repo_id>/license-override/",
        model_licenses.override,
        name="override-license",
    ),
    path(
        "models/<slug:source>/<repo:repo_id>/license-override/withdraw/",
        model_licenses.withdraw,
        name="withdraw-license",
    ),
    path("models/<slug:source>/<repo:repo_id>/lineage/add/", model_curation.curate, name="curate"),
    path(
        "models/<slug:source>/<repo:repo_id>/lineage/<int:number>/retract/",
        model_curation.retract_edge,
        name="retract-edge",
    ),
    path(
        "models/<slug:source>/<repo:repo_id>/figures/add/",
        model_curation.record_figure,
        name="record-model-figure",
    ),
    path(
        "models/<slug:source>/<repo:repo_id>/figures/<int:number>/retract/",
        model_curation.retract_figure,
        name="retract-model-figure",
    ),
    path("models/<slug:source>/<repo:repo_id>/<tab:tab>/", models.model, name="model-tab"),
    path("models/<slug:source>/<repo:repo_id>/", models.model, name="model"),
    path("deployments/", deployments.deployments, name="deployments"),
    path("deployments/<slug:slug>/", deployments.deployment, name="deployment"),
    path("deployments/<slug:slug>/duties/", duties.duties, name="duties"),
    path("deployments/<slug:slug>/duties/show/", duties.show, name="show-duty"),
    path("deployments/<slug:slug>/report/", duties.deployment_report, name="deployment-report"),
    path("evidence/<int:number>/withdraw/", duties.withdraw, name="withdraw-evidence"),
    path("products/<slug:slug>/report/", duties.product_report, name="product-report"),
    path("deployments/<slug:slug>/retire/", deployments.retire, name="retire"),
    path("usage/", usage.limits, name="usage"),
    path("usage/figures/", usage.figures, name="figures"),
    path("usage/figures/add/", usage.add_figure, name="add-figure"),
    path("usage/figures/import/", usage.import_figures, name="import-figures"),
    path("usage/companies/", usage.companies, name="companies"),
    path("inbox/", inbox.inbox, name="inbox"),
    path("inbox/<int:number>/", inbox.violation, name="violation"),
    path("inbox/<int:number>/waivers/", inbox.request_waiver, name="request-waiver"),
    path("waivers/<int:number>/decide/", inbox.decide_waiver, name="decide-waiver"),
    path("waivers/<int:number>/revoke/", inbox.revoke_waiver, name="revoke-waiver"),
    path("grants/", grants.grants, name="grants"),
    path("grants/add/", grants.add_grant, name="add-grant"),
    path("grants/<int:number>/", grants.grant, name="grant"),
    path("grants/<int:number>/change/", grants.change_grant, name="change-grant"),
    path("grants/<int:number>/letter/", grants.letter, name="grant-letter"),
    path("grants/<int:number>/attach/", grants.attach, name="attach-grant"),
    path("grants/<int:number>/retire/", grants.retire, name="retire-grant"),
    path("grants/<int:number>/step/<slug:name>/", grants.step, name="grant-step"),
    path("licenses/", licenses.licenses, name="licenses"),
    path("licenses/identify/", identify.identify, name="identify"),
    path("licenses/<str:key>/", licenses.license, name="license"),
    path("licenses/<str:key>/readings/", readings.adopt, name="adopt-reading"),
    path("readings/<int:number>/withdraw/", readings.withdraw, name="withdraw-reading"),
    path("plugins/", plugins.plugins, name="plugins"),
    path("plugins/<str:key>/", plugins.plugin, name="plugin"),
    path("plugins/<str:key>/assign/", plugins.assign, name="assign"),
    path("assignments/<int:number>/change/", plugins.change_assignment, name="change-assignment"),
    path("assignments/<int:number>/remove/", plugins.remove_assignment, name="remove-assignment"),
    path("jobs/", jobs.jobs, name="jobs"),
    path("jobs/retry/", jobs.retry_all, name="retry-all"),
    path("jobs/<int:number>/retry/", jobs.retry, name="retry"),
    path("deliveries/", jobs.deliveries, name="deliveries"),
    path("subscriptions/", subscriptions.subscriptions, name="subscriptions"),
    path("subscriptions/add/", subscriptions.subscribe, name="subscribe"),
    path("subscriptions/<int:number>/end/", subscriptions.end, name="end-subscription"),
    path("subscriptions/<int:number>/secret/", subscriptions.secret, name="subscription-secret"),
]
