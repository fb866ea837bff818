"""Durations without a study: by command and by page, the same figures."""

import csv
import json
from datetime import datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from tests.analysis.stats.published import golden
from tests.analysis.test_pages import words

LUNG = golden("statistics.json")["datasets"]["lung"]
KEYS = ["test", "groups", "statistic", "df", "p", "p_adjusted", "effect", "ci_low", "ci_high", "n", "method",
        "undefined_because"]  # fmt: skip


@pytest.fixture
def lung(tmp_path):
    """R's lung: time, status, sex, and the performance score as stratum."""
    path = tmp_path / "lung.csv"
    lines = [f"{time},{'closed' if status == 2 else 'open'},{'mf'[sex - 1]},e{score}"
             for time, status, sex, score in LUNG["rows"]]  # fmt: skip
    path.write_text("\n".join(["time,state,sex,score", *lines]))
    return path


@pytest.fixture
def answer(lung, capsys):
    def run(*options, file=lung, value="time", group="sex"):
        call_command("compare", str(file), "--value", value, "--group", group, *options)
        return capsys.readouterr().out

    return run


@pytest.fixture
def rows(answer):
    return lambda *options, **given: json.loads(answer(*options, "--format", "json", **given))


def test_json_has_the_fields_of_each_test(rows):
    found = rows("--event", "state", "--tests", "logrank,km")
    assert [list(row) for row in found] == [KEYS] * 3
    logrank, women, men = found
    assert (logrank["test"], logrank["groups"], logrank["df"], logrank["n"]) == ("logrank", ["f", "m"], 1, 228)
    assert logrank["statistic"] == pytest.approx(10.3267419549, rel=1e-9)
    assert logrank["p"] == pytest.approx(0.00131116452036, rel=1e-9)
    assert (women["groups"], women["effect"], women["ci_low"], women["ci_high"]) == (["f"], 426, 348, 550)
    assert (men["groups"], men["effect"], men["ci_low"], men["ci_high"], men["n"]) == (["m"], 270, 212, 310, 138)
    assert {row["undefined_because"] for row in found} == {None}


def test_limits_and_strata_can_be_asked_for(rows):
    found = rows("--event", "state", "--limits", "log-log", "--tests", "km")
    assert [(row["ci_low"], row["ci_high"]) for row in found] == [(345, 524), (210, 306)]
    within = rows("--event", "state", "--block", "score", "--tests", "stratified_logrank,van_elteren")
    assert ["stratified (5 strata)" in row["method"] for row in within] == [True, True]


def test_without_names_the_usual_tests_are_made(rows):
    assert list(dict.fromkeys(row["test"] for row in rows("--event", "state"))) == [
        "mann_whitney", "hodges_lehmann", "km", "logrank", "rmst", "cox", "hazard_ratio", "proportional_hazards",
    ]  # fmt: skip


def test_adjustments_differ(rows):
    plain, holm, bonferroni = (
        [row["p_adjusted"] for row in rows("--adjust", how, "--tests", "dunn", group="score")]
        for how in ("none", "holm", "bonferroni")
    )
    assert all(a is None or a <= b <= c for a, b, c in zip(plain, holm, bonferroni, strict=True))
    assert plain != holm != bonferroni


def test_the_table_says_what_was_read_and_how(answer):
    said = answer("--event", "state", "--tests", "logrank,dunn", group="score")
    assert said.startswith("228 observations in 5 groups, 63 still open.\n")
    assert "undefined: Too few observations for a test: e3 has 1, eNone has 1; each group needs 3." in said
    assert "dunn: Dunn’s z, corrected for ties; adjusted: holm; effect: Cliff’s δ." in said


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--tests", "anova"], "There is no test “anova”. There are: mann_whitney,"),
        (["--tests", "van_elteren"], "“van_elteren” compares within strata"),
        (["--event", "status"], "There is no column “status”. The columns are: time, state, sex, score."),
        (["--event", "sex"], "Line 2: “m” in sex does not say whether it has ended"),
    ],
)
def test_nonsense_ends_with_2_and_the_reason(answer, options, told):
    with pytest.raises(CommandError) as refused:
        answer(*options)
    assert told in str(refused.value)
    assert refused.value.returncode == 2


def test_a_file_that_is_not_there(answer, tmp_path):
    with pytest.raises(CommandError, match="No such file") as refused:
        answer(file=tmp_path / "none.csv")
    assert refused.value.returncode == 2


@pytest.mark.shared_data
def test_the_real_issues_give_the_published_figures(rows, shared_data, tmp_path):
    path = tmp_path / "days.csv"
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["days", "label", "repository"])
        writer.writerows(real_rows(shared_data / "npm_issues"))
    asked = "kruskal_wallis,mann_whitney,dunn,km"
    found = rows("--tests", asked, "--adjust", "none", file=path, value="days", group="label")
    whole, *pairs = (row for row in found if row["test"] in ("kruskal_wallis", "mann_whitney"))
    assert (whole["statistic"], whole["p"]) == (pytest.approx(43.3171149736), pytest.approx(3.92471384609e-10))
    assert {tuple(row["groups"]): (row["statistic"], row["p"], row["effect"]) for row in pairs} == {
        ("Extrinsic", "Intrinsic"): pytest.approx((5699, 0.955980288709, -0.00445453751)),
        ("Extrinsic", "Not a Bug"): pytest.approx((15631, 9.57928059064e-08, 0.365272076)),
        ("Intrinsic", "Not a Bug"): pytest.approx((15688, 6.4000989716e-08, 0.370250677)),
    }
    medians = {row["groups"][0]: row["effect"] for row in found if row["test"] == "km"}
    assert medians["Extrinsic"] == pytest.approx(10.603484, rel=1e-5)
    assert medians["Intrinsic"] == pytest.approx(8.894838, rel=1e-5)
    assert medians["Not a Bug"] == pytest.approx(0.756319, rel=1e-5)
    assert len(rows("--block", "repository", file=path, value="days", group="label")) == 20


def real_rows(folder):
    with (folder / "labels.csv").open(encoding="utf-8") as given:
        labels = {row["html_url"]: row["label"] for row in csv.DictReader(given)}
    for line in (folder / "issues.jsonl").read_text(encoding="utf-8").splitlines():
        issue = json.loads(line)
        created, closed = (datetime.fromisoformat(issue[key]) for key in ("created_at", "closed_at"))
        days = (closed - created).total_seconds() / 86_400
        yield days, labels[issue["html_url"]], str(issue["repository"])


class TestPage:
    @pytest.fixture
    def send(self, stranger):
        client = Client()
        client.force_login(stranger)

        def sent(**data):
            asked = {"value": "days", "group": "label", "adjust": "holm", "limits": "log", **data}
            return client.post(reverse("compare"), asked)

        return sent

    def test_the_empty_page_asks_for_a_table(self, stranger):
        client = Client()
        client.force_login(stranger)
        assert "Paste a table" in words(client.get(reverse("compare")))

    def test_a_pasted_table_is_compared(self, send):
        days = {"a": (1, 2, 3.5), "b": (4, 5, 6), "c": (7,)}
        table = "days\tlabel\n" + "".join(f"{day}\t{group}\n" for group in days for day in days[group])
        text = words(send(table=table, tests=["kruskal_wallis", "mann_whitney"]))
        assert "7 observations in 3 groups, 0 still open" in text
        assert "Kruskal–Wallis H, all groups a – b 6 3.857 1 .0495" in text
        assert "Mann–Whitney U, pairs a – b 6 0.000 .100 .100 −1.000" in text
        assert "Mann–Whitney U, pairs a – c 4 undefined: Too few observations for a test: c has 1" in text
        assert "Left out, fewer than 3 observations: c." in text
        assert '"statistic": 3.857' in text

    def test_a_file_is_compared_with_the_usual_tests(self, send, lung):
        file = SimpleUploadedFile("lung.csv", lung.read_bytes())
        text = words(send(file=file, value="time", group="sex", event="state"))
        assert "228 observations in 2 groups, 63 still open" in text
        assert "Log-rank, all groups f – m 228 10.327 1 .00131" in text
        assert "Kaplan–Meier medians m 138 270.000 270.000 [212.000, 310.000]" in text

    def test_what_is_wrong_is_told_by_line(self, send):
        text = words(send(table="days,label\nx,a\n-1,b\n"))
        assert "Nothing was computed. Line 2: “x” in days is not a number. Line 3: -1 in days is below zero." in text
        assert "“van_elteren” compares within strata" in words(send(table="days,label\n1,a\n", tests=["van_elteren"]))

    def test_nothing_or_too_much_is_refused(self, send):
        assert "Paste a table or choose a file." in words(send(table=" "))
        big = SimpleUploadedFile("big.csv", b"days,label\n" + b"1,a\n" * 1_300_000)
        assert "The file has more than 5 MB. Use manage.py compare." in words(send(file=big))
        many = "days,label\n" + "1,a\n" * 20_001
        assert "The page takes 20,000 lines; the table has 20,001. Use manage.py compare." in words(send(table=many))
