"""Crosswalks: who maps, what is refused, what holds, what is hidden from whom, and what a new version takes over."""

import pytest

from studies.errors import Conflict, Invalid, NotThere, Refused
from studies.models import Event, Study
from studies.services.studies import remove_member
from taxonomy.crosswalks import Link, crosswalks_of, get_crosswalk, open_for, open_for_all
from taxonomy.models import Crosswalk, Mapping, Verdict
from taxonomy.queries import tree
from taxonomy.services.crosswalks import (
    begin_crosswalk,
    can_decide,
    can_map,
    decide_mapping,
    discard_crosswalk,
    finish_mapping,
    map_code,
    resume_mapping,
)
from taxonomy.services.editing import edit_code, remove_code
from taxonomy.services.versions import publish, start_draft
from tests import factories
from tests.crosswalks import NOTHING


def seen(found):
    """What somebody sees to hold, by names of left codes."""
    names = {node.code.uid: node.code.name for node in found.right} | {None: "nothing"}
    return {
        case.node.code.name: case.result and {(names[link.right], link.relation) for link in case.result}
        for case in found.cases
    }


def fresh(crosswalk):
    return get_crosswalk(crosswalk.left.taxonomy.study, crosswalk.pk)


def refused(call, *, says, kind=Invalid, **arguments):
    with pytest.raises(kind, match=says):
        call(**arguments)


def test_only_a_lead_begins_one(ours, theirs, members, rater_a, stranger):
    refused(
        begin_crosswalk, kind=Refused, says="Only a lead", left=ours, right=theirs, mappers=[members["rater_a"]],
        by=rater_a,
    )  # fmt: skip
    refused(begin_crosswalk, kind=NotThere, says="no such study", left=ours, right=theirs, mappers=[], by=stranger)
    assert not Crosswalk.objects.exists()


def test_both_versions_must_be_published_and_of_two_taxonomies(study, ours, theirs, members, lead):
    ask = {"mappers": [members["rater_a"]], "by": lead}
    refused(begin_crosswalk, says="A draft may still change", left=ours, right=factories.taxonomy(study), **ask)
    refused(begin_crosswalk, says="A draft may still change", left=factories.taxonomy(study), right=theirs, **ask)
    refused(begin_crosswalk, says="Choose another taxonomy", left=ours, right=ours, **ask)
    elsewhere = factories.taxonomy(factories.study("Other", "other"), by=lead)
    refused(begin_crosswalk, says="Choose another taxonomy", left=ours, right=elsewhere, **ask)


def test_one_member_or_two_who_may_code_map(ours, theirs, members, lead):
    three = [members[name] for name in ("lead", "rater_a", "rater_b")]
    for mappers in ([], three):
        refused(begin_crosswalk, says="Choose one member, or two", left=ours, right=theirs, mappers=mappers, by=lead)
    refused(
        begin_crosswalk, says="observer-1 may not code", left=ours, right=theirs, mappers=[members["observer"]], by=lead
    )


def test_two_versions_have_one_crosswalk(alone, ours, theirs, members, lead):
    refused(begin_crosswalk, says="already", left=ours, right=theirs, mappers=[members["lead"]], by=lead)
    assert [str(crosswalk) for crosswalk in crosswalks_of(ours.taxonomy.study)] == [str(alone)]


def test_only_who_was_asked_maps(alone, of, rater_b, lead, observer):
    for person in (rater_b, lead):
        refused(
            map_code, kind=Refused, says="Only who was asked maps here: rater_a", crosswalk=alone, left=of["Output"],
            links=[NOTHING], by=person,
        )  # fmt: skip
        assert not can_map(alone, person)
    refused(map_code, kind=Refused, says="lead or rater", crosswalk=alone, left=of["Output"], links=[], by=observer)
    assert not Verdict.objects.exists()


@pytest.mark.parametrize(
    ("links", "sentence"),
    [
        (lambda of: [], "Give a relation to at least one code"),
        (lambda of: [NOTHING, Link(of["Usage"], "exact")], "stands alone"),
        (lambda of: [Link(of["Usage"], "exact"), Link(of["Usage"], "close")], "Two codes have one relation"),
        (lambda of: [Link(of["Usage"], "same")], "is no relation. Use exact, close"),
        (lambda of: [Link(None, "exact")], "A relation names a code"),
        (lambda of: [Link(of["Usage"], "none")], "names none"),
        (lambda of: [Link(of["Loading"], "exact")], "not in the right version"),
        (lambda of: [Link(of["Usage"], "exact", "a\x00b")], "no text"),
    ],
)
def test_what_cannot_be_said_is_refused_whole(links, sentence, alone, of, rater_a):
    refused(map_code, says=sentence, crosswalk=alone, left=of["Memory"], links=links(of), by=rater_a)
    assert not Verdict.objects.exists()


def test_code_of_the_other_side_is_not_mapped(alone, of, rater_a):
    refused(map_code, says="no such code", crosswalk=alone, left=of["Usage"], links=[NOTHING], by=rater_a)


def test_later_verdict_counts_and_the_earlier_stays(alone, of, say, rater_a):
    say(alone, rater_a, Memory={"Hardware": "related"})
    say(alone, rater_a, Memory={"Hardware": "broader", "GPU": "narrower"})
    assert seen(open_for_all(alone))["Memory"] == {("Hardware", "broader"), ("GPU", "narrower")}
    assert list(Verdict.objects.order_by("revision").values_list("revision", flat=True)) == [1, 2]
    again = map_code(
        crosswalk=alone, left=of["Memory"], links=[Link(of["Hardware"], "broader"), Link(of["GPU"], "narrower")],
        by=rater_a,
    )  # fmt: skip
    assert (again, Verdict.objects.count()) == (None, 2)


def test_events_tell_that_a_code_was_mapped_and_not_how(two, say, rater_a):
    say(two, rater_a, Memory={"Hardware": "broader"})
    last = Event.objects.order_by("-pk").first()
    assert (last.verb, last.data) == ("mapped", {"revision": 1})
    assert last.target.startswith("code Memory in crosswalk ")


def test_done_needs_every_code(alone, say, rater_a):
    say(alone, rater_a, Loading={}, Output={})
    refused(finish_mapping, says="1 code is not mapped yet", crosswalk=alone, by=rater_a)
    say(alone, rater_a, Memory={})
    finish_mapping(crosswalk=alone, by=rater_a)
    assert fresh(alone).mappers.get().done_at is not None


def test_one_who_maps_alone_hides_nothing_and_is_frozen_when_done(alone, say, rater_a, observer, of):
    say(alone, rater_a, Loading={}, Output={}, Memory={"GPU": "narrower"})
    assert seen(open_for(observer, fresh(alone)))["Memory"] == {("GPU", "narrower")}
    finish_mapping(crosswalk=alone, by=rater_a)
    refused(
        map_code, kind=Refused, says="You have said that you are done: the mappings are frozen", crosswalk=fresh(alone),
        left=of["Memory"], links=[NOTHING], by=rater_a,
    )  # fmt: skip
    refused(resume_mapping, kind=Refused, says="frozen", crosswalk=fresh(alone), by=rater_a)


def test_two_see_each_their_own_and_others_nothing(two, say, rater_a, rater_b, lead, observer):
    say(two, rater_a, Loading={"Usage": "close"}, Output={}, Memory={"Hardware": "broader"})
    say(two, rater_b, Loading={"GPU": "related"})
    finish_mapping(crosswalk=two, by=rater_a)
    nothing = {"Loading": None, "Output": None, "Memory": None}
    sees = {person.name: seen(open_for(person, fresh(two))) for person in (rater_a, rater_b, lead, observer)}
    assert sees == {
        "rater_a": {
            "Loading": {("Usage", "close")}, "Output": {("nothing", "none")}, "Memory": {("Hardware", "broader")},
        },
        "rater_b": nothing | {"Loading": {("GPU", "related")}},
        "lead": nothing,
        "observer": nothing,
    }  # fmt: skip
    assert [node.code.name for node in open_for(lead, fresh(two)).unmapped] == ["Hardware", "GPU", "Usage"]
    refused(open_for_all, kind=Refused, says="hidden until both are done", crosswalk=fresh(two))


def test_done_is_taken_back_while_the_other_is_not(two, say, rater_a, rater_b, of):
    say(two, rater_a, Loading={}, Output={}, Memory={})
    finish_mapping(crosswalk=two, by=rater_a)
    refused(
        map_code, kind=Refused, says="take it back first", crosswalk=fresh(two), left=of["Memory"], links=[NOTHING],
        by=rater_a,
    )  # fmt: skip
    refused(resume_mapping, kind=Refused, says="frozen", crosswalk=fresh(two), by=rater_b)
    resume_mapping(crosswalk=fresh(two), by=rater_a)
    assert can_map(fresh(two), rater_a)


def test_what_both_say_holds_and_what_differs_waits(both_done, observer):
    found = open_for(observer, fresh(both_done))
    assert seen(found) == {"Loading": {("Usage", "close")}, "Output": {("nothing", "none")}, "Memory": None}
    assert [case.node.code.name for case in found.undecided] == ["Memory"]
    assert found.unmapped == []


def test_nobody_waits_for_who_has_left(two, say, members, rater_a, lead):
    say(two, rater_a, Loading={}, Output={}, Memory={"GPU": "exact"})
    finish_mapping(crosswalk=two, by=rater_a)
    remove_member(membership=members["rater_b"], by=lead)
    assert seen(open_for_all(fresh(two)))["Memory"] == {("GPU", "exact")}


def test_lead_decides_with_a_reason_beside_what_was_said(both_done, of, lead):
    decide_mapping(
        crosswalk=both_done,
        left=of["Memory"],
        links=[Link(of["Hardware"], "broader")],
        reason="Wider.",
        seen=0,
        by=lead,
    )
    found = open_for_all(fresh(both_done))
    assert seen(found)["Memory"] == {("Hardware", "broader")}
    assert (len(found.differences), found.undecided) == (1, [])
    event = Event.objects.order_by("-pk").first()
    assert (event.verb, event.data) == ("decided", {"relations": ["broader Hardware"], "reason": "Wider."})


def test_decision_is_added_and_the_second_of_two_leads_is_told(both_done, of, lead):
    decide = {"crosswalk": both_done, "left": of["Memory"], "by": lead}
    decide_mapping(links=[NOTHING], reason="None.", seen=0, **decide)
    refused(
        decide_mapping, kind=Conflict, says="decided by lead at .* after you opened it", links=[NOTHING],
        reason="Late.", seen=0, **decide,
    )  # fmt: skip
    decide_mapping(links=[Link(of["GPU"], "close")], reason="Rather so.", seen=1, **decide)
    assert seen(open_for_all(fresh(both_done)))["Memory"] == {("GPU", "close")}
    assert Verdict.objects.filter(mapper=None).count() == 2
    refused(decide_mapping, kind=Conflict, says="nobody", links=[NOTHING], reason="x", seen=7, crosswalk=both_done,
            left=of["Loading"], by=lead)  # fmt: skip


def test_decision_needs_a_lead_a_reason_and_all_who_were_asked(two, both_done, of, lead, rater_a):
    decide = {"crosswalk": both_done, "left": of["Memory"], "links": [NOTHING]}
    refused(decide_mapping, says="Say why", reason=" ", by=lead, **decide)
    refused(decide_mapping, kind=Refused, says="Only a lead", reason="So.", by=rater_a, **decide)
    assert can_decide(fresh(both_done))
    assert not Verdict.objects.filter(mapper=None).exists()


def test_nothing_is_decided_before_all_are_done(two, of, lead):
    assert not can_decide(two)
    refused(
        decide_mapping, kind=Refused, says="when all who were asked are done", crosswalk=two, left=of["Memory"],
        links=[NOTHING], reason="Early.", by=lead,
    )  # fmt: skip


def test_crosswalk_is_discarded_until_somebody_has_worked(alone, say, rater_a, lead, ours, theirs, members):
    discard_crosswalk(crosswalk=alone, by=lead)
    assert not Crosswalk.objects.exists()
    other = begin_crosswalk(left=ours, right=theirs, mappers=[members["rater_a"]], by=lead)
    say(other, rater_a, Memory={})
    refused(discard_crosswalk, kind=Refused, says="stays", crosswalk=other, by=lead)
    assert Crosswalk.objects.get() == other


@pytest.fixture
def version_2(ours, lead):
    """Without Output, and Memory renamed."""
    draft = start_draft(taxonomy=ours.taxonomy, by=lead)
    remove_code(code=draft.codes.get(name="Output"), by=lead)
    edit_code(code=draft.codes.get(name="Memory"), name="Memory and devices", by=lead)
    return publish(version=draft, by=lead)


def test_next_version_takes_over_what_holds_for_codes_that_still_exist(both_done, version_2, theirs, members, lead, of):
    decide_mapping(crosswalk=both_done, left=of["Memory"], links=[Link(of["GPU"], "close")], reason="So.", by=lead)
    made = begin_crosswalk(
        left=version_2, right=theirs, mappers=[members["lead"]], start_from=fresh(both_done), by=lead
    )
    assert seen(open_for_all(made)) == {"Loading": {("Usage", "close")}, "Memory and devices": {("GPU", "close")}}
    assert all(said.carried for case in open_for_all(made).cases for said in case.given)
    discard_crosswalk(crosswalk=made, by=lead)
    assert Mapping.objects.filter(verdict__crosswalk__left=version_2).count() == 0


def test_of_two_each_takes_over_their_own(both_done, version_2, theirs, members, rater_a, rater_b, lead):
    mappers = [members["rater_a"], members["rater_b"]]
    made = begin_crosswalk(left=version_2, right=theirs, mappers=mappers, start_from=fresh(both_done), by=lead)
    assert seen(open_for(rater_a, fresh(made)))["Memory and devices"] == {("Hardware", "broader")}
    assert seen(open_for(rater_b, fresh(made)))["Memory and devices"] == {("GPU", "close")}


def test_saying_the_same_again_takes_a_carried_verdict_as_ones_own(both_done, version_2, theirs, members, lead, of):
    made = begin_crosswalk(
        left=version_2, right=theirs, mappers=[members["lead"]], start_from=fresh(both_done), by=lead
    )
    map_code(crosswalk=made, left=of["Loading"], links=[Link(of["Usage"], "close")], by=lead)
    case = open_for_all(fresh(made)).by_uid[of["Loading"]]
    assert [(said.revision, said.carried) for said in case.given] == [(2, False)]


def test_start_from_other_taxonomies_or_a_blind_one_is_refused(study, ours, version_2, theirs, two, members, lead):
    ask = {"left": version_2, "mappers": [members["lead"]], "start_from": two, "by": lead}
    third = factories.taxonomy(study, ("X",), by=lead)
    refused(begin_crosswalk, says="of the same two taxonomies", right=third, **ask)
    refused(begin_crosswalk, kind=Refused, says="hidden until both are done", right=theirs, **ask)
    assert Crosswalk.objects.get() == two


def test_crosswalk_of_another_study_is_not_there(alone, lead):
    other = Study.objects.create(title="Other", slug="other", created_at=factories.NOW)
    with pytest.raises(NotThere):
        get_crosswalk(other, alone.pk)


def test_words_of_the_rows(both_done, theirs):
    assert str(both_done.mappers.first()).startswith("rater-1 in ")
    verdict = Verdict.objects.order_by("pk").first()
    assert (str(verdict), str(verdict.mappings.get())) == (
        f"verdict {verdict.pk} on {verdict.left_id}",
        f"close {theirs.codes.get(name='Usage').pk}",
    )
    assert [node.number for node in tree(theirs)] == ["1", "1.1", "2"]
