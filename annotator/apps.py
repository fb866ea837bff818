from django.apps import AppConfig


class AnnotatorConfig(AppConfig):
    """Who said what about which issue: rounds, assignments, codings, resolutions."""

    name = "annotator"

    def ready(self) -> None:
        # The rows of permissions, sections and queries are models: they can be read only once the apps are loaded.
        from annotator.queries.codings import codings_with  # noqa: PLC0415
        from annotator.queries.proposals import origins  # noqa: PLC0415
        from annotator.queries.recoding import consequences  # noqa: PLC0415
        from studies.permissions import Permission  # noqa: PLC0415
        from studies.sections import Section, register  # noqa: PLC0415
        from taxonomy import uses  # noqa: PLC0415
        from taxonomy.consequences import register as register_consequences  # noqa: PLC0415
        from taxonomy.origins import register as register_origins  # noqa: PLC0415

        register(
            Section("Rounds", "rounds", 40),
            Section("Disagreements", "disagreements", 60, Permission.RESOLVE),
        )
        register_consequences(consequences)
        register_origins(origins)
        uses.register(codings_with)
