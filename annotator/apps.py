from django.apps import AppConfig


class AnnotatorConfig(AppConfig):
    """Who said what about which issue: rounds, assignments, codings, resolutions."""

    name = "annotator"

    def ready(self) -> None:
        # The rows of permissions and sections are models: they can be read only once the apps are loaded.
        from annotator.queries import told  # noqa: PLC0415
        from corpus.told import register as register_teller  # noqa: PLC0415
        from studies.permissions import Permission  # noqa: PLC0415
        from studies.sections import Section, register  # noqa: PLC0415

        register(
            Section("Rounds", "rounds", 40),
            Section("Disagreements", "disagreements", 60, Permission.RESOLVE),
        )
        register_teller(told)
