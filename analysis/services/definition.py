"""What a study calls resolution time: set by its lead, told in the history, kept with its date."""

from dataclasses import asdict
from zoneinfo import available_timezones

from django.db import transaction
from django.utils import timezone

from analysis.models import ResolutionDefinition
from analysis.queries import definition_of
from analysis.stats.resolution import ENDS, REASONS, STARTS, UNITS, Definition
from studies.errors import Invalid
from studies.models import Study, User
from studies.permissions import Permission, check_is_member
from studies.services.events import record_event


@transaction.atomic
def set_definition(*, study: Study, definition: Definition, by: User) -> bool:
    """Counts from now on for every figure of the study. False when it is the one that stands already."""
    check_is_member(by, study, Permission.EDIT_STUDY)
    check_definition(definition)
    Study.objects.select_for_update().only("pk").get(pk=study.pk)
    if definition == definition_of(study):
        return False
    said = asdict(definition) | {"reasons": list(definition.reasons)}
    ResolutionDefinition(study=study, set_by=by, set_at=timezone.now(), **said).save()
    record_event(study=study, by=by, verb="set", target="what resolution time means", data=said)
    return True


def check_definition(definition: Definition) -> None:
    for name, given, known in (
        ("start", definition.start, STARTS),
        ("end", definition.end, ENDS),
        ("unit", definition.unit, UNITS),
    ):
        if given not in known:
            raise Invalid({name: f"Choose one of: {', '.join(known)}."})
    if not definition.reasons or not set(definition.reasons) <= set(REASONS):
        raise Invalid({"reasons": "Choose at least one reason that counts as resolved."})
    if definition.zone not in available_timezones():
        raise Invalid({"zone": "There is no such time zone. Use a name such as Europe/Berlin."})
