"""What can be said: taxonomies, their versions, the codes of each version, and what changed between versions."""

from taxonomy.models.changes import ChangeKind, CodeChange
from taxonomy.models.codes import Code, Levels, Purpose, Taxonomy, Version
from taxonomy.models.edits import Edit

__all__ = ["ChangeKind", "Code", "CodeChange", "Edit", "Levels", "Purpose", "Taxonomy", "Version"]
