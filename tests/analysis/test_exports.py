"""The archive: read back and compared with what was coded; nothing of open rounds; harmless in a spreadsheet."""

import csv
import hashlib
import io
import json
import zipfile

import pytest
from django.test import Client
from django.urls import reverse

from analysis.exports.archive import archive, as_csv, cell, write_archive
from analysis.exports.columns import CODEBOOK, CODINGS, EVIDENCE, LABELS, Column, moment
from analysis.exports.dataset import Options, build
from analysis.models import Export
from analysis.services.exports import folder, get_export, request_export
from annotator.models import Coding
from annotator.states import Phase
from corpus.markdown import RENDERER
from jobs.models import Job, State
from jobs.services import run
from studies.errors import Invalid, NotThere, Refused
from studies.models import Event
from taxonomy.models import Code, Version
from tests import factories


def files(content):
    with zipfile.ZipFile(io.BytesIO(content)) as opened:
        return {name: opened.read(name).decode() for name in opened.namelist()}


def table(text):
    return list(csv.DictReader(io.StringIO(text)))


def lines(text):
    return [json.loads(line) for line in text.splitlines()]


def coding_of(member, position):
    return Coding.objects.get(
        assignment__member=member, assignment__round_issue__position=position, assignment__round_issue__round__number=1
    )


@pytest.fixture
def exported(decided):
    """Ask for an export as the lead and run its job."""

    def ask(**options):
        taxonomy = decided.version.taxonomy
        job = request_export(study=decided.study, taxonomy=taxonomy, by=decided.lead, **options)
        run(job.pk)
        job.refresh_from_db()
        assert job.state == State.DONE, job.error
        return Export.objects.get(job=job)

    return ask


class TestContent:
    def test_labels_are_those_that_were_decided(self, decided, exported):
        held = files((folder() / exported().file).read_bytes())
        assert set(held) == {
            "README.md", "labels.csv", "labels.jsonl", "codings.csv", "codings.jsonl", "evidence.csv", "evidence.jsonl",
            "codebook.csv",
        }  # fmt: skip
        told = {(row["issue"], row["codes"], row["how"], row["resolution_days"]) for row in table(held["labels.csv"])}
        assert told == {
            ("tidewater/captioner#1", "Loading", "unanimous", "1.0"),
            ("tidewater/captioner#2", "Output", "lead", "2.0"),
            ("tidewater/captioner#3", "Slow loading | Output", "negotiated", "4.0"),
            ("tidewater/captioner#5", "Memory", "lead", ""),
            ("tidewater/captioner#6", "Memory", "lead", ""),
        }
        third = lines(held["labels.jsonl"])[2]
        uids = {code.name: str(code.uid) for code in decided.version.codes.all()}
        assert third["codes"] == ["Slow loading", "Output"]
        assert third["code_uids"] == [uids["Slow loading"], uids["Output"]]
        assert third["categories"] == ["Loading", "Output"]
        assert (third["round"], third["version"], third["decided_by"]) == (1, 1, "lead-1")
        assert third["closed_at"] == moment(decided.issues[2].closed_at)

    def test_both_forms_hold_the_same_rows(self, decided, exported):
        factories.evidence(coding_of(decided.a, 0), "fails", ["Loading"])
        held = files((folder() / exported().file).read_bytes())
        for name in ("labels", "codings", "evidence"):
            rows = [{key: str(cell(value) if value is not None else "") for key, value in row.items()}
                    for row in lines(held[f"{name}.jsonl"])]  # fmt: skip
            assert rows == table(held[f"{name}.csv"])

    def test_every_raters_independent_coding_is_there_under_an_alias(self, decided, exported):
        decided.answer(decided.b, 1, ["Output"], memo="second thought", confidence="high")
        rows = lines(files((folder() / exported().file).read_bytes())["codings.jsonl"])
        told = {(row["issue"][-1], row["rater"]): (row["outcome"], row["codes"], row["revision"]) for row in rows}
        assert told == {
            ("1", "rater-1"): ("coded", ["Loading"], 1),
            ("1", "rater-2"): ("coded", ["Loading"], 1),
            ("2", "rater-1"): ("coded", ["Output"], 1),
            ("2", "rater-2"): ("coded", ["Output"], 2),
            ("3", "rater-1"): ("coded", ["Slow loading"], 1),
            ("3", "rater-2"): ("coded", ["Loading", "Output"], 1),
            ("4", "rater-1"): ("none", [], 1),
            ("4", "rater-2"): ("none", [], 1),
            ("5", "rater-1"): ("unclear", [], 1),
            ("5", "rater-2"): ("skipped", [], 1),
        }

    def test_marked_passages_come_with_their_place_and_codes(self, decided, exported):
        comment = factories.comment(decided.issues[2], "= 1 & **2**")
        first = decided.answer(decided.b, 1, ["Output", "Memory"])
        factories.evidence(first, "fails", ["Output", "Memory"], raw_start=5, raw_end=10)
        factories.evidence(first, "It")
        proposal = factories.proposal(decided.drawn[2], decided.b, "Licences")
        second = decided.answer(decided.b, 2, ["Output"], proposals=[proposal])
        factories.evidence(second, "= 1 & 2", comment=comment).proposals.add(proposal)
        earlier = coding_of(decided.a, 0)
        factories.evidence(earlier, "fails", ["Loading"])
        decided.answer(decided.a, 0, ["Loading"])  # submitted again without it
        running = factories.coding(decided.running.round_issues.last().assignments.first(), ["Memory"])
        factories.evidence(running, "fails", ["Memory"])
        content = files((folder() / exported().file).read_bytes())
        uids = {code.name: str(code.uid) for code in decided.version.codes.all()}
        rows = lines(content["evidence.jsonl"])
        body, said = decided.issues[1].body_id, {"round": 1, "rater": "rater-2", "version_as_given": 1}
        place = {"part": "body", "comment": None, "text_sha256": body, "renderer": RENDERER, "proposals": []}
        nothing = {"codes_as_given": [], "code_uids_as_given": [], "raw_start": None, "raw_end": None}
        first, second = decided.issues[1], decided.issues[2]
        taxonomy = {"taxonomy": decided.version.taxonomy.name}
        assert rows == [
            {
                "issue": str(first), "url": first.url, **said, **place, **taxonomy, "quote": "fails", "before": "It ",
                "after": ".", "start": 3, "end": 8, "raw_start": 5, "raw_end": 10,
                "codes_as_given": ["Output", "Memory"], "code_uids_as_given": [uids["Output"], uids["Memory"]],
            },
            {
                "issue": str(first), "url": first.url, **said, **place, **taxonomy, **nothing, "quote": "It",
                "before": "", "after": " fails.", "start": 0, "end": 2,
            },
            {
                "issue": str(second), "url": second.url, **said, **place, **taxonomy, **nothing, "quote": "= 1 & 2",
                "before": "", "after": "", "start": 0, "end": 7, "part": "comment", "comment": comment.github_id,
                "text_sha256": comment.text_id, "proposals": ["Licences"],
            },
        ]  # fmt: skip
        assert [row["quote"] for row in table(content["evidence.csv"])] == ["fails", "It", "'= 1 & 2"]
        quotes = {(row["issue"], row["rater"]): row["quotes"] for row in lines(content["codings.jsonl"])}
        assert {key: found for key, found in quotes.items() if found} == {
            (str(first), "rater-2"): ["fails", "It"], (str(second), "rater-2"): ["= 1 & 2"],
        }  # fmt: skip
        assert "3 passages that raters marked" in content["README.md"]
        named = files((folder() / exported(real_names=True).file).read_bytes())
        assert {row["rater"] for row in lines(named["evidence.jsonl"])} == {"rater_b"}

    def test_names_are_given_only_when_asked_for(self, exported):
        by_alias = files((folder() / exported().file).read_bytes())
        by_name = files((folder() / exported(real_names=True).file).read_bytes())
        assert {row["rater"] for row in lines(by_alias["codings.jsonl"])} == {"rater-1", "rater-2"}
        assert {row["rater"] for row in lines(by_name["codings.jsonl"])} == {"rater_a", "rater_b"}
        assert {row["decided_by"] for row in lines(by_name["labels.jsonl"])} == {"lead"}
        assert not any("rater_a" in text for text in by_alias.values())
        assert "are given by aliases" in by_alias["README.md"]
        assert "are given by their names" in by_name["README.md"]

    def test_nothing_of_a_round_that_is_not_closed(self, decided, exported):
        held = files((folder() / exported().file).read_bytes())
        assert not any("secret" in text for text in held.values())
        assert "Rounds that are not closed: round 2 (running)" in held["README.md"]
        assert "Closed rounds: round 1 (coding, version 1)." in held["README.md"]

    def test_the_readme_explains_every_column_and_what_is_left_out(self, exported):
        readme = files((folder() / exported().file).read_bytes())["README.md"]
        for columns in (LABELS, CODINGS, EVIDENCE, CODEBOOK):
            for column in columns:
                assert f"| `{column.name}` | {column.meaning} |" in readme
        assert "not yet decided: 1." in readme
        assert "apostrophe" in readme

    def test_the_codebook_has_every_version(self, decided):
        data = build(decided.study, decided.version.taxonomy, Options())
        rows = table(files(archive(data))["codebook.csv"])
        assert [(row["code"], row["parent"], row["category"], row["version"]) for row in rows] == [
            ("Loading", "", "Loading", "1"),
            ("Slow loading", "Loading", "Loading", "1"),
            ("Output", "", "Output", "1"),
            ("Memory", "", "Memory", "1"),
        ]

    def test_the_same_data_give_the_same_bytes(self, decided, exported):
        first, second = exported(), exported()
        assert first.sha256 == second.sha256
        content = (folder() / first.file).read_bytes()
        assert hashlib.sha256(content).hexdigest() == first.sha256
        assert (first.size, first.rows, str(first)) == (len(content), 5, f"export {first.pk}")
        decided.answer(decided.a, 5, ["Memory"])
        assert exported().sha256 != first.sha256


class TestCells:
    @pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
    def test_a_formula_is_made_harmless(self, start):
        assert cell(f"{start}1+1") == f"'{start}1+1"
        assert cell([f"{start}code"]) == f"'{start}code"

    @pytest.mark.parametrize("value", ["a=b", "", None, -1.5, 3, "'=1"])
    def test_everything_else_stays(self, value):
        assert cell(value) == value

    def test_truth_is_told_in_words(self):
        assert (cell(True), cell(False)) == ("yes", "no")

    def test_csv_reads_back_whatever_was_typed(self):
        typed = ["a,b", 'say "x"', "two\nlines", "ünï | ⁂", "  spaces "]
        text = as_csv([Column("memo", str, "")], [{"memo": memo} for memo in typed])
        assert [row["memo"] for row in csv.DictReader(io.StringIO(text, newline=""))] == typed

    def test_a_hostile_memo_is_escaped_in_csv_and_untouched_in_json_lines(self, decided, exported):
        memo = '=HYPERLINK("http://evil.example","click")'
        decided.answer(decided.a, 5, ["Memory"], memo=memo)
        held = files((folder() / exported().file).read_bytes())
        assert f"'{memo}" in {row["memo"] for row in table(held["codings.csv"])}
        assert memo in {row["memo"] for row in lines(held["codings.jsonl"])}

    def test_no_moment_is_no_text(self):
        assert moment(None) is None


class TestWriting:
    def test_the_file_appears_only_when_it_is_whole(self, decided, monkeypatch, tmp_path):
        data = build(decided.study, decided.version.taxonomy, Options())
        seen = []
        monkeypatch.setattr("analysis.exports.archive.os.fsync", lambda file: seen.append(list(tmp_path.glob("*.zip"))))
        written = write_archive(data, tmp_path, "x.zip")
        assert seen == [[]]
        assert [path.name for path in tmp_path.iterdir()] == ["x.zip"] == [written.name]

    def test_only_a_lead_may_ask(self, decided):
        for member in (decided.a, decided.b):
            with pytest.raises(Refused, match="export the data set"):
                request_export(study=decided.study, taxonomy=decided.version.taxonomy, by=member.user)
        assert not Job.objects.exists()

    def test_another_studys_taxonomy_is_refused(self, decided):
        other = factories.taxonomy(factories.study("Other", "other")).taxonomy
        with pytest.raises(Invalid, match="belongs to another study"):
            request_export(study=decided.study, taxonomy=other, by=decided.lead)

    def test_a_taxonomy_that_went_away_fails_with_a_sentence(self, decided):
        job = factories.job(decided.study, decided.lead, "analysis.export", arguments={"taxonomy": 0})
        run(job.pk)
        job.refresh_from_db()
        assert (job.state, job.error) == (
            State.FAILED, "The taxonomy of this export is no longer there. Nothing was written.",
        )  # fmt: skip

    def test_a_version_that_went_away_fails_with_a_sentence(self, decided):
        job = factories.job(decided.study, decided.lead, "analysis.resolution_time", arguments={"version": 0})
        run(job.pk)
        job.refresh_from_db()
        assert (job.state, job.error.split(". ")[1]) == (State.FAILED, "Nothing was computed.")

    def test_who_asked_and_what_was_written_stand_in_the_audit_trail(self, exported, decided):
        export = exported()
        told = [(event.verb, event.target) for event in Event.objects.filter(study=decided.study).order_by("pk")]
        assert told == [("asked for", f"export {export.job_id}"), ("exported", export.file)]

    def test_an_export_whose_file_is_gone_is_not_there(self, decided, exported):
        export = exported()
        (folder() / export.file).unlink()
        with pytest.raises(NotThere):
            get_export(decided.study, export.pk)
        with pytest.raises(NotThere):
            get_export(factories.study("Other", "other"), export.pk)


class TestPages:
    @pytest.fixture
    def client(self, lead):
        client = Client()
        client.force_login(lead)
        return client

    def test_from_the_form_to_the_file(self, decided, client):
        slug = decided.study.slug
        page = reverse("exports", args=[slug])
        response = client.post(reverse("export_new", args=[slug]), {"taxonomy": decided.version.taxonomy_id})
        assert response.url == page
        assert "waiting for the job runner" in client.get(page).content.decode()
        run(Job.objects.get().pk)
        export = Export.objects.get()
        shown = client.get(page).content.decode()
        assert export.sha256 in shown
        assert "waiting for the job runner" not in shown
        download = client.get(reverse("export_file", args=[slug, export.pk]))
        content = b"".join(download)
        download.close()
        assert hashlib.sha256(content).hexdigest() == export.sha256
        assert download["Content-Disposition"] == f'attachment; filename="{export.file}"'

    def test_a_fragment_is_the_list_alone(self, decided, client):
        url = reverse("exports", args=[decided.study.slug])
        fragment = client.get(url, headers={"HX-Request": "true"}).content.decode()
        assert "<h1" not in fragment
        assert fragment.strip().startswith("<section")

    def test_a_wrong_taxonomy_is_said_beside_the_field(self, decided, client):
        response = client.post(reverse("export_new", args=[decided.study.slug]), {"taxonomy": "0"})
        assert "That choice is not one of the available choices." in response.content.decode()
        assert not Job.objects.exists()

    def test_a_failure_is_told(self, decided, client):
        factories.job(decided.study, decided.lead, "analysis.export", State.FAILED, error="The disk is full.",
                      ended_at=factories.NOW)  # fmt: skip
        assert "The disk is full." in client.get(reverse("exports", args=[decided.study.slug])).content.decode()

    def test_without_a_published_taxonomy_there_is_nothing_to_export(self, lead, client):
        factories.member(factories.study("Empty", "empty"), lead, "lead")
        assert "There is nothing to export yet" in client.get(reverse("exports", args=["empty"])).content.decode()


def test_a_round_under_another_version_of_the_taxonomy_is_in_the_same_export(decided):
    again = factories.round_of(decided.version, decided.issues[:1], [decided.a], phase=Phase.DISCUSSION)
    factories.coding(again.round_issues.get().assignments.get(), ["Memory"])
    data = build(decided.study, decided.version.taxonomy, Options())
    assert {(rating.round, rating.issue[-1]) for rating in data.codings if rating.issue[-1] == "1"} == {
        (1, "1"), (again.number, "1"),
    }  # fmt: skip


def test_as_of_an_earlier_version_what_was_marked_under_a_later_one_is_left_out(decided):
    taxonomy = decided.version.taxonomy
    later = Version.objects.create(
        taxonomy=taxonomy, number=2, published_by=decided.lead, published_at=factories.NOW, content_hash="1" * 64
    )
    Code.objects.create(version=later, name="Output", position=0)
    again = factories.round_of(later, decided.issues[:1], [decided.a], phase=Phase.DISCUSSION)
    factories.evidence(factories.coding(again.round_issues.get().assignments.get(), ["Output"]), "It", ["Output"])
    factories.evidence(coding_of(decided.a, 0), "fails", ["Loading"])
    built = {number: build(decided.study, taxonomy, Options(as_of=version))
             for number, version in ((0, None), (1, decided.version))}  # fmt: skip
    assert {number: [row.exact for row in data.evidence] for number, data in built.items()} == {
        0: ["fails", "It"], 1: ["fails"],
    }  # fmt: skip
