"""The handlers of this room's jobs. Loaded by the job process alone."""

from corpus.tasks.duplicates import find_duplicates
from corpus.tasks.files import import_file, try_file
from corpus.tasks.github import import_github, try_github

__all__ = ["find_duplicates", "import_file", "import_github", "try_file", "try_github"]
