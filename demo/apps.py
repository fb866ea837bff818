from django.apps import AppConfig


class DemoConfig(AppConfig):
    """The demonstration study that a first start shows."""

    name = "demo"
