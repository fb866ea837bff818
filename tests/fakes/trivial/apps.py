from django.apps import AppConfig

from jobs.registry import register


class TrivialConfig(AppConfig):
    name = "tests.fakes.trivial"

    def ready(self):
        register("trivial.count", "tests.fakes.trivial.work.count")
