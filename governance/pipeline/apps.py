from django.apps import AppConfig


class PipelineConfig(AppConfig):
    name = "governance.pipeline"
    label = "pipeline"
