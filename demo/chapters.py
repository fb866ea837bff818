"""What the people of the demonstration do beside their two rounds: frames, open coding with a board, a crosswalk."""

import json
import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from annotator.models import Assignment, Method, Round
from annotator.queries.board import Card, cards_of
from annotator.services.board import accept_as_new, decline, name_group, put_together
from annotator.services.coding import submit_coding
from annotator.services.phases import close_round, start_round
from annotator.services.planning import Way
from annotator.services.proposals import propose
from annotator.services.rounds import draft_round
from annotator.states import Kind
from corpus.services.frames import create_frame
from studies.models import Membership, Study, User
from taxonomy.crosswalks import Link
from taxonomy.exchange.shelf import take
from taxonomy.models import Version
from taxonomy.queries import get_code
from taxonomy.services.crosswalks import begin_crosswalk, finish_mapping, map_code
from taxonomy.services.published import add_published
from taxonomy.services.versions import start_draft

DATA = Path(__file__).resolve().parent / "data"
SEED = 20233
Uids = Mapping[str, uuid.UUID]
Answers = Mapping[str, Mapping[str, Any]]


def loaded(name: str) -> dict[str, Any]:
    return dict(json.loads((DATA / name).read_text(encoding="utf-8")))


def save_frames(study: Study, lead: User) -> None:
    people = create_frame(study=study, name="By people", params={"bot": ["no"]}, by=lead)
    answered = {"comments": ["yes"]}
    create_frame(study=study, name="By people, with an answer", params=answered, parent=people, by=lead)


def code_openly(study: Study, version: Version, uids: Uids, answers: Answers, lead: User) -> Round:
    """A closed round in which two raters propose codes, and what the lead did with some of them on the board."""
    told = loaded("open_coding.json")
    raters = list(study.memberships.filter(alias__in=told["raters"]).select_related("user", "study").order_by("alias"))
    way = Way(Method.LISTED, listed="\n".join(told["issues"]))
    round = draft_round(study=study, version=version, raters=raters, kind=Kind.OPEN, way=way, seed=SEED, by=lead)
    start_round(round=round, by=lead)
    for rater in raters:
        code_as(round, rater, told["proposals"], uids, answers)
    closed = close_round(round=round, by=lead)
    sort_board(closed, told, uids, lead)
    return closed


def code_as(round: Round, rater: Membership, proposals: list[dict[str, str]], uids: Uids, answers: Answers) -> None:
    """A proposal is the rater's answer where there is one; else the codes that they would give."""
    given = Assignment.objects.filter(round_issue__round=round, member=rater)
    rows = dict(round.version.codes.values_list("uid", "pk"))
    for assignment in given.select_related("member__user", "round_issue__issue__repository").order_by("position"):
        key = assignment.round_issue.issue.key
        answer = answers[key]["answers"][rater.alias]
        own = [
            propose(
                assignment=assignment,
                name=each["name"],
                sentence=each["sentence"],
                quote=each["quote"],
                client_id=uuid.uuid4(),
                by=rater.user,
            ).pk
            for each in proposals
            if (each["issue"], each["rater"]) == (key, rater.alias)
        ]
        submit_coding(
            assignment=assignment,
            outcome="coded" if own else answer["outcome"],
            codes=[] if own else [rows[uids[code]] for code in answer["codes"]],
            proposals=own,
            memo=answer["memo"],
            confidence=answer["confidence"],
            client_id=uuid.uuid4(),
            by=rater.user,
        )


def sort_board(round: Round, told: dict[str, Any], uids: Uids, lead: User) -> None:
    onto, moved = (card_named(round, name) for name in told["together"])
    group = put_together(round=round, card=moved.key, seen=moved.seen, onto=onto.key, onto_seen=onto.seen, by=lead)
    name_group(round=round, card=group.key, seen=group.seen, name=told["together"][0], by=lead)
    draft = start_draft(taxonomy=round.version.taxonomy, by=lead)
    accepted, declined = dict(told["accepted"]), told["declined"]
    card, parent = card_named(round, accepted.pop("card")), get_code(draft, uids[accepted.pop("below")])
    accept_as_new(round=round, card=card.key, seen=card.seen, draft=draft, parent=parent, by=lead, **accepted)
    card = card_named(round, declined["card"])
    decline(round=round, card=card.key, seen=card.seen, reason=declined["reason"], by=lead)


def card_named(round: Round, name: str) -> Card:
    return next(card for card in cards_of(round) if card.name == name)


def relate(study: Study, version: Version, uids: Uids, lead: User) -> None:
    """A crosswalk of our codes to a published taxonomy, worked through by the lead."""
    told = loaded("crosswalk.json")
    book = take(told["published"])
    theirs = add_published(
        study=study,
        name=book.name,
        purpose=book.purpose,
        citation=book.citation,
        reservations=book.reservations,
        codes=book.codes,
        by=lead,
    )
    named = dict(theirs.codes.values_list("name", "uid"))
    mapper = study.memberships.get(user=lead)
    crosswalk = begin_crosswalk(left=version, right=theirs, mappers=[mapper], by=lead)
    for each in told["links"]:
        right = named[each["theirs"]] if each["theirs"] else None
        link = Link(right, each["relation"], each["reason"])
        map_code(crosswalk=crosswalk, left=uids[each["code"]], links=[link], by=lead)
    finish_mapping(crosswalk=crosswalk, by=lead)
