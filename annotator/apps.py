from django.apps import AppConfig


class AnnotatorConfig(AppConfig):
    """Who said what about which issue: rounds, assignments, codings, resolutions."""

    name = "annotator"

    def ready(self) -> None:
        # The rows of permissions, sections and queries are models: they can be read only once the apps are loaded.
        from annotator.queries import told  # noqa: PLC0415
        from annotator.queries.proposals import origins  # noqa: PLC0415
        from annotator.queries.recoding import consequences  # noqa: PLC0415
        from annotator.services.importing.handing import move_codings  # noqa: PLC0415
        from corpus.told import register as register_teller  # noqa: PLC0415
        from jobs import registry as jobs_registry  # noqa: PLC0415
        from studies.permissions import Permission  # noqa: PLC0415
        from studies.sections import Section, register  # noqa: PLC0415
        from studies.services.placeholders import register_mover  # noqa: PLC0415
        from taxonomy import usage  # noqa: PLC0415
        from taxonomy.consequences import register as register_consequences  # noqa: PLC0415
        from taxonomy.origins import register as register_origins  # noqa: PLC0415

        register(
            Section("Rounds", "rounds", 40),
            Section("Disagreements", "disagreements", 60, Permission.RESOLVE),
        )
        ended = "annotator.services.importing.asking.ended"
        jobs_registry.register("annotator.try_codings", "annotator.tasks.try_codings", ended=ended)
        jobs_registry.register("annotator.import_codings", "annotator.tasks.import_codings", ended=ended)
        usage.register(
            counter="annotator.queries.usage.usage_of",
            holders="annotator.queries.codings.codings_with",
            finder="annotator.queries.usage.addresses_of",
        )
        register_mover(move_codings)
        register_consequences(consequences)
        register_origins(origins)
        jobs_registry.register("annotator.remind", "annotator.services.reminding.send_reminders")
        register_teller(told)
