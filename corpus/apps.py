from django.apps import AppConfig


class CorpusConfig(AppConfig):
    """What is coded: repositories, issues, comments; import from GitHub and from files."""

    name = "corpus"
