"""The stop rule: set by the lead before a round starts; what is set later is kept beside it and told."""

import math

from django.db import transaction
from django.utils import timezone

from analysis.models import StopRule
from studies.errors import Invalid
from studies.models import User
from studies.permissions import Permission, check_is_member
from studies.services.events import record_event
from taxonomy.models import Taxonomy


@transaction.atomic
def set_stop_rule(*, taxonomy: Taxonomy, base: int, run: int, threshold_percent: float, by: User) -> StopRule:
    """Counts from now on for the whole taxonomy. Earlier rules stay, so that a change after the fact shows."""
    check_is_member(by, taxonomy.study, Permission.MANAGE_ROUNDS)
    if base < 1 or run < 1:
        raise Invalid({"base" if base < 1 else "run": "Count at least 1 issue."})
    if not (math.isfinite(threshold_percent) and 0 <= threshold_percent < 100):
        raise Invalid({"threshold_percent": "A share of the codes of the base, from 0 to below 100 %."})
    rule = StopRule(
        taxonomy=taxonomy, base=base, run=run, threshold_percent=threshold_percent, set_by=by, set_at=timezone.now()
    )
    rule.save()
    told = {"base": base, "run": run, "threshold_percent": threshold_percent}
    record_event(study=taxonomy.study, by=by, verb="set", target=f"the stop rule of {taxonomy}", data=told)
    return rule
