"""The demonstration study, made by walking its people through the services: nothing is written past them."""

import json
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.core.files import File

from analysis.reports.findings import Viewpoint
from analysis.services.comparison import ask_for_comparison
from analysis.services.saturation import set_stop_rule
from annotator.models import Assignment, Round, RoundIssue
from annotator.queries.disagreements import Standing, cases_of
from annotator.services.coding import submit_coding
from annotator.services.phases import close_round, start_round
from annotator.services.resolution import resolve, resolve_unanimous
from annotator.services.rounds import draft_round
from corpus.services.imports import request_file_import
from demo.chapters import code_openly, relate, save_frames
from demo.marks import marks_of
from jobs import services as jobs
from studies.models import Membership, Role, Study, User
from studies.services.accounts import create_account
from studies.services.invitations import accept_invitation, invite
from studies.services.studies import create_study
from taxonomy.exchange.formats import read
from taxonomy.models import Version
from taxonomy.queries import get_code
from taxonomy.services.editing import add_code, edit_code, move_code
from taxonomy.services.imports import import_taxonomy
from taxonomy.services.operations import merge_code
from taxonomy.services.versions import publish, start_draft

DATA = Path(__file__).resolve().parent / "data"
TITLE = "Model reuse (demonstration)"
QUESTION = "What do developers struggle with who build on pre-trained models? All texts and people here are invented."
CAST = {
    "lead": ("Lena Lead", Role.LEAD),
    "rater-1": ("Ada Rater", Role.RATER),
    "rater-2": ("Ben Rater", Role.RATER),
    "rater-3": ("Cleo Rater", Role.RATER),
    "observer": ("Olga Observer", Role.OBSERVER),
}
FIRST_SEED, SECOND_SEED = 20231, 20232
FIRST_SIZE, SECOND_SIZE = 60, 40
# How far each rater has come in the second round, and how many decisions the lead has left for the visitor.
COME_SO_FAR = {"rater-1": 26, "rater-2": 18, "rater-3": 9}
LEFT_OPEN = 4
STOP_RULE = {"base": 20, "run": 10, "threshold_percent": 5}


@dataclass
class Story:
    """The people by alias, what each would answer by issue, and the study once it is there."""

    password: str
    people: dict[str, User] = field(default_factory=dict)
    answers: dict[str, dict[str, Any]] = field(default_factory=dict)
    uids: dict[str, uuid.UUID] = field(default_factory=dict)

    def tell(self) -> Study:
        self.people = {alias: self.account(alias, name) for alias, (name, _) in CAST.items()}
        self.answers = {line["issue"]: line for line in lines("answers.jsonl")}
        lead = self.people["lead"]
        study = create_study(title=TITLE, question=QUESTION, by=lead)
        self.invite_everyone(study)
        self.collect(study)
        save_frames(study, lead)
        version = self.publish_taxonomy(study)
        set_stop_rule(taxonomy=version.taxonomy, **STOP_RULE, by=lead)
        self.code_first_round(study, version)
        second = self.publish_second_version(version)
        self.code_second_round(study, second)
        code_openly(study, second, self.uids, self.answers, lead)
        relate(study, second, self.uids, lead)
        self.compare(study, version)
        return study

    def account(self, alias: str, name: str) -> User:
        return create_account(email=f"{alias}@example.org", name=name, password=self.password, is_staff=alias == "lead")

    def invite_everyone(self, study: Study) -> None:
        for alias, (_, role) in CAST.items():
            if role != Role.LEAD:
                _, token = invite(study=study, role=role, by=self.people["lead"])
                accept_invitation(token=token, by=self.people[alias])

    def collect(self, study: Study) -> None:
        with (DATA / "issues.jsonl").open("rb") as issues, (DATA / "comments.jsonl").open("rb") as comments:
            run = request_file_import(
                study=study,
                issues=File(issues, "issues.jsonl"),
                comments=File(comments, "comments.jsonl"),
                by=self.people["lead"],
            )
        jobs.run(run.job_id)

    def publish_taxonomy(self, study: Study) -> Version:
        content = (DATA / "taxonomy.json").read_bytes()
        book = read(content, "taxonomy.json")
        by_name = {code.name: code.uid for code in book.codes}
        self.uids = {code["uid"]: by_name[code["name"]] for code in json.loads(content)["codes"]}
        lead = self.people["lead"]
        draft = import_taxonomy(study=study, name=book.name, purpose=book.purpose, codes=book.codes, by=lead)
        return publish(version=draft, note="The first version, after reading 30 issues together.", by=lead)

    def publish_second_version(self, first: Version) -> Version:
        """What a lead would do after the first round. Rewordings say whether they changed what a code means."""
        lead = self.people["lead"]
        second = json.loads((DATA / "second_version.json").read_text(encoding="utf-8"))
        draft = start_draft(taxonomy=first.taxonomy, by=lead)
        meanings = {}
        for change in second["changes"]:
            if meaning := change.pop("meaning", None):
                meanings[str(self.uids[change["code"]])] = meaning == "changed"
            self.change(draft, **change)
        return publish(version=draft, note=second["note"], meanings=meanings, by=lead)

    def change(self, draft: Version, *, what: str, code: str, **given: Any) -> None:
        lead = self.people["lead"]
        if what == "add":
            parent = get_code(draft, self.uids[given.pop("parent")])
            self.uids[code] = add_code(version=draft, parent=parent, by=lead, **given).uid
            return
        row = get_code(draft, self.uids[code])
        if what == "move":
            move_code(code=row, step=given["step"], by=lead)
        elif what == "merge":
            self.uids[code] = self.uids[given["into"]]
            merge_code(code=row, into=get_code(draft, self.uids[code]), note=given["note"], by=lead)
        else:
            edit_code(code=row, by=lead, **given)

    def raters(self, study: Study) -> list[Membership]:
        return list(study.memberships.filter(role=Role.RATER).select_related("user", "study").order_by("alias"))

    def code_first_round(self, study: Study, version: Version) -> None:
        lead = self.people["lead"]
        round = draft_round(
            study=study, version=version, size=FIRST_SIZE, seed=FIRST_SEED, raters=self.raters(study), by=lead
        )
        start_round(round=round, by=lead)
        for rater in self.raters(study):
            self.code(assignments(round, rater))
        closed = close_round(round=round, by=lead)
        resolve_unanimous(round=closed, by=lead)
        self.decide(closed)

    def code_second_round(self, study: Study, version: Version) -> None:
        lead = self.people["lead"]
        raters = self.raters(study)
        round = draft_round(study=study, version=version, size=SECOND_SIZE, seed=SECOND_SEED, raters=raters, by=lead)
        start_round(round=round, by=lead)
        for rater in raters:
            self.code(assignments(round, rater)[: COME_SO_FAR[rater.alias]])

    def code(self, given: Iterable[Assignment]) -> None:
        for assignment in given:
            answer = self.answers[assignment.round_issue.issue.key]["answers"][assignment.member.alias]
            codes = self.code_ids(assignment.round_issue.round.version, answer["codes"])
            submit_coding(
                assignment=assignment,
                outcome=answer["outcome"],
                codes=codes,
                evidence=marks_of(assignment, codes),
                memo=answer["memo"],
                confidence=answer["confidence"],
                client_id=uuid.uuid4(),
                by=assignment.member.user,
            )

    def code_ids(self, version: Version, called: Iterable[str]) -> list[int]:
        rows = dict(version.codes.values_list("uid", "pk"))
        return [rows[self.uids[each]] for each in called]

    def decide(self, round: Round) -> None:
        """Record the prepared decisions, all but the last few: those are left to whoever looks around."""
        open_cases = [case for case in cases_of(round) if case.standing != Standing.UNANIMOUS]
        for case in open_cases[:-LEFT_OPEN]:
            self.decide_one(case.round_issue)

    def decide_one(self, round_issue: RoundIssue) -> None:
        decision = self.answers[round_issue.issue.key]["resolution"]
        codes = self.code_ids(round_issue.round.version, decision["codes"])
        resolve(
            round_issue=round_issue,
            outcome="coded" if codes else "none",
            codes=codes,
            how=decision["how"],
            reason=decision["reason"],
            by=self.people["lead"],
        )

    def compare(self, study: Study, version: Version) -> None:
        if job := ask_for_comparison(study=study, view=Viewpoint(version), by=self.people["lead"]):
            jobs.run(job.pk)


def assignments(round: Round, rater: Membership) -> list[Assignment]:
    return list(
        Assignment.objects.filter(round_issue__round=round, member=rater)
        .select_related("member__user", "round_issue__issue__repository", "round_issue__round__version")
        .order_by("position")
    )


def lines(name: str) -> list[dict[str, Any]]:
    with (DATA / name).open(encoding="utf-8") as file:
        return [json.loads(line) for line in file]
