"""Relating our codes to published ones: asked of one or two members, mapped code by code, decided where they differ.

Verdicts are added and never changed. What two map independently is frozen once both are done; a lead's decision then
stands beside it.
"""

import uuid
from collections.abc import Sequence

from django.db import IntegrityError, transaction
from django.utils import timezone

from studies.errors import Conflict, Invalid, Refused
from studies.models import Membership, Study, User
from studies.permissions import Permission, check_is_member, may
from studies.services.events import record_event
from taxonomy.crosswalks import Link, Opened, Said, crosswalks_of, is_complete, last_verdicts, open_for_all
from taxonomy.models import Code, Crosswalk, Mapper, Mapping, Relation, Verdict, Version
from taxonomy.services.cleaning import clean_text

MOST_MAPPERS = 2


@transaction.atomic
def begin_crosswalk(
    *, left: Version, right: Version, mappers: Sequence[Membership], start_from: Crosswalk | None = None, by: User
) -> Crosswalk:
    """Ask one member, or two who work independently, to relate the codes of `left` to those of `right`.

    With `start_from` an earlier crosswalk of the same taxonomies is taken over for the codes that still exist: for one
    mapper what holds there, for two what each of them said there.
    """
    study = left.taxonomy.study
    check_is_member(by, study, Permission.EDIT_TAXONOMY)
    check_versions(left, right)
    check_mappers(mappers, study)
    made = Crosswalk(left=left, right=right, started_from=start_from, made_by=by, made_at=timezone.now())
    try:
        with transaction.atomic():
            made.save()
    except IntegrityError as error:
        raise Invalid("There is a crosswalk of these two versions already. Go on with that one.") from error
    asked = [Mapper(crosswalk=made, member=member) for member in mappers]
    Mapper.objects.bulk_create(asked)
    if start_from:
        carry_over(made, start_from, asked, by)
    aliases = sorted(member.alias for member in mappers)
    record_event(study=study, by=by, verb="began", target=f"crosswalk {made}", data={"mappers": aliases})
    return made


def check_versions(left: Version, right: Version) -> None:
    if left.is_draft or right.is_draft:
        raise Invalid("A draft may still change. Publish it first, then compare the version.")
    if left.taxonomy_id == right.taxonomy_id or left.taxonomy.study_id != right.taxonomy.study_id:
        raise Invalid({"right": "Choose another taxonomy of this study."})


def check_mappers(mappers: Sequence[Membership], study: Study) -> None:
    if not 1 <= len(mappers) <= MOST_MAPPERS:
        raise Invalid({"mappers": "Choose one member, or two who work independently."})
    for member in mappers:
        if member.study_id != study.pk or not may(member, Permission.CODE_ISSUES):
            raise Invalid({"mappers": f"{member.alias} may not code in this study. Choose a lead or a rater."})


def carry_over(made: Crosswalk, earlier: Crosswalk, mappers: Sequence[Mapper], by: User) -> None:
    """Take over what was said of codes that both crosswalks know; a relation to a code that is gone is left out."""
    if (earlier.left.taxonomy_id, earlier.right.taxonomy_id) != (made.left.taxonomy_id, made.right.taxonomy_id):
        raise Invalid({"start_from": "A crosswalk starts from one of the same two taxonomies."})
    before = open_for_all(earlier)
    left, right = ({code.uid: code for code in version.codes.all()} for version in (made.left, made.right))
    for mapper in mappers:
        for uid, links in said_before(before, mapper, alone=len(mappers) == 1).items():
            kept = [link for link in links if link.right is None or link.right in right]
            if uid in left and kept:
                add_verdict(made, mapper, left[uid], kept, right, revision=1, carried=True, by=by)


def said_before(before: Opened, mapper: Mapper, *, alone: bool) -> dict[uuid.UUID, tuple[Link, ...]]:
    if alone:
        return {uid: case.result for uid, case in before.by_uid.items() if case.result}
    return {
        uid: said.links
        for uid, case in before.by_uid.items()
        for earlier, said in case.said
        if said and earlier.member_id == mapper.member_id
    }


@transaction.atomic
def map_code(*, crosswalk: Crosswalk, left: uuid.UUID, links: Sequence[Link], by: User) -> Verdict | None:
    """What the mapper says of a left code: relations, or no counterpart. None when that stands already."""
    locked = lock(crosswalk, by, Permission.CODE_ISSUES)
    mapper = check_can_map(locked, by)
    code, right = find_left(locked, left), codes_of(locked.right)
    given = check_links(links, right)
    before = last_verdicts(locked, [mapper], with_decisions=False).get((mapper.pk, code.pk))
    if before and before.links == tuple(given) and not before.carried:
        return None
    made = add_verdict(locked, mapper, code, given, right, revision=before.revision + 1 if before else 1, by=by)
    tell(locked, by, "mapped", f"code {code} in crosswalk {locked}", {"revision": made.revision})
    return made


def check_can_map(crosswalk: Crosswalk, user: User) -> Mapper:
    """The person's own part. Raises Refused with the reason where they may not map (any more)."""
    mappers = list(crosswalk.mappers.all())
    own = next((mapper for mapper in mappers if mapper.member.user_id == user.pk), None)
    if own is None:
        names = " and ".join(str(mapper.member.user) for mapper in mappers)
        raise Refused(f"Only who was asked maps here: {names}.")
    if own.done_at:
        what = "the mappings are frozen; a lead can decide otherwise" if is_complete(mappers) else "take it back first"
        raise Refused(f"You have said that you are done: {what}.")
    return own


def can_map(crosswalk: Crosswalk, user: User) -> bool:
    try:
        check_can_map(crosswalk, user)
    except Refused:
        return False
    return True


@transaction.atomic
def finish_mapping(*, crosswalk: Crosswalk, by: User) -> Mapper:
    """The mapper is through. When all are, everybody sees what they said, and it stays as it is."""
    locked = lock(crosswalk, by, Permission.CODE_ISSUES)
    mapper = check_can_map(locked, by)
    left_over = locked.left.codes.count() - mapper.verdicts.values("left").distinct().count()
    if left_over:
        raise Invalid(f"{left_over} code{'s are' if left_over > 1 else ' is'} not mapped yet. Map all of them first.")
    mapper.done_at = timezone.now()
    mapper.save(update_fields=["done_at"])
    tell(locked, by, "finished", f"crosswalk {locked}", {})
    return mapper


@transaction.atomic
def resume_mapping(*, crosswalk: Crosswalk, by: User) -> None:
    """Take back that one is done, as long as somebody else is not and nothing was seen."""
    locked = lock(crosswalk, by, Permission.CODE_ISSUES)
    mappers = list(locked.mappers.all())
    own = next((mapper for mapper in mappers if mapper.member.user_id == by.pk and mapper.done_at), None)
    if own is None or is_complete(mappers):
        raise Refused("All who were asked are done, so the mappings are frozen. A lead can decide otherwise.")
    own.done_at = None
    own.save(update_fields=["done_at"])
    tell(locked, by, "resumed", f"crosswalk {locked}", {})


@transaction.atomic
def decide_mapping(
    *, crosswalk: Crosswalk, left: uuid.UUID, links: Sequence[Link], reason: str, seen: int | None = None, by: User
) -> Verdict:
    """Record what holds of a left code, beside what was said. `seen` is the last decision the lead saw (0: none)."""
    locked = lock(crosswalk, by, Permission.RESOLVE)
    check_can_decide(locked)
    code, right = find_left(locked, left), codes_of(locked.right)
    given = check_links(links, right)
    reason = clean_text("reason", reason)
    if not reason:
        raise Invalid({"reason": "Say why you decided so: it stands beside the mapping for ever."})
    before = last_verdicts(locked, [], with_decisions=True).get((None, code.pk))
    check_is_as_seen(before, seen)
    revision = before.revision + 1 if before else 1
    made = add_verdict(locked, None, code, given, right, revision=revision, reason=reason, by=by)
    told = [f"{link.relation} {right[link.right] if link.right else ''}".strip() for link in given]
    tell(locked, by, "decided", f"code {code} in crosswalk {locked}", {"relations": told, "reason": reason})
    return made


def check_can_decide(crosswalk: Crosswalk) -> None:
    """Raises Refused with the reason until all who were asked are done."""
    if not is_complete(list(crosswalk.mappers.all())):
        raise Refused("Decisions are made when all who were asked are done with the mapping.")


def can_decide(crosswalk: Crosswalk) -> bool:
    return is_complete(list(crosswalk.mappers.all()))


def check_is_as_seen(before: Said | None, seen: int | None) -> None:
    if seen is not None and (before.revision if before else 0) != seen:
        who = f"{before.by} at {before.at:%H:%M} UTC" if before else "nobody"
        raise Conflict(f"This was decided by {who}, after you opened it. Nothing was changed; look at it first.")


@transaction.atomic
def discard_crosswalk(*, crosswalk: Crosswalk, by: User) -> None:
    """Take a crosswalk away on which nobody has worked yet."""
    locked = lock(crosswalk, by, Permission.EDIT_TAXONOMY)
    if not can_discard(locked):
        raise Refused("Somebody has mapped codes here already, so the crosswalk stays.")
    Mapping.objects.filter(verdict__crosswalk=locked).delete()
    locked.verdicts.all().delete()
    locked.mappers.all().delete()
    tell(locked, by, "discarded", f"crosswalk {locked}", {})
    locked.delete()


def can_discard(crosswalk: Crosswalk) -> bool:
    """As long as nothing was said but what was taken over."""
    return not crosswalk.verdicts.filter(carried=False).exists()


def lock(crosswalk: Crosswalk, by: User, permission: Permission) -> Crosswalk:
    """The crosswalk with its mappers, held until the transaction ends."""
    study = crosswalk.left.taxonomy.study
    check_is_member(by, study, permission)
    Crosswalk.objects.select_for_update().only("pk").get(pk=crosswalk.pk)
    return crosswalks_of(study).get(pk=crosswalk.pk)


def find_left(crosswalk: Crosswalk, uid: uuid.UUID) -> Code:
    code: Code | None = crosswalk.left.codes.filter(uid=uid).first()
    if code is None:
        raise Invalid({"left": "There is no such code in the left version."})
    return code


def codes_of(version: Version) -> dict[uuid.UUID, Code]:
    return {code.uid: code for code in version.codes.all()}


def check_links(links: Sequence[Link], right: dict[uuid.UUID, Code]) -> list[Link]:
    """The relations with clean reasons. Invalid with a sentence that says what to change."""
    if not links:
        raise Invalid("Give a relation to at least one code, or say that there is no counterpart.")
    alone = [link for link in links if link.relation == Relation.NONE]
    if alone and len(links) > 1:
        raise Invalid("“No counterpart” stands alone. Take it or the other relations away.")
    if len({link.right for link in links}) < len(links):
        raise Invalid("Two codes have one relation to each other. Take one of them away.")
    for link in links:
        check_link(link, right)
    return [Link(link.right, link.relation, clean_text("reason", link.reason)) for link in links]


def check_link(link: Link, right: dict[uuid.UUID, Code]) -> None:
    if link.relation not in Relation.values:
        raise Invalid(f"“{link.relation}” is no relation. Use {', '.join(Relation.values)}.")
    if (link.relation == Relation.NONE) != (link.right is None):
        raise Invalid("A relation names a code at the right; “no counterpart” names none.")
    if link.right is not None and link.right not in right:
        raise Invalid("One of these codes is not in the right version.")


def add_verdict(
    crosswalk: Crosswalk,
    mapper: Mapper | None,
    left: Code,
    links: Sequence[Link],
    right: dict[uuid.UUID, Code],
    *,
    revision: int,
    reason: str = "",
    carried: bool = False,
    by: User,
) -> Verdict:
    made = Verdict(
        crosswalk=crosswalk, mapper=mapper, left=left, revision=revision, reason=reason, carried=carried,
        by=by, at=timezone.now(),
    )  # fmt: skip
    made.save()
    Mapping.objects.bulk_create(
        Mapping(
            verdict=made,
            right=right[link.right] if link.right else None,
            relation=link.relation,
            reason=link.reason,
        )
        for link in links
    )
    return made


def tell(crosswalk: Crosswalk, by: User, verb: str, target: str, data: dict[str, object]) -> None:
    record_event(study=crosswalk.left.taxonomy.study, by=by, verb=verb, target=target, data=data)
