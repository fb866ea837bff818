from django.apps import AppConfig


class AnnotatorConfig(AppConfig):
    """Who said what about which issue: rounds, assignments, codings, resolutions."""

    name = "annotator"
