from django.apps import AppConfig


class AnalysisConfig(AppConfig):
    """How far we agree and what we found: agreement, counts, resolution time, exports."""

    name = "analysis"

    def ready(self) -> None:
        # The rows of permissions and sections are models: they can be read only once the apps are loaded.
        from analysis.services.calibration import target_state  # noqa: PLC0415
        from annotator.queries.target import register as register_target  # noqa: PLC0415
        from jobs.registry import register as register_job  # noqa: PLC0415
        from studies.permissions import Permission  # noqa: PLC0415
        from studies.sections import Section, register  # noqa: PLC0415

        register(
            Section("Overview", "study", 0),
            Section("Agreement", "agreement", 50),
            Section("Findings", "findings", 70),
            Section("Export", "exports", 80, Permission.EXPORT),
        )
        register_target(target_state)
        register_job("analysis.resolution_time", "analysis.tasks.comparison.compare_resolution_times")
        register_job("analysis.export", "analysis.tasks.export.write_export")
