"""What can be said: taxonomies, their versions, the codes of each version, what changed between versions, and how
they relate to the codes of others."""

from taxonomy.models.changes import ChangeKind, CodeChange
from taxonomy.models.codes import Code, Levels, Purpose, Taxonomy, Version
from taxonomy.models.crosswalks import Crosswalk, Mapper, Mapping, Relation, Verdict
from taxonomy.models.edits import Edit
from taxonomy.models.links import PublicLink

__all__ = [
    "ChangeKind",
    "Code",
    "CodeChange",
    "Crosswalk",
    "Edit",
    "Levels",
    "Mapper",
    "Mapping",
    "PublicLink",
    "Purpose",
    "Relation",
    "Taxonomy",
    "Verdict",
    "Version",
]
