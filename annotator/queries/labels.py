"""Labels: what an issue counts as in a study, for analysis and export."""

from django.db.models import Exists, OuterRef, QuerySet

from annotator.models import Resolution
from studies.models import Study


def latest_labels() -> QuerySet[Resolution]:
    """The last decision on each issue under each taxonomy, in whichever round it was made."""
    same = Resolution.objects.filter(
        round_issue__issue=OuterRef("round_issue__issue"),
        round_issue__round__version__taxonomy=OuterRef("round_issue__round__version__taxonomy"),
        pk__gt=OuterRef("pk"),
    )
    return Resolution.objects.filter(~Exists(same))


def labels_of(study: Study) -> QuerySet[Resolution]:
    """The latest labels of a study's issues, with issue and codes.

    An issue that was coded under two taxonomies has two labels. Decisions exist in closed rounds only, so
    a label tells nothing that is still blind.
    """
    return (
        latest_labels()
        .filter(round_issue__round__study=study)
        .select_related("round_issue__round__version__taxonomy", "round_issue__issue__repository", "decided_by")
        .prefetch_related("codes")
        .order_by(
            "round_issue__issue__repository__owner",
            "round_issue__issue__repository__name",
            "round_issue__issue__number",
            "pk",
        )
    )
