"""Gentle reminders by e-mail: the lead sees the text, presses once, and a job sends it. At most once a day a rater."""

import smtplib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.utils import timezone

from annotator.models import Round, RoundRater
from annotator.queries.pace import Course, courses_of
from jobs.errors import Failed
from jobs.models import Job
from jobs.services import Run, enqueue
from studies.errors import Invalid, Refused
from studies.models import Membership, Role, User
from studies.permissions import Permission, check_is_member
from studies.services.events import record_event

KIND = "annotator.remind"
EACH = timedelta(hours=24)

TEXT = """Dear {name},

in {round} of the study “{study}” {missing} open to you. {last}

{address}

You get this because {lead} asked for it; an answer goes to them. There is at most one reminder a day.
"""


@dataclass(frozen=True)
class Reminder:
    """What one rater would get, and when they got one before."""

    course: Course
    subject: str
    text: str
    reminded_at: datetime | None

    @property
    def member(self) -> Membership:
        return self.course.member

    @property
    def waits(self) -> bool:
        """Whether the last one was less than a day ago."""
        return self.reminded_at is not None and self.course.now - self.reminded_at < EACH


def can_send() -> bool:
    """Whether this installation sends mail."""
    return bool(settings.EMAIL_HOST and settings.DEFAULT_FROM_EMAIL)


def reminders_of(round: Round, *, address: str, by: User) -> list[Reminder]:
    """One for each rater who has something open, by alias; none while the round does not run or is paused."""
    before = dict(RoundRater.objects.filter(round=round).values_list("member", "reminded_at"))
    return [
        Reminder(course, *written(course, round, address, by), before.get(course.member.pk))
        for course in courses_of(round)
        if course.since and course.member.role != Role.PLACEHOLDER
    ]


def written(course: Course, round: Round, address: str, by: User) -> tuple[str, str]:
    number = course.missing
    issues = f"{number:,} issue{'s are' if number != 1 else ' is'}"
    last = f"Your last answer is of {course.last_at:%-d %B %Y}." if course.last_at else "You have not begun yet."
    told = {"name": course.member.user, "study": round.study, "missing": issues, "last": last, "lead": by}
    text = TEXT.format(round=str(round).lower(), address=address, **told)
    return " ".join(f"{round} of {round.study}: {issues} open to you".split()), text


@transaction.atomic
def remind_raters(*, round: Round, raters: Sequence[Membership], address: str, by: User) -> Job:
    """A job that sends each of these raters the text. `address` is where the reminder leads to. Refused where no mail
    is sent; Invalid when somebody has nothing open or was reminded within a day."""
    check_is_member(by, round.study, Permission.MANAGE_ROUNDS)
    if not can_send():
        raise Refused("This installation sends no mail. Copy the text, and send it yourself.")
    if not raters:
        raise Invalid({"raters": "Choose whom to remind."})
    Round.objects.select_for_update().get(pk=round.pk)
    there = {each.member.pk: each for each in reminders_of(round, address=address, by=by)}
    chosen = [check_can_be_reminded(member, there.get(member.pk)) for member in raters]
    mark(round, [each.member for each in chosen], timezone.now())
    letters = [{"to": each.member.pk, "subject": each.subject, "text": each.text} for each in chosen]
    arguments = {"round": round.pk, "reply_to": by.email, "letters": letters}
    job = enqueue(kind=KIND, study=round.study, arguments=arguments, by=by)
    told = {"raters": [each.member.alias for each in chosen]}
    record_event(study=round.study, by=by, verb="reminded raters of", target=str(round).lower(), data=told)
    return job


def check_can_be_reminded(member: Membership, reminder: Reminder | None) -> Reminder:
    if reminder is None:
        raise Invalid({"raters": f"Nothing is open to {member.alias} now, so there is nothing to remind of."})
    if reminder.waits:
        at = f"{reminder.reminded_at:%-d %b, %H:%M}"
        raise Invalid({"raters": f"{member.alias} was reminded on {at} UTC; once a day is enough."})
    return reminder


def mark(round: Round, members: Sequence[Membership], at: datetime | None) -> None:
    """Members to whom issues were dealt without a row get one."""
    for member in members:
        RoundRater.objects.update_or_create(
            round=round,
            member=member,
            defaults={"reminded_at": at},
            create_defaults={"reminded_at": at, "added_at": round.drafted_at},
        )


def send_reminders(run: Run) -> None:
    """The job. One that is taken up again goes on behind the last letter that was told as sent. Who could not be
    reached can be reminded again at once; Failed names them."""
    letters = run.arguments["letters"]
    round = Round.objects.get(pk=run.arguments["round"])
    members = Membership.objects.select_related("user").in_bulk([letter["to"] for letter in letters])
    why: dict[str, str] = {}
    for number, letter in enumerate(letters[run.job.done :], run.job.done + 1):
        member = members[letter["to"]]
        run.beat()  # the job may be another runner's by now
        if reason := send(letter, member, run.arguments["reply_to"]):
            why[member.alias] = reason
            mark(round, [member], None)
        run.progress(number, len(letters), unit="letters")
    if why:
        named = "; ".join(f"{alias} ({reason})" for alias, reason in why.items())
        raise Failed(f"No reminder reached {named}. Check the mail settings, or copy the text and send it yourself.")


def send(letter: dict[str, Any], member: Membership, reply_to: str) -> str:
    """Why it could not be sent; empty when it was."""
    mail = EmailMessage(letter["subject"], letter["text"], to=[member.user.email], reply_to=[reply_to])
    try:
        mail.send()
    except (smtplib.SMTPException, OSError) as error:
        return str(error) or type(error).__name__
    return ""
