"""The crosswalks' pages as a lead and those who map use them, without JavaScript, and their API."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from taxonomy.crosswalks import Link, get_crosswalk, open_for_all
from taxonomy.models import Code, Crosswalk, Verdict
from taxonomy.services.crosswalks import begin_crosswalk, finish_mapping, map_code
from taxonomy.services.versions import publish, start_draft
from taxonomy.views import mapping
from tests import factories


@pytest.fixture
def go(client, study):
    """A page by name as somebody: go(person, "crosswalk", kwargs) or with `post`."""

    def go(person, name, crosswalk=None, *, post=None, query=None, **more):
        client.force_login(person)
        known = {"slug": study.slug} | ({"crosswalk_id": crosswalk.pk} if crosswalk else {})
        url = reverse(name, kwargs=known | more)
        return client.get(url, query or {}) if post is None else client.post(url, post)

    return go


def test_study_without_crosswalks_says_what_belongs_there(go, study, lead, observer):
    assertContains(go(lead, "crosswalks"), "New crosswalk")
    assertContains(go(observer, "crosswalks"), "The lead begins one and asks who maps.")


def test_lead_begins_one(go, study, ours, theirs, members, lead):
    sent = {"left": ours.pk, "right": theirs.pk, "mappers": [members["rater_a"].pk, members["rater_b"].pk]}
    made = go(lead, "crosswalk_new", post=sent)
    assertRedirects(made, reverse("crosswalk", args=[study.slug, Crosswalk.objects.get().pk]))
    assertContains(go(lead, "crosswalk_new", post=sent), "There is a crosswalk of these two versions already.")
    assertContains(go(lead, "crosswalk_new", post=sent | {"right": ours.pk}), "Choose another taxonomy of this study.")
    assertContains(go(lead, "crosswalks"), "rater_b, 0 of 3")


def test_form_offers_ours_on_the_left_only(go, ours, theirs, lead):
    theirs.taxonomy.kind = "published"
    theirs.taxonomy.save()
    form = go(lead, "crosswalk_new").context["form"]
    assert set(form.fields["left"].queryset) == {ours}
    assert list(form.fields["right"].queryset) == [theirs, ours]


def test_mapper_works_through_the_queue_by_forms(go, study, alone, of, rater_a):
    page = go(rater_a, "crosswalk", alone)
    assertContains(page, "Map 3 codes")
    page = go(rater_a, "crosswalk_map", alone, uid=of["Loading"])
    assertContains(page, "What Loading means.")
    assertContains(page, "What Usage means.")
    sent = {f"relation-{of['Usage']}": "close", f"reason-{of['Usage']}": "Nearly.", f"relation-{of['GPU']}": ""}
    saved = go(rater_a, "crosswalk_map", alone, uid=of["Loading"], post=sent)
    address = [study.slug, alone.pk]
    assertRedirects(saved, reverse("crosswalk_map", args=[*address, of["Output"]]))
    saved = go(rater_a, "crosswalk_map", alone, uid=of["Memory"], post={"none": "1", "reason-none": "Not there."})
    assertRedirects(saved, reverse("crosswalk_map", args=[*address, of["Output"]]))
    saved = go(rater_a, "crosswalk_map", alone, uid=of["Output"], post={"none": "1"})
    assertRedirects(saved, reverse("crosswalk", args=address))
    found = open_for_all(get_crosswalk(study, alone.pk))
    assert {case.node.code.name: case.result for case in found.cases} == {
        "Loading": (Link(of["Usage"], "close", "Nearly."),),
        "Output": (Link(None, "none"),),
        "Memory": (Link(None, "none", "Not there."),),
    }
    assertContains(go(rater_a, "crosswalk", alone), "I am done with all 3 codes")


@pytest.mark.parametrize(("asked", "leads_to"), [("before", "Loading"), ("after", "Memory")])
def test_saving_leads_to_the_neighbour_that_was_asked_for(asked, leads_to, go, study, alone, of, rater_a):
    saved = go(rater_a, "crosswalk_map", alone, uid=of["Output"], post={"none": "1", "go": asked})
    assertRedirects(saved, reverse("crosswalk_map", args=[study.slug, alone.pk, of[leads_to]]))


def test_what_cannot_be_saved_is_said_and_kept_in_the_form(go, alone, of, rater_a):
    sent = {f"relation-{of['Usage']}": "close", f"reason-{of['Usage']}": "Nearly.", "none": "1"}
    page = go(rater_a, "crosswalk_map", alone, uid=of["Loading"], post=sent)
    assertContains(page, "“No counterpart” stands alone.")
    assertContains(page, 'value="Nearly."')
    page = go(rater_a, "crosswalk_map", alone, uid=of["Loading"], post={"relation-rubbish": "close"})
    assertContains(page, "One of these codes is not in the right version.")
    assert not Verdict.objects.exists()


def test_code_that_is_not_there_is_not_found(go, alone, of, rater_a):
    assert go(rater_a, "crosswalk_map", alone, uid=of["Usage"]).status_code == 404


def test_filter_works_without_javascript_and_keeps_what_has_a_relation(go, alone, of, rater_a):
    map_code(crosswalk=alone, left=of["Loading"], links=[Link(of["Usage"], "close")], by=rater_a)
    page = go(rater_a, "crosswalk_map", alone, uid=of["Loading"], query={"q": "gpu"})
    assert [row.node.code.name for row in page.context["rows"]] == ["GPU", "Usage"]


def test_long_taxonomy_is_cut_and_says_so(monkeypatch, go, alone, of, rater_a):
    monkeypatch.setattr(mapping, "MOST_ROWS", 2)
    map_code(crosswalk=alone, left=of["Loading"], links=[Link(of["Usage"], "close")], by=rater_a)
    page = go(rater_a, "crosswalk_map", alone, uid=of["Loading"])
    assert [row.node.code.name for row in page.context["rows"]] == ["Usage", "Hardware"]
    assertContains(page, "1 more codes: filter by a name")
    assertContains(go(rater_a, "crosswalk_map", alone, uid=of["Output"], query={"q": "zzz"}), "No code of theirs has")


def test_done_is_said_once_all_is_mapped(go, alone, of, rater_a):
    assertContains(go(rater_a, "crosswalk", alone), "Map 3")
    go(rater_a, "crosswalk_done", alone, post={})
    assertContains(go(rater_a, "crosswalk", alone), "3 codes are not mapped yet.")
    for uid in (of["Loading"], of["Output"], of["Memory"]):
        map_code(crosswalk=alone, left=uid, links=[Link(None, "none")], by=rater_a)
    go(rater_a, "crosswalk_done", alone, post={})
    assertContains(go(rater_a, "crosswalk", alone), '<span class="status done">done')


@pytest.fixture
def half_done(two, say, rater_a, rater_b):
    """rater_a is done and said that Memory is broader; rater_b has said one thing."""
    say(two, rater_a, Loading={"Usage": "close"}, Output={}, Memory={"Hardware": "broader"})
    say(two, rater_b, Loading={"GPU": "related"})
    finish_mapping(crosswalk=two, by=rater_a)
    return two


def test_pages_show_each_of_two_their_own_alone(go, half_done, rater_a, rater_b, lead, observer):
    assertContains(go(rater_a, "crosswalk", half_done), '<span class="visually-hidden">broader: </span>')
    page = go(rater_b, "crosswalk", half_done)
    assertContains(page, '<span class="visually-hidden">related: </span>')
    for person in (rater_b, lead, observer):
        page = go(person, "crosswalk", half_done)
        assertNotContains(page, '<span class="visually-hidden">broader: </span>')
        assertNotContains(page, "no counterpart (1)")
        assertNotContains(page, "As a file")
        assertNotContains(page, "Discard this crosswalk")
    assertContains(go(lead, "crosswalk", half_done), "hidden until both are done")


@pytest.mark.parametrize("kind", ["csv", "sssom.tsv", "ttl", "svg", "png"])
def test_files_are_refused_while_two_are_blind_and_given_after(kind, go, half_done, say, lead, rater_a, rater_b):
    for person in (lead, rater_a):
        assertContains(
            go(person, "crosswalk_file", half_done, kind=kind), "hidden until both are done", status_code=403
        )
    say(half_done, rater_b, Output={}, Memory={})
    finish_mapping(crosswalk=half_done, by=rater_b)
    response = go(lead, "crosswalk_file", half_done, kind=kind)
    assert (response.status_code, response["Content-Disposition"].endswith(f'.{kind}"')) == (200, True)


def test_api_shows_each_of_two_their_own_alone(go, half_done, rater_a, rater_b, lead):
    said = {}
    for person in (rater_a, rater_b, lead):
        answer = go(person, "api-crosswalk", half_done).json()
        said[person.name] = [code["links"] and code["links"][0]["relation"] for code in answer["codes"]]
        assert (answer["hidden"], {code["decided"] for code in answer["codes"]}) == (True, {False})
        assert [(one["alias"], one["judged"], one["is_done"]) for one in answer["mappers"]] == [
            ("rater-1", 3, True),
            ("rater-2", 1, False),
        ]
    assert said == {
        "rater_a": ["close", "none", "broader"], "rater_b": ["related", None, None], "lead": [None, None, None]
    }  # fmt: skip


def test_program_maps_by_the_same_rules(client, study, alone, of, rater_a):
    client.force_login(rater_a)
    url = reverse("api-crosswalk-code", args=[study.slug, alone.pk, of["Memory"]])
    links = [{"right": str(of["GPU"]), "relation": "narrower", "reason": "A part."}]
    answer = client.put(url, {"links": links}, content_type="application/json")
    assert (answer.status_code, answer.json()["links"]) == (200, links)
    refused = client.put(url, {"links": []}, content_type="application/json")
    assert (refused.status_code, "Give a relation to at least one code" in refused.content.decode()) == (400, True)


def test_done_is_taken_back_by_its_button(go, half_done, rater_a, rater_b):
    assertContains(go(rater_a, "crosswalk", half_done), "Go on mapping after all")
    assertNotContains(go(rater_b, "crosswalk", half_done), "Go on mapping after all")
    go(rater_a, "crosswalk_done", half_done, post={"resume": "1"})
    assertContains(go(rater_a, "crosswalk", half_done), "I am done with all 3 codes")


def test_lead_adopts_one_or_decides_otherwise(go, study, both_done, of, lead):
    assertContains(go(lead, "crosswalk", both_done), "Decide 1 difference")
    page = go(lead, "crosswalk_decide", both_done, uid=of["Memory"])
    assertContains(page, "Adopt what rater_b said")
    adopted = both_done.mappers.get(member__alias="rater-2").pk
    sent = {"adopt": adopted, "reason": "GPU memory is meant.", "seen": "0"}
    assertRedirects(
        go(lead, "crosswalk_decide", both_done, uid=of["Memory"], post=sent),
        reverse("crosswalk", args=[study.slug, both_done.pk]),
    )
    sent = {
        f"relation-{of['GPU']}": "",
        "other": of["Usage"],
        "other-relation": "related",
        "reason": "No.",
        "seen": "1",
    }
    go(lead, "crosswalk_decide", both_done, uid=of["Memory"], post=sent)
    result = open_for_all(get_crosswalk(study, both_done.pk)).by_uid[of["Memory"]].result
    assert result == (Link(of["Usage"], "related"),)
    assertContains(go(lead, "crosswalk_decide", both_done, uid=of["Memory"]), "No. A new decision is added")


def test_decision_that_cannot_be_recorded_keeps_what_was_typed(go, both_done, of, lead):
    page = go(lead, "crosswalk_decide", both_done, uid=of["Memory"], post={f"relation-{of['GPU']}": "close"})
    assertContains(page, "Say why you decided so")
    assertContains(page, '<option value="close" selected>')
    nobody = {"adopt": "0", "reason": "Whose?"}
    assertContains(
        go(lead, "crosswalk_decide", both_done, uid=of["Memory"], post=nobody), "Give a relation to at least"
    )
    late = {"none": "1", "reason": "Late.", "seen": "3"}
    answer = go(lead, "crosswalk_decide", both_done, uid=of["Memory"], post=late)
    assertContains(answer, "after you opened it", status_code=409)


def test_next_open_difference_follows_a_decision(go, study, two, say, of, rater_a, rater_b, lead):
    say(two, rater_a, Loading={}, Output={}, Memory={})
    say(two, rater_b, Loading={"GPU": "close"}, Output={}, Memory={"GPU": "close"})
    for rater in (rater_a, rater_b):
        finish_mapping(crosswalk=two, by=rater)
    decided = go(lead, "crosswalk_decide", two, uid=of["Loading"], post={"none": "1", "reason": "So."})
    assertRedirects(decided, reverse("crosswalk_decide", args=[study.slug, two.pk, of["Memory"]]))
    assertContains(go(lead, "crosswalk_decide", two, uid=of["Output"]), "Those who mapped do not differ here")


def test_crosswalk_is_discarded_by_its_button_while_it_is_empty(go, study, alone, of, rater_a, lead):
    map_code(crosswalk=alone, left=of["Memory"], links=[Link(None, "none")], by=rater_a)
    assertNotContains(go(lead, "crosswalk", alone), "Discard this crosswalk")
    assertContains(go(lead, "crosswalks"), "rater_a, 1 of 3")
    go(lead, "crosswalk_discard", alone, post={})
    assertContains(go(lead, "crosswalk", alone), "Somebody has mapped codes here already")
    Verdict.objects.get().mappings.all().delete()
    Verdict.objects.all().delete()
    assertContains(go(lead, "crosswalk", alone), "Discard this crosswalk")
    assertRedirects(go(lead, "crosswalk_discard", alone, post={}), reverse("crosswalks", args=[study.slug]))


def test_next_version_of_ours_is_offered_a_start(go, ours, both_done, lead, rater_a):
    publish(version=start_draft(taxonomy=ours.taxonomy, by=lead), by=lead)
    assertContains(go(lead, "crosswalk", both_done), "Start from this for version 2")
    assertNotContains(go(rater_a, "crosswalk", both_done), "Start from this")
    later = ours.taxonomy.versions.get(number=2)
    form = go(lead, "crosswalk_new", query={"left": later.pk, "start_from": both_done.pk}).context["form"]
    assert (form["left"].value(), form["start_from"].value()) == (str(later.pk), str(both_done.pk))


def test_pages_ask_as_often_for_few_codes_as_for_many(go, study, members, lead):
    counts = []
    for size in (1, 30):
        ours = factories.taxonomy(study, [f"Ours {n}" for n in range(size)], by=lead)
        theirs = factories.taxonomy(study, [f"Theirs {n}" for n in range(size)], by=lead)
        made = begin_crosswalk(left=ours, right=theirs, mappers=[members["lead"], members["rater_a"]], by=lead)
        for mapper in ("lead", "rater_a"):
            for code in ours.codes.all():
                links = [Link(theirs.codes.order_by("pk").first().uid, "close" if mapper == "lead" else "exact")]
                map_code(crosswalk=made, left=code.uid, links=links, by=members[mapper].user)
        uid = Code.objects.filter(version=ours).first().uid
        counts.append([asked(go, lead, "crosswalk_map", made, uid=uid), asked(go, lead, "crosswalk", made)])
        for mapper in ("lead", "rater_a"):
            finish_mapping(crosswalk=made, by=members[mapper].user)
        counts[-1] += [
            asked(go, lead, name, made, **more)
            for name, more in (
                ("crosswalk", {}), ("crosswalk_decide", {"uid": uid}), ("crosswalk_file", {"kind": "csv"}),
                ("api-crosswalk", {}),
            )
        ]  # fmt: skip
    assert counts[0] == counts[1]


def test_list_asks_as_often_for_1_as_for_12(go, study, ours, members, lead):
    counts = []
    for size in (1, 11):
        for _ in range(size):
            theirs = factories.taxonomy(study, ("X",), by=lead)
            begin_crosswalk(left=ours, right=theirs, mappers=[members["lead"], members["rater_a"]], by=lead)
        counts.append([asked(go, lead, name) for name in ("crosswalks", "api-crosswalks")])
    assert counts[0] == counts[1]


def asked(go, person, name, crosswalk=None, **more):
    go(person, name, crosswalk, **more)  # signs in
    with CaptureQueriesContext(connection) as queries:
        assert go(person, name, crosswalk, **more).status_code == 200
    return len(queries)
