from django.apps import AppConfig


class CorpusConfig(AppConfig):
    """What is coded: repositories, issues, comments; import from GitHub and from files."""

    name = "corpus"

    def ready(self) -> None:
        # The rows of permissions and sections are models: they can be read only once the apps are loaded.
        from jobs import registry  # noqa: PLC0415
        from studies.permissions import Permission  # noqa: PLC0415
        from studies.sections import Section, register  # noqa: PLC0415

        registry.register("corpus.import_file", "corpus.tasks.import_file", ended="corpus.services.imports.ended")
        registry.register("corpus.try_file", "corpus.tasks.try_file", ended="corpus.services.imports.tried")
        registry.register("corpus.import_github", "corpus.tasks.import_github", ended="corpus.services.imports.ended")
        registry.register("corpus.try_github", "corpus.tasks.try_github", ended="corpus.services.imports.tried")
        registry.register(
            "corpus.find_duplicates", "corpus.tasks.find_duplicates", ended="corpus.services.duplicates.ended"
        )
        register(
            Section("Issues", "issues", 10),
            Section("Imports", "imports", 20, Permission.IMPORT_ISSUES),
        )
