from django.apps import AppConfig


class LicensingConfig(AppConfig):
    name = "governance.licensing"
    label = "licensing"
