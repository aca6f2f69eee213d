from django.apps import AppConfig


class ApiConfig(AppConfig):
    name = "governance.api"
    label = "api"

    def ready(self) -> None:
        from governance.api import describing  # noqa: F401  makes the bearer token known to the description
