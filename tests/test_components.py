"""Frames and components, rendered: what a browser and a screen reader get from them."""

import re

import pytest
from django import forms
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.template.loader import render_to_string
from django.test import RequestFactory, override_settings
from django.urls import path


def page(request):
    return HttpResponse()


NAMES = ("home", "sign_in", "sign_out", "account", "password_change")
urlpatterns = [path(f"{name}/", page, name=name) for name in NAMES]


class Person:
    name = "Lea Lead"
    email = "lead@example.org"
    is_authenticated = True


class RoundForm(forms.Form):
    name = forms.CharField(label="Name", help_text="Raters see it.")
    size = forms.IntegerField(label="Issues", required=False)
    kind = forms.ChoiceField(label="Kind", choices=[("c", "Coding")], widget=forms.RadioSelect, help_text="Pick one.")
    hide = forms.BooleanField(label="Hide labels", required=False)
    token = forms.CharField(widget=forms.HiddenInput, required=False)

    def clean(self):
        self.add_error(None, "The round was not made.")


@pytest.fixture(autouse=True)
def names():
    with override_settings(ROOT_URLCONF=__name__):
        yield


def component(name, **context):
    return render_to_string(f"components/{name}.html", context)


def frame(name, **context):
    return render_to_string(name, context, request=RequestFactory().get("/issues/?q=gpu&page=1"))


def ids(html):
    return set(re.findall(r'\bid="([^"]+)"', html))


def described_by(html):
    return {one for many in re.findall(r'aria-describedby="([^"]+)"', html) for one in many.split()}


# Forms


def test_an_error_stands_beside_its_field_and_is_tied_to_it():
    html = component("field", field=RoundForm({})["name"])
    assert described_by(html) == {"id_name_helptext", "id_name_error"} <= ids(html)
    assert 'aria-invalid="true"' in html
    assert '<label for="id_name">Name</label>' in html
    assert "This field is required." in html


def test_radios_are_a_named_group_with_its_hint_and_error():
    html = component("field", field=RoundForm({})["kind"])
    assert "<legend>Kind</legend>" in html
    assert re.search(r'<fieldset[^>]*aria-describedby="id_kind_helptext id_kind_error"', html)
    assert {"id_kind_helptext", "id_kind_error"} <= ids(html)


def test_an_untouched_field_says_nothing_of_errors():
    html = component("field", field=RoundForm()["size"])
    assert "(optional)" in html
    assert "error-text" not in html
    assert described_by(html) == set()


def test_a_lone_checkbox_is_wrapped_by_its_label():
    html = component("field", field=RoundForm()["hide"])
    assert re.search(r"<label><input[^>]*type=\"checkbox\"[^>]*> Hide labels</label>", html)


def test_a_form_shows_its_own_error_each_field_and_the_hidden_ones():
    html = component("form", form=RoundForm({}))
    assert re.search(r'role="alert".*The round was not made\.', html, re.DOTALL)
    assert set(re.findall(r'name="(\w+)"', html)) == {"name", "size", "kind", "hide", "token"}
    assert described_by(html) <= ids(html)


def test_what_a_person_typed_is_escaped():
    assert "<b>" not in component("note", kind="error", text="<b>")
    assert "<b>" not in component("undefined", reason="<b>")
    assert "<b>" not in component("breadcrumbs", crumbs=[{"label": "<b>", "url": "/"}])


# Small parts


@pytest.mark.parametrize(("kind", "alert"), [("error", True), ("warning", False), ("success", False), ("", False)])
def test_only_an_error_interrupts(kind, alert):
    html = component("note", kind=kind, text="Words")
    assert ('role="alert"' in html) is alert
    assert 'aria-hidden="true"' in html


def test_the_last_crumb_is_the_page_itself():
    html = component("breadcrumbs", crumbs=[{"label": "Rounds", "url": "/r/"}, {"label": "New round"}])
    assert re.findall(r"<a [^>]*>([^<]+)</a>", html) == ["Rounds"]
    assert re.findall(r'<li aria-current="page">([^<]+)</li>', html) == ["New round"]


def test_undefined_is_a_dash_whose_reason_is_read_aloud():
    html = component("undefined", reason="nobody used the code")
    assert 'title="nobody used the code"' in html
    assert "undefined: nobody used the code</span>" in html


@pytest.mark.parametrize("number", [1, 2, 11])
def test_the_pager_counts_and_keeps_the_query(number):
    html = frame("components/pager.html", page=Paginator(range(84), 8).page(number), things="issues")
    links = dict(re.findall(r'rel="(\w+)" href="([^"]+)"', html))
    start = (number - 1) * 8 + 1
    assert f"{start}–{min(start + 7, 84)} of 84 issues" in html
    assert set(links) == {"prev", "next"} - ({"prev"} if number == 1 else set()) - ({"next"} if number == 11 else set())
    assert all(link.startswith("?q=gpu&amp;page=") for link in links.values())


def test_an_empty_list_has_no_pager():
    assert component("pager", page=Paginator([], 8).page(1)).strip() == ""


@pytest.mark.parametrize("local", [{}, {"LANGUAGE_CODE": "de", "USE_THOUSAND_SEPARATOR": True}])
def test_lengths_are_written_for_the_browser_whatever_the_language(local):
    with override_settings(**local):
        bar = component("bar", share=30.5, low=25.7, high=35.8, full=40)
        cell = component("forest_cell", low=-0.13, value=0.39, high=0.79)
        progress = component("progress", done=1840, total=3100, label="Issues read")
    assert '<rect width="30.5" height="1"/>' in bar
    assert 'viewBox="0 0 40 1"' in bar
    assert 'd="M25.7 .5H35.8' in bar
    assert 'd="M-0.13 .5H0.79' in cell
    assert 'max="3100" value="1840"' in progress


def test_a_bar_without_an_interval_has_no_whiskers():
    assert "<path" not in component("bar", share=30.5)


def test_a_pooled_estimate_is_a_diamond():
    html = component("forest_cell", low=0.69, value=0.74, high=0.79, pooled=True)
    assert re.findall(r'class="(\w+)"', html) == ["pooled"]


def test_an_empty_page_offers_its_button_only_where_there_is_one():
    assert "href" not in component("empty", text="No rounds yet.")
    assert '<a class="button primary" href="/new/">New round</a>' in component(
        "empty", text="No rounds yet.", url="/new/", action="New round", primary=True
    )


# Frames

SECTIONS = [
    {"label": "Overview", "url": "/s/", "current": False, "count": 0},
    {"label": "Disagreements", "url": "/s/d/", "current": True, "count": 22},
]


def study_page(**more):
    context = {"study": "Reuse", "sections": SECTIONS, "search_url": "/s/issues/", "user": Person(), **more}
    return frame("base_study.html", **context)


def test_a_study_page_leads_to_its_sections_and_marks_the_current_one():
    html = study_page()
    nav = html[html.index("<nav") : html.index("</nav>")]
    assert re.findall(r'href="([^"]+)"', nav) == ["/s/", "/s/d/"]
    assert re.findall(r'href="([^"]+)" aria-current="page"', nav) == ["/s/d/"]
    assert '22<span class="visually-hidden"> open</span>' in nav


def test_search_is_there_only_where_it_leads_somewhere():
    assert 'role="search" action="/s/issues/"' in study_page()
    assert 'role="search"' not in study_page(search_url=None)


def test_signing_out_is_a_post_and_links_of_the_person_are_shown():
    html = study_page(person_links=[{"label": "Account", "url": "/account/"}])
    assert '<form method="post" action="/sign_out/">' in html
    assert '<a href="/account/">Account</a>' in html
    assert "Lea Lead: account and sign out" in html


def test_nobody_signed_in_has_no_menu():
    assert "sign_out" not in study_page(user=None)


def test_a_page_tells_htmx_to_evaluate_nothing_and_how_to_sign_its_requests():
    html = study_page(csrf_token="abc")
    assert """content='{"allowEval": false, "includeIndicatorStyles": false}'""" in html
    assert """<body hx-headers='{"X-CSRFToken": "abc"}'>""" in html
    assert re.search(r'<script src="[^"]*htmx[^"]*\.js"[^>]*\bdefer', html)


def test_the_signed_out_page_has_no_bar_and_no_script():
    html = frame("base_signed_out.html")
    assert "<header" not in html
    assert "<script" not in html


def test_the_coding_screen_loads_its_five_sheets_and_no_navigation():
    html = frame("coding_base.html", study="Reuse")
    assert [name.split("/")[-1].split(".")[0] for name in re.findall(r'href="([^"]+\.css)"', html)] == [
        "tokens",
        "base",
        "reading",
        "coding",
        "evidence",
    ]
    assert "topbar" not in html


def test_a_refusal_gives_its_reason():
    assert "hidden until 12 Dec." in frame(
        "403.html", exception="Round 5 is open, so its codings are hidden until 12 Dec."
    )
    assert "can change roles" in frame("403.html")


def test_a_missing_page_does_not_say_what_was_looked_for():
    assert "secret" not in frame("404.html", exception="secret")


def test_the_page_of_a_fault_needs_no_context():
    assert "Something broke on the server" in render_to_string("500.html")


@pytest.mark.parametrize(
    "name", ["base.html", "base_study.html", "base_signed_out.html", "403.html", "404.html", "500.html"]
)
def test_every_page_has_language_title_main_and_viewport(name):
    html = frame(name, study="Reuse", sections=SECTIONS)
    assert '<html lang="en">' in html
    assert re.search(r"<title>[^<]+</title>", html)
    assert html.count("<main") == 1
    assert "width=device-width" in html
