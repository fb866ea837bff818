"""What an import of codings would come to: which issues, raters and codes the study knows, and what is left out."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from annotator.files import Found, Issue, Problem, Said
from annotator.queries.imported import same_as
from annotator.states import Outcome, UnknownCodes
from corpus.elsewhere import Reference, reference_of
from corpus.queries import find_references
from studies.errors import Invalid
from studies.models import Membership, Study
from taxonomy.models import Code, Purpose, Version

PATHS = (" / ", " > ")


@dataclass(frozen=True)
class Target:
    """`version` is what the codes are of; None: a new taxonomy of this `name`. `raters` has the member that a rater of
    the file is, None where a placeholder shall stand; raters who are not in it are found by their names."""

    unknown: str
    version: Version | None = None
    name: str = ""
    raters: Mapping[str, int | None] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        version = self.version.pk if self.version else None
        return {"unknown": self.unknown, "version": version, "name": self.name, "raters": dict(self.raters)}


def target_of(study: Study, told: Mapping[str, Any]) -> Target:
    """Invalid, by field, when codings could not be kept so."""
    unknown, pk = told.get("unknown", UnknownCodes.NEW), told.get("version")
    if unknown not in UnknownCodes.values:
        raise Invalid({"unknown": f"Codes that are not known: {', '.join(UnknownCodes.values)}."})
    raters = {str(name): member for name, member in (told.get("raters") or {}).items()}
    if unknown == UnknownCodes.NEW:
        return Target(unknown, None, check_name(study, str(told.get("name") or "").strip()), raters)
    found = Version.objects.select_related("taxonomy").filter(taxonomy__study=study, pk=pk, number__isnull=False)
    version: Version | None = found.filter(taxonomy__kind=Purpose.CODING).first()
    if version is None:
        raise Invalid({"version": "Choose a published version of a taxonomy of this study."})
    if unknown == UnknownCodes.ADD:
        check_can_be_added_to(version)
    return Target(unknown, version, "", raters)


def check_name(study: Study, name: str) -> str:
    if not name:
        raise Invalid({"name": "Name the taxonomy that is made of the codes of the file."})
    if study.taxonomies.filter(name__iexact=name).exists():
        raise Invalid({"name": "This study has a taxonomy of that name. Choose that one, or another name."})
    return name[:200]


def check_can_be_added_to(version: Version) -> None:
    versions = version.taxonomy.versions
    if versions.filter(number__isnull=True).exists():
        raise Invalid({"version": f"{version.taxonomy} has a draft. Publish or remove it first, or choose proposals."})
    if versions.filter(number__gt=version.number).exists():
        raise Invalid({"version": f"Codes are added to the latest version of {version.taxonomy} alone."})


@dataclass
class Plan:
    """`places` are the issues of the file in their order, each once; `known` has the ids of those that the study has.
    `codes` by the name in lower case; `unknown` are the names of those that are not, as written first."""

    found: Found
    target: Target
    places: dict[Reference, Issue]
    known: dict[Reference, int]
    members: dict[str, Membership]
    codes: dict[str, Code]
    unknown: dict[str, int]
    problems: list[Problem]
    digest: str
    same: int | None

    @property
    def answers(self) -> Iterable[Said]:
        return (said for issue in self.places.values() for said in issue.said.values())

    @property
    def raters(self) -> list[str]:
        return sorted({rater for issue in self.places.values() for rater in issue.said}, key=str.casefold)

    @property
    def report(self) -> dict[str, Any]:
        outcomes = Counter(said.outcome for said in self.answers)
        codings = Counter(rater for issue in self.places.values() for rater, said in issue.said.items() if said.outcome)
        issues = self.places.values()
        told = [issue.conflict for issue in issues if issue.conflict is not None]
        return {
            "rows": self.found.rows,
            "issues": len(self.places),
            "issues_known": len(self.known),
            "codings": sum(codings.values()),
            "without_answer": outcomes[""],
            "outcomes": {outcome: outcomes[outcome] for outcome in Outcome.values if outcomes[outcome]},
            "raters": [
                {
                    "name": rater,
                    "alias": self.members[rater].alias if rater in self.members else None,
                    "member": self.members[rater].pk if rater in self.members else None,
                    "codings": codings[rater],
                }
                for rater in self.raters
            ],
            "codes_known": len(self.codes),
            "codes_unknown": self.unknown,
            "conflicts": sum(told) if told else None,
            "finals": sum(issue.final is not None for issue in issues),
            "same_as": self.same,
        }


def plan_import(study: Study, found: Found, target: Target, *, repository: str = "", items: str = "") -> Plan:
    problems = list(found.problems)
    places = gathered(found.issues, problems, repository, items)
    known = find_references(study, places)
    places = joined(places, known, problems)
    known = {reference: pk for reference, pk in known.items() if reference in places}
    if target.version:
        leave_out_doubtful(target.version, places.values(), problems)
    codes, unknown = codes_in(target.version, places.values())
    digest = digest_of(places)
    same = same_as(study, digest)
    return Plan(
        found, target, places, known, members_of(study, places.values(), target), codes, unknown, problems, digest,
        same.number if same else None,
    )  # fmt: skip


def gathered(issues: Iterable[Issue], problems: list[Problem], repository: str, items: str) -> dict[Reference, Issue]:
    places: dict[Reference, Issue] = {}
    for issue in issues:
        reference = reference_of(issue.reference, repository=issue.repository or repository, items=items)
        keep(places, reference, issue, problems)
    return places


def joined(
    places: dict[Reference, Issue], known: Mapping[Reference, int], problems: list[Problem]
) -> dict[Reference, Issue]:
    """Two addresses of one issue of the study are one."""
    first = {pk: reference for reference, pk in reversed(list(known.items()))}
    whole: dict[Reference, Issue] = {}
    for reference, issue in places.items():
        keep(whole, first[known[reference]] if reference in known else reference, issue, problems)
    return whole


def keep(places: dict[Reference, Issue], reference: Reference, issue: Issue, problems: list[Problem]) -> None:
    """What another row says of the same issue is added, as long as it is said by others."""
    before = places.setdefault(reference, issue)
    if before is issue:
        return
    twice = sorted(before.said.keys() & issue.said.keys())
    if twice:
        sentence = f"{issue.reference} is the issue of {before.place}; what {', '.join(twice)} said here was left out."
        problems.append(Problem(issue.place, sentence))
    before.said |= {rater: said for rater, said in issue.said.items() if rater not in twice}
    before.final, before.told = before.final or issue.final, before.told or issue.told
    before.conflict = issue.conflict if before.conflict is None else before.conflict or bool(issue.conflict)


def codes_in(version: Version | None, issues: Iterable[Issue]) -> tuple[dict[str, Code], dict[str, int]]:
    names = names_of(version) if version else {}
    codes: dict[str, Code] = {}
    unknown: dict[str, int] = {}
    written: dict[str, str] = {}
    for issue in issues:
        for name in (name for answer in answers_in(issue) for name in answer.codes):
            if found := names.get(name.casefold()):
                codes[name.casefold()] = found
            else:
                first = written.setdefault(name.casefold(), name)
                unknown[first] = unknown.get(first, 0) + 1
    return codes, unknown


def answers_in(issue: Issue) -> list[Said]:
    return [*issue.said.values(), *([issue.final] if issue.final else [])]


def leave_out_doubtful(version: Version, issues: Iterable[Issue], problems: list[Problem]) -> None:
    """A name that several codes of the version have says which only by its path."""
    doubtful = doubtful_in(version)
    for issue in issues:
        for answer in answers_in(issue):
            if left := [name for name in answer.codes if name.casefold() in doubtful]:
                why = f"Several codes of {version} are called “{left[0]}”, so it was left out."
                problems.append(Problem(issue.place, f"{why} Write its path, as Parent / {left[0]}."))
                answer.codes = [name for name in answer.codes if name not in left]
                answer.outcome = answer.outcome if answer.codes else ""
        issue.final = issue.final if issue.final and issue.final.outcome else None


def names_of(version: Version) -> dict[str, Code]:
    """By name where no other code has it, and by path."""
    rows = list(version.codes.all())
    by_pk = {row.pk: row for row in rows}
    doubtful = doubtful_in(version)
    names = {row.name.casefold(): row for row in rows if row.name.casefold() not in doubtful}
    for row in rows:
        steps, above = [row.name], row
        while above.parent_id:
            above = by_pk[above.parent_id]
            steps.insert(0, above.name)
        if len(steps) > 1:
            names |= {sign.join(steps).casefold(): row for sign in PATHS}
    return names


def doubtful_in(version: Version) -> set[str]:
    counts = Counter(name.casefold() for name in version.codes.values_list("name", flat=True))
    return {name for name, count in counts.items() if count > 1}


def members_of(study: Study, issues: Iterable[Issue], target: Target) -> dict[str, Membership]:
    """By the name in the file. Invalid when two raters of the file are one member, or a member is not one."""
    members = list(Membership.objects.filter(study=study).select_related("user", "study"))
    by_pk, by_name = {row.pk: row for row in members}, named(members)
    found: dict[str, Membership] = {}
    for rater in {rater for issue in issues for rater in issue.said}:
        if rater not in target.raters:
            found |= {rater: by_name[rater.casefold()]} if rater.casefold() in by_name else {}
        elif (pk := target.raters[rater]) is not None:
            if pk not in by_pk:
                raise Invalid({"raters": f"Who “{rater}” is: choose a member of this study, or a placeholder."})
            found[rater] = by_pk[pk]
    check_each_once(found)
    return found


def named(members: Iterable[Membership]) -> dict[str, Membership]:
    """By alias, name, address and what stands before its @; what two members have names nobody."""
    found: dict[str, Membership | None] = {}
    for row in members:
        names = {row.alias, str(row.user), row.user.email, row.user.email.partition("@")[0]}
        for name in {name.casefold() for name in names}:
            found[name] = None if name in found else row
    return {name: row for name, row in found.items() if row}


def check_each_once(found: Mapping[str, Membership]) -> None:
    seen: dict[int, str] = {}
    for rater, member in sorted(found.items()):
        other = seen.setdefault(member.pk, rater)
        if other != rater:
            raise Invalid({"raters": f"“{other}” and “{rater}” are the same member, {member.user}. Say who each is."})


def digest_of(places: Mapping[Reference, Issue]) -> str:
    """Of what is said by whom of what, whatever the order of rows and the form of the file."""

    def told(answer: Said | None) -> Any:
        return answer and [str(answer.outcome), sorted(code.casefold() for code in answer.codes), answer.memo]

    lines = sorted(
        [
            [reference.repository, str(reference.number or ""), reference.url, reference.key],
            sorted([rater.casefold(), told(said)] for rater, said in issue.said.items()),
            told(issue.final),
            issue.conflict,
        ]
        for reference, issue in places.items()
    )
    return hashlib.sha256(json.dumps(lines, ensure_ascii=False).encode()).hexdigest()
