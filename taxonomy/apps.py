from django.apps import AppConfig


class TaxonomyConfig(AppConfig):
    """What can be said: taxonomies with versions and codes."""

    name = "taxonomy"

    def ready(self) -> None:
        # Sections know permissions, and those know models, which can be read only once the apps are loaded.
        from studies.sections import Section, register  # noqa: PLC0415

        register(Section("Taxonomy", "taxonomy", 30))
