"""The pages of this room, as the cast sees them."""

import re
from html import unescape

import pytest
from django.test import Client
from django.urls import reverse

from analysis.models import Result
from annotator.states import Phase
from jobs.models import Job, State
from jobs.services import run
from tests import factories


@pytest.fixture
def show(ground, lead):
    client = Client()
    client.force_login(lead)

    def get(name, query="", *args, status=200, **headers):
        response = client.get(reverse(name, args=[ground.study.slug, *args]) + query, headers=headers)
        assert response.status_code == status
        return words(response)

    get.client = client
    return get


def words(response):
    """The text of a page as a person reads it: without tags, in single spaces."""
    body = re.sub(r"<script.*?</script>", " ", response.content.decode(), flags=re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", body)).split())


def rows(response_text, start, end):
    return response_text[response_text.index(start) : response_text.index(end)]


class TestAgreement:
    def test_the_sentence_comes_first(self, show):
        text = show("agreement")
        assert re.search(
            r"Krippendorff’s α = 0\.\d\d \[−?\d\.\d\d, \d\.\d\d\], nominal, 2 raters, 4 issues, 8 codings, "
            r"round 1, version 1\.",
            text,
        )
        assert "1 unclear, 1 skipped, 0 not about the topic, 2 not coded" in text

    def test_a_running_round_says_when_and_nothing_else(self, show):
        text = show("agreement", "?round=2")
        assert "Round 2 is running; its agreement is computed when it is closed." in text
        assert not {"Krippendorff", "Coefficients", "secret"} & set(text.split())
        assert not Result.objects.exists()

    def test_it_is_computed_once_and_again_when_the_inputs_change(self, show, ground):
        show("agreement")
        first = Result.objects.get()
        assert (first.kind, first.subject, first.study) == ("agreement", "Round 1", ground.study)
        show("agreement")
        assert str(Result.objects.get()).startswith("agreement ")
        ground.answer(ground.a, 5, ["Memory"])
        show("agreement")
        assert Result.objects.count() == 2

    def test_undefined_is_a_dash_with_its_reason(self, show, ground):
        round = factories.round_of(ground.version, ground.issues[:2], [ground.a, ground.b], phase=Phase.DISCUSSION)
        factories.answers(round, {"rater-1": ["Loading", "Loading"], "rater-2": ["Loading", "Loading"]})
        text = show("agreement", f"?round={round.number}")
        assert "Krippendorff’s α is undefined for round 3, version 1. Every rating is the same (Loading)" in text
        assert "– undefined: Every rating is the same" in text

    def test_a_closed_round_that_nobody_coded(self, show, ground):
        factories.round_of(ground.version, ground.issues[:2], [ground.a], phase=Phase.DISCUSSION)
        text = show("agreement")
        assert "α is undefined for round 3, version 1. No issue has been rated." in text
        assert "Which codes are taken for each other" not in text

    def test_few_issues_are_said_beside_the_code(self, show):
        assert "few: 2 issues" in show("agreement")

    def test_the_cells_of_the_confusion_table_lead_to_their_issues(self, show, ground):
        response = show.client.get(reverse("agreement", args=[ground.study.slug]) + "?level=codes")
        links = re.findall(r'href="([^"]*agreement/issues/[^"]*)" aria-label="([^"]*)"', response.content.decode())
        told = {label: words(show.client.get(link.replace("&amp;", "&"))) for link, label in links}
        assert set(told) == {
            "1 pair: Loading and Loading", "1 pair: Output and Memory", "1 pair: Slow loading and Loading",
            "1 pair: Slow loading and Output", "1 pair: None of these and None of these",
        }  # fmt: skip
        assert "tidewater/captioner#2 rater_a Output" in told["1 pair: Output and Memory"]
        assert "tidewater/captioner#4 rater_a none of these" in told["1 pair: None of these and None of these"]

    def test_top_categories_are_the_first_table_where_codes_stand_below_others(self, show):
        text = show("agreement")
        assert "Slow loading" not in rows(text, "Confusion table, counts", "outlined")
        assert "Slow loading" in rows(show("agreement", "?level=codes"), "Confusion table, counts", "outlined")

    @pytest.mark.parametrize(
        "query", ["?round=1&row=Nothing&column=Output", "?round=9&row=Output&column=Output", "?row=Output", ""]
    )
    def test_no_such_cell(self, show, query):
        show("agreement_issues", query, status=404)

    def test_a_wrong_round(self, show):
        show("agreement", "?round=x", status=404)

    def test_the_issues_of_a_running_round_are_refused(self, show):
        text = show("agreement_issues", "?round=2&row=Memory&column=Memory", status=403)
        assert "its codings are hidden until the lead closes it" in text
        assert "secret" not in text

    def test_a_study_without_rounds(self, show, ground, study, lead):
        empty = factories.study("Empty", "empty")
        factories.member(empty, lead, "lead")
        text = words(show.client.get(reverse("agreement", args=["empty"])))
        assert "No round has been started yet." in text


class TestFindings:
    def test_counts_and_shares_of_the_labels(self, show, decided):
        text = rows(show("findings"), "Issues by category", "Resolution time by category")
        assert "5 issues carry 6 top categories; 1 carries more than one and counts once in each" in text
        assert "Loading 2 40.0 [11.8, 76.9]" in text
        assert "Output 2 40.0" in text
        assert "Memory 2 40.0" in text

    def test_resolution_times_with_what_is_left_out(self, show, decided):
        text = show("findings")
        times = rows(text, "Resolution time by category", "Tests among")
        assert (
            "Resolution time: from an issue’s creation to its last close, in days. Every close counts as resolved."
            in times
        )
        assert "Loading 2 1.8 2.5 3.2 0" in times
        assert "Output 2 2.5 3.0 3.5 0" in times
        assert "All issues, each once 3 1.5 2.0 3.0 1" in times
        assert "1 issue without a resolution time tidewater/captioner#5 Memory; still open" in times
        assert "1 issue left out: the end lies before the start tidewater/captioner#6 Memory; ends before it" in times

    def test_what_has_no_decision_is_said(self, show, decided):
        assert "1 coded issue of closed rounds is not counted: no decision yet." in show("findings")

    def test_the_tests_are_asked_for_by_a_post_and_shown_when_the_job_is_done(self, show, decided):
        assert "being computed" in show("findings")
        assert Job.objects.count() == 0
        url, data = reverse("findings_refresh", args=[decided.study.slug]), {"version": decided.version.pk}
        fragment = show.client.post(url, data, headers={"HX-Request": "true"}).content.decode()
        assert 'hx-trigger="every 2s"' in fragment
        assert show.client.post(url, data).status_code == 302
        job = Job.objects.get()
        run(job.pk)
        text = show("findings")
        assert "from the labels as they are now" in text
        assert "Kruskal–Wallis over all: undefined. A comparison needs two groups with 3 observations or more" in text
        assert "With fewer than 3 closed issues, and so left out: Loading, Output, Memory" in text
        assert "1 issue carries several categories. Each counts once in each of its categories" in text
        show.client.post(url, data)
        assert Job.objects.count() == 1

    def test_after_a_new_label_the_last_tests_stay_with_their_date(self, show, decided):
        url, data = reverse("findings_refresh", args=[decided.study.slug]), {"version": decided.version.pk}
        show.client.post(url, data)
        run(Job.objects.get().pk)
        factories.resolution(decided.drawn[0], ["Output"], by=decided.lead)
        text = show("findings")
        assert "being computed; the figures below are those of" in text
        assert "Kruskal–Wallis over all" in text
        show.client.post(url, data)
        assert Job.objects.count() == 2

    def test_a_failed_job_is_told_and_asked_again_only_by_a_person(self, show, decided):
        url, data = reverse("findings_refresh", args=[decided.study.slug]), {"version": decided.version.pk}
        show.client.post(url, data)
        Job.objects.update(state=State.FAILED, error="The disk is full.")
        text = show("findings")
        assert "The tests were not computed: The disk is full." in text
        show.client.post(url, data)
        assert Job.objects.count() == 1
        show.client.post(url, data | {"again": "1"})
        assert Job.objects.count() == 2

    def test_two_categories_are_compared(self, show, decided):
        show.client.post(reverse("findings_refresh", args=[decided.study.slug]), {"version": decided.version.pk})
        run(Job.objects.get().pk)
        chosen = show("findings", "?first=Output&second=Loading")
        assert "Loading (n = 2) and Output (n = 2): undefined. Too few observations for a test" in chosen
        assert "Choose two different categories." in show("findings", "?first=Output&second=Output")
        assert "One of these is no category" in show("findings", "?first=Output&second=Nothing")

    def test_before_any_label(self, show):
        assert "No issue has a label under this version yet." in show("findings")

    def test_before_any_closed_round(self, show, lead):
        factories.member(factories.study("Empty", "empty"), lead, "lead")
        text = words(show.client.get(reverse("findings", args=["empty"])))
        assert "No findings yet. They come from the labels of closed rounds." in text

    def test_another_version_can_be_chosen_and_a_wrong_one_is_not_there(self, show, decided):
        other = factories.taxonomy(decided.study, ("Other",), by=decided.lead)
        round = factories.round_of(other, decided.issues[:1], [decided.a], phase=Phase.DISCUSSION)
        factories.resolution(round.round_issues.get(), ["Other"], by=decided.lead)
        assert "Other 1 100.0" in show("findings", f"?version={other.pk}")
        assert "Loading 2 40.0" in show("findings", f"?version={decided.version.pk}")
        show("findings", "?version=0", status=404)

    def test_the_figures_are_handed_over_as_data(self, show, decided):
        response = show.client.get(reverse("findings", args=[decided.study.slug]))
        body = response.content.decode()
        assert '<script id="categories-spec" type="application/json">' in body
        assert '<script id="times-spec" type="application/json">' in body
        assert "unsafe" not in response["Content-Security-Policy"]

    def test_only_the_tests_are_sent_again_while_they_are_computed(self, show, decided):
        text = show("findings", **{"HX-Request": "true"})
        assert text.startswith("Tests among the categories")
        assert "Issues by category" not in text

    def test_a_result_of_another_shape_is_passed_over(self, show, decided):
        key = {"kind": "analysis.resolution_time", "subject": f"version {decided.version.pk}", "key": "old"}
        Result.objects.create(study=decided.study, payload={"h": 1}, computed_at=factories.NOW, **key)
        assert "figures below" not in show("findings")

    def test_a_duration_of_nothing_is_counted_and_said_not_to_be_drawn(self, show, decided):
        decided.issues[0].closed_at = decided.issues[0].created_at
        decided.issues[0].save()
        times = rows(show("findings"), "Resolution time by category", "Tests among")
        assert "1 duration of exactly 0 is in the table and not drawn." in times
        assert "Loading 2 1.0 2.0 3.0 0" in times

    def test_labels_that_are_all_open_have_no_plot(self, show, ground):
        factories.resolution(ground.drawn[4], ["Memory"], by=ground.lead)
        text = show("findings")
        assert "No labelled issue has been closed, so there is nothing to draw." in text
        assert "No issue of this group has been closed." in text


class TestOverview:
    def test_the_funnel_from_import_to_label(self, show, decided):
        text = rows(show("study"), "From import to label", "Rounds New round")
        for line in ("Imported 6", "Drawn 6 100.0", "Coded 5 83.3", "Labelled 5 100.0"):
            assert line in text

    def test_rounds_with_progress_and_agreement_once_it_is_there(self, show, decided):
        before = show("study")
        assert "undefined: computed when the page of its agreement is opened" in before
        assert "undefined: computed when the round is closed" in before
        show("agreement")
        line = rows(show("study"), "Round 1", "Waits for you")
        assert re.search(r"Round 1 Coding \S+ \S+ version 1 6 10 / 12 in discussion −?\d\.\d\d \[", line)

    def test_what_waits_for_the_lead_and_for_others(self, show, decided):
        text = show("study")
        waits = rows(text, "Waits for you", "Recent events")
        assert "1 Issue to decide on Round 1" in waits
        assert "1 rater_a, round 2 1 of 2 issues coded" in waits

    def test_what_waits_for_a_rater(self, decided, rater_a):
        client = Client()
        client.force_login(rater_a)
        text = words(client.get(reverse("study", args=[decided.study.slug])))
        waits = rows(text, "Waits for you", "Waits for others")
        assert "1 Issue to code Round 2, 1 of 2 done" in waits
        assert "decide on" not in waits
        assert "Continue coding" in text

    def test_an_empty_study_offers_the_first_step(self, show, lead):
        factories.member(factories.study("Empty", "empty"), lead, "lead")
        text = words(show.client.get(reverse("study", args=["empty"])))
        assert "Import issues" in text
        assert "No rounds yet." in text

    @pytest.mark.parametrize("times", [1, 30])
    def test_queries_do_not_grow_with_rounds(self, show, decided, django_assert_num_queries, times):
        for _ in range(times):
            factories.round_of(decided.version, decided.issues[:2], [decided.a, decided.b])
        with django_assert_num_queries(19):
            show("study")


class TestHome:
    def test_my_studies_with_role_and_open_work(self, ground, rater_a):
        client = Client()
        client.force_login(rater_a)
        text = words(client.get(reverse("home")))
        assert "Model reuse Rater Continue coding in Model reuse Round 2: 1 of 2 left" in text

    def test_nothing_waits_for_an_observer(self, ground, observer):
        client = Client()
        client.force_login(observer)
        assert "Model reuse Observer Nothing just now" in words(client.get(reverse("home")))

    def test_nobody_knows_of_studies_they_left(self, ground, observer):
        ground.study.memberships.filter(user=observer).update(left_at=factories.NOW)
        client = Client()
        client.force_login(observer)
        text = words(client.get(reverse("home")))
        assert "Model reuse" not in text
        assert "No studies yet." in text
        assert "New study" in text

    @pytest.mark.parametrize("times", [1, 30])
    def test_queries_do_not_grow_with_studies(self, rater_a, django_assert_num_queries, times):
        for number in range(times):
            study = factories.study(f"Study {number}", f"study-{number}")
            member = factories.member(study, rater_a)
            version = factories.taxonomy(study, by=rater_a)
            factories.round_of(version, [factories.issue(factories.repository(study))], [member])
        client = Client()
        client.force_login(rater_a)
        with django_assert_num_queries(7):
            client.get(reverse("home"))


class TestPageQueries:
    @pytest.mark.parametrize("times", [1, 30])
    @pytest.mark.parametrize(("name", "most"), [("agreement", 18), ("findings", 27), ("exports", 10)])
    def test_pages_do_not_query_more_for_more_issues(self, show, decided, name, most, times, django_assert_num_queries):
        issues = [factories.issue(decided.repository) for _ in range(times)]
        round = factories.round_of(decided.version, issues, [decided.a, decided.b], phase=Phase.DISCUSSION)
        factories.answers(round, {"rater-1": ["Loading"] * times, "rater-2": ["Loading"] * times})
        for drawn in round.round_issues.all():
            factories.resolution(drawn, ["Loading"], by=decided.lead)
        with django_assert_num_queries(most):
            show(name)
