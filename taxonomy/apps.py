from django.apps import AppConfig


class TaxonomyConfig(AppConfig):
    """What can be said: taxonomies with versions and codes."""

    name = "taxonomy"
