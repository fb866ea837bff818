"""Fill an empty installation with the demonstration study: `manage.py make_demo`."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from demo.story import CAST, Story
from studies.models import User

# The installation is thrown away, holds invented texts only, and answers on this computer alone.
PASSWORD = "look around"  # noqa: S105


class Command(BaseCommand):
    help = "Makes the demonstration study in an installation without accounts, and says who may sign in."

    def handle(self, *args: Any, **options: Any) -> None:
        if User.objects.exists():
            raise CommandError("This installation has accounts already. The demonstration needs an empty one.")
        story = Story(password=PASSWORD)
        study = story.tell()
        self.stdout.write(f"{study.title}. Who may sign in, all with the password “{PASSWORD}”:")
        for alias, (name, role) in CAST.items():
            self.stdout.write(f"  {alias + '@example.org':<24}{name}, {role.label.lower()}")
