from django.apps import AppConfig


class StudiesConfig(AppConfig):
    """Who takes part: studies, members and their roles, invitations, the audit trail."""

    name = "studies"

    def ready(self) -> None:
        # The rows of permissions and sections are models: they can be read only once the apps are loaded.
        from studies.permissions import Permission  # noqa: PLC0415
        from studies.sections import Section, register  # noqa: PLC0415

        register(
            Section("Members", "members", 90),
            Section("Activity", "activity", 100),
            Section("Settings", "study_settings", 110, Permission.EDIT_STUDY),
        )
