from django.apps import AppConfig


class StudiesConfig(AppConfig):
    """Who takes part: studies, members and their roles, invitations, the audit trail."""

    name = "studies"
