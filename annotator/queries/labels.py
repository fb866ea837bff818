"""Labels: what an issue counts as in a study, for analysis and export."""

from django.db.models import Exists, OuterRef, QuerySet

from annotator.models import Resolution
from studies.models import Study
from taxonomy.models import Version


def latest_labels(upto: Version | None = None) -> QuerySet[Resolution]:
    """The last decision on each issue under each taxonomy, in whichever round it was made. With `upto` the last one
    that was made under this version or an earlier one."""
    same = Resolution.objects.filter(
        round_issue__issue=OuterRef("round_issue__issue"),
        round_issue__round__version__taxonomy=OuterRef("round_issue__round__version__taxonomy"),
        pk__gt=OuterRef("pk"),
    )
    labels = Resolution.objects.all()
    if upto is not None:
        same = same.filter(round_issue__round__version__number__lte=upto.number)
        labels = labels.filter(
            round_issue__round__version__taxonomy=upto.taxonomy_id,
            round_issue__round__version__number__lte=upto.number,
        )
    return labels.filter(~Exists(same))


def labels_of(study: Study, upto: Version | None = None) -> QuerySet[Resolution]:
    """The latest labels of a study's issues, as `latest_labels`, with issue and codes.

    An issue that was coded under two taxonomies has two labels. Decisions exist in closed rounds only, so
    a label tells nothing that is still blind.
    """
    return (
        latest_labels(upto)
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
