from django.apps import AppConfig


class PipelineConfig(AppConfig):
    name = "governance.pipeline"
    label = "pipeline"

    def ready(self) -> None:
        from governance import checks  # noqa: F401 (registers them)
