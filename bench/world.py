"""The rows that the measurements need, made in a process of their own: `python -m bench.world people | rounds`."""

import json
import sys
import uuid
from collections.abc import Callable

import django

django.setup()

from django.db import transaction  # noqa: E402 (only once Django is set up)
from django.utils import timezone  # noqa: E402

from annotator.models import AppliedCode, Assignment, Coding, Resolution, ResolvedCode, Round  # noqa: E402
from annotator.services.phases import close_round, start_round  # noqa: E402
from annotator.services.rounds import draft_round  # noqa: E402
from corpus.models import Issue  # noqa: E402
from studies.models import Role, Study, User  # noqa: E402
from studies.services.accounts import create_account  # noqa: E402
from studies.services.studies import add_member, create_study  # noqa: E402
from taxonomy.services.editing import add_code, create_taxonomy  # noqa: E402
from taxonomy.services.versions import publish  # noqa: E402

PASSWORD = "a bench of eight raters"
RATERS = 8
CODES = ("Loading", "Output", "Memory", "Conversion", "Speed", "Documentation", "Version")
SAMPLE = 200


def people() -> dict[str, object]:
    """A lead with a study and a published taxonomy, and eight raters."""
    lead = create_account(email="lead@example.org", name="Lead", password=PASSWORD, is_staff=True)
    study = create_study(title="Bench", by=lead)
    for number in range(1, RATERS + 1):
        rater = create_account(email=f"rater-{number}@example.org", name=f"Rater {number}", password=PASSWORD)
        add_member(study=study, user=rater, role=Role.RATER)
    draft = create_taxonomy(study=study, name="Problems", by=lead)
    for name in CODES:
        add_code(version=draft, name=name, definition=f"What {name.lower()} means.", by=lead)
    version = publish(version=draft, by=lead)
    return {
        "slug": study.slug,
        "taxonomy": version.taxonomy_id,
        "codes": list(version.codes.values_list("pk", flat=True)),
    }


def rounds() -> dict[str, object]:
    """Two running rounds, for one and for eight raters, and a closed one: all issues coded by three, and resolved."""
    lead, study = User.objects.get(email="lead@example.org"), Study.objects.get()
    raters = list(study.memberships.filter(role=Role.RATER).order_by("pk"))
    everything = Issue.objects.filter(repository__study=study).count()
    made = [round_of(study, lead, raters[:1], SAMPLE), round_of(study, lead, raters, SAMPLE)]
    coded = round_of(study, lead, raters[:3], everything)
    with transaction.atomic():
        answer(coded)
    close_round(round=coded, by=lead)
    with transaction.atomic():
        resolve(coded, lead)
    return {"one": made[0].number, "eight": made[1].number, "coded": coded.number}


def round_of(study: Study, lead: User, raters: list, size: int) -> Round:
    version = study.taxonomies.get().versions.get(number=1)
    made = draft_round(study=study, version=version, size=size, raters=raters, seed=1, by=lead)
    return start_round(round=made, by=lead)


def answer(round: Round) -> None:
    """Each rater's code by arithmetic, so that they agree on about three issues of four."""
    codes = list(round.version.codes.all())
    rows = Assignment.objects.filter(round_issue__round=round).select_related("round_issue__issue")
    codings = Coding.objects.bulk_create(
        [
            Coding(
                assignment=row, revision=1, outcome="coded", body_seen_id=row.round_issue.issue.body_id,
                submitted_at=timezone.now(), client_id=uuid.uuid4(),
            )
            for row in rows
        ],
        batch_size=1000,
    )  # fmt: skip
    AppliedCode.objects.bulk_create(
        [AppliedCode(coding=coding, code=codes[choice(coding) % len(codes)]) for coding in codings], batch_size=1000
    )


def choice(coding: Coding) -> int:
    number, member = coding.assignment.round_issue_id, coding.assignment.member_id
    return number + (number + member) % 12 // 11


def resolve(round: Round, lead: User) -> None:
    codes = list(round.version.codes.all())
    decided = {"revision": 1, "how": "lead", "outcome": "coded", "reason": "Bench.", "decided_by": lead}
    made = Resolution.objects.bulk_create(
        [Resolution(round_issue=row, decided_at=timezone.now(), **decided) for row in round.round_issues.all()],
        batch_size=1000,
    )
    ResolvedCode.objects.bulk_create(
        [ResolvedCode(resolution=row, code=codes[row.round_issue_id % len(codes)]) for row in made], batch_size=1000
    )


STEPS: dict[str, Callable[[], dict[str, object]]] = {"people": people, "rounds": rounds}

if __name__ == "__main__":
    print(json.dumps(STEPS[sys.argv[1]]()))
