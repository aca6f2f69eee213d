from django.apps import AppConfig


class AlertsConfig(AppConfig):
    name = "governance.alerts"
    label = "alerts"
