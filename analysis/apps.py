from django.apps import AppConfig


class AnalysisConfig(AppConfig):
    """How far we agree and what we found: agreement, counts, resolution time, exports."""

    name = "analysis"
