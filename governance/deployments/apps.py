from django.apps import AppConfig


class DeploymentsConfig(AppConfig):
    name = "governance.deployments"
    label = "deployments"
