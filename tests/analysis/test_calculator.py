"""The same figures by the command and by the page, from published tables in both forms."""

import csv
import io
import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from analysis.reports.calculator import KEYS, as_latex, calculate
from analysis.reports.calculator import Asked as Wanted
from tests.analysis.stats.published import golden

GOLDEN = golden("agreement.json")
LEVELS = {None, "nominal", "ordinal", "interval", "ratio", "jaccard", "masi"}
CASES = [
    case
    for case in GOLDEN["cases"]
    if case["method"] != "masi_distance" and case["value"] is not None and case.get("level") in LEVELS
]


def raters_of(case, data):
    """Rows of cells with the raters' names, from `ratings`, `table` or `counts`."""
    if data["type"] == "ratings":
        kept = case.get("raters", data["raters"])
        at = [data["raters"].index(rater) for rater in kept]
        return kept, [[row[column] for column in at] for row in data["ratings"]]
    if data["type"] == "table":
        cells = [(row, column, n) for row, counts in enumerate(data["table"]) for column, n in enumerate(counts)]
        return ["first", "second"], [[row, column] for row, column, n in cells for _ in range(n)]
    rows = [[value for value, n in enumerate(counts) for _ in range(n)] for counts in data["counts"]]
    return [f"rater {at}" for at in range(len(rows[0]))], rows


def written(value):
    return "|".join(value) if isinstance(value, list) else str(value)


def wide(raters, rows):
    """`[]` says that no code fits, which is “|”; None is an empty cell."""
    cells = [["" if value is None else written(value) or "|" for value in row] for row in rows]
    return "\n".join(",".join(row) for row in [raters, *cells])


def long(raters, rows):
    said = [
        f"{unit},{rater},{written(value)}"
        for unit, row in enumerate(rows)
        for rater, value in zip(raters, row, strict=True)
        if value is not None
    ]
    return "\n".join(["unit,rater,code", *said])


@pytest.fixture
def run(tmp_path):
    def run(text, *options, **more):
        path, out, err = tmp_path / "ratings.csv", io.StringIO(), io.StringIO()
        path.write_text(text, encoding="utf-8")
        call_command("agreement", str(path), *options, stdout=out, stderr=err, **more)
        return out.getvalue(), err.getvalue()

    return run


@pytest.mark.parametrize("form", [wide, long])
@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['name']}-{case['method']}".replace(" ", "_"))
def test_published_figures_by_the_command(case, form, run):
    options = [f"--coefficient={case['method']}", "--format=json", "--ci=none"]
    options += [f"--weights={case['weights']}"] if "weights" in case else []
    options += [f"--level={case['level']}"] if case.get("level") else []
    options += [f"--categories={','.join(map(str, case['categories']))}"] if "categories" in case else []
    [found] = json.loads(run(form(*raters_of(case, GOLDEN["data"][case["data"]])), *options)[0])
    assert found["coefficient"] == case["method"]
    assert found["value"] == pytest.approx(case["value"], abs=case["tolerance"])


TABLE = wide(*raters_of({}, GOLDEN["data"]["krippendorff_2011_4x12"]))


def test_json_is_an_array_of_all_that_apply(run):
    out, told = run(TABLE, "--format", "json")
    found = json.loads(out)
    assert [set(row) for row in found] == [set(KEYS)] * 8
    by_name = {row["coefficient"]: row for row in found}
    assert set(by_name) == {
        "percent_agreement", "fleiss_kappa", "conger_kappa", "light_kappa", "brennan_prediger", "randolph_kappa",
        "gwet_ac", "krippendorff_alpha",
    }  # fmt: skip
    assert by_name["gwet_ac"] == {
        "coefficient": "gwet_ac",
        "value": pytest.approx(0.775444, abs=1e-6),
        "observed": pytest.approx(9 / 11),
        "expected": pytest.approx(0.190322, abs=1e-6),
        "se": pytest.approx(0.14295, abs=1e-5),
        "ci_low": pytest.approx(0.461, abs=5e-4),
        "ci_high": 1.0,
        "n_units": 12,
        "n_raters": 4,
        "undefined_because": None,
    }
    assert by_name["percent_agreement"]["expected"] is None
    assert told.startswith("Interval: analytic, Student’s t, 11 degrees of freedom (Percent agreement,")


def test_csv_has_the_same_columns_and_figures(run):
    rows = list(csv.DictReader(io.StringIO(run(TABLE, "--format", "csv", "--weights", "linear")[0])))
    assert tuple(rows[0]) == KEYS
    assert [row["coefficient"] for row in rows][-1] == "krippendorff_alpha"
    assert "randolph_kappa" not in [row["coefficient"] for row in rows]
    assert float(rows[-1]["value"]) == pytest.approx(0.80038, abs=6e-6)


def test_table_says_how_the_intervals_were_made_and_what_is_undefined(run):
    out, told = run("x,y\na,a\na,a\n", "--ci", "bootstrap")
    assert told == ""
    assert out.splitlines()[:3] == [
        "Coefficient        Value      SE      95 % interval     Observed  Expected  Issues  Raters",
        "-----------------  ---------  ------  ----------------  --------  --------  ------  ------",
        "Percent agreement  1.0000     0.0000  [1.0000, 1.0000]  1.0000              2       2",
    ]
    assert "Interval: percentile bootstrap over units, 10,000 draws, seed 1 (Percent agreement)." in out
    assert "Cohen's κ: Every rating is the same (a), so chance explains all agreement: the coefficient is 0/0." in out


def test_draws_without_a_value_are_told(run):
    out, _ = run("x,y\na,a\nb,b\n", "--ci", "bootstrap", "--coefficient", "cohen_kappa", "--coefficient", "gwet_ac")
    [lost] = [line for line in out.splitlines() if "had no value" in line and line.startswith("Cohen")]
    assert 4_500 < int(lost.removeprefix("Cohen's κ: ").split(" of ")[0].replace(",", "")) < 5_500


def test_same_seed_same_interval_and_none_on_wish(run):
    ask = ("--ci=bootstrap", "--coefficient=krippendorff_alpha", "--format=json")
    one, again, other = (run(TABLE, *ask, f"--seed={seed}")[0] for seed in (3, 3, 4))
    assert one == again != other
    [plain] = json.loads(run(TABLE, "--ci=none", "--coefficient=krippendorff_alpha", "--format=json")[0])
    assert (plain["ci_low"], plain["ci_high"]) == (None, None)
    assert plain["se"] == pytest.approx(0.14548, abs=1e-5)


@pytest.mark.parametrize(
    ("text", "options", "words"),
    [
        ("unit,rater,code\n1,x\n", [], "Line 2: there are 2 cells where the headings name 3."),
        ("x,y\n1,2\n1,b\n", ["--level=interval"], "Line 3: “b” is not a number"),
        ("x,y\n1,2\n1,1|2\n", ["--weights=linear"], "Line 3: “1 + 2” has no place on an ordered scale"),
        ("x,y\n1,2\n1,7\n", ["--categories=1,2,3"], "Line 3: “7” is not among the categories 1, 2, 3."),
        ("x,y\n1,2\n", ["--categories=1,2,x", "--level=ratio"], "“x” is not a number"),
        ("x,y\n1,2\n", ["--categories=1,1"], "The categories name 1 twice."),
    ],
)
def test_nonsense_gets_line_and_reason(text, options, words, run):
    with pytest.raises(CommandError) as refused:
        run(text, *options)
    assert str(refused.value).startswith(words)
    assert refused.value.returncode == 2


def test_a_file_that_is_not_there_and_one_from_standard_input(tmp_path, monkeypatch, run):
    with pytest.raises(CommandError, match=r"none\.csv: No such file or directory\."):
        call_command("agreement", str(tmp_path / "none.csv"))
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(TABLE.encode())))
    out = io.StringIO()
    call_command("agreement", "-", stdout=out)
    assert out.getvalue() == run(TABLE)[0]


def test_latex_is_a_table_that_compiles():
    lines = as_latex(calculate(TABLE, Wanted(coefficients=("krippendorff_alpha",))).results).splitlines()
    assert lines[0] == r"\begin{tabular}{lrrlrrrr}"
    assert lines[2] == r"Coefficient & Value & SE & 95 \% interval & Observed & Expected & Issues & Raters \\"
    assert lines[4] == r"Krippendorff's $\alpha$ & 0.7434 & 0.1455 & [0.4232, 1.0000] & 0.8000 & 0.2205 & 11 & 4 \\"


# The page


@pytest.fixture
def ask(stranger):
    client = Client()
    client.force_login(stranger)

    def ask(**said):
        return client.post(reverse("calculator"), {"weights": "unweighted", "ci": "analytic", "seed": 1, **said})

    return ask


def test_page_needs_no_study_and_shows_the_figures_of_a_pasted_table(ask):
    page = ask(ratings=TABLE)
    assert [row[0] for row in page.context["rows"]][-1] == "Krippendorff's α"
    assert page.context["rows"][-1][1:4] == ("0.7434", "0.1455", "[0.4232, 1.0000]")
    text = page.content.decode()
    assert "Read as wide form: 12 issues, 4 raters, 41 ratings." in text
    assert [kind for kind, _, _ in page.context["copies"]] == ["text", "latex", "csv"]


def test_page_takes_a_file_and_every_option(ask):
    file = SimpleUploadedFile("r.csv", TABLE.encode())
    page = ask(file=file, coefficients=["krippendorff_alpha"], level="ordinal", categories="1,2,3,4,5", ci="none")
    assert [row[:2] for row in page.context["rows"]] == [("Krippendorff's α", "0.8154")]


def test_page_says_that_none_fits_and_reads_one_issue_in_the_singular(ask):
    assert "Read as long form: 1 issue, 2 raters, 2 ratings, 1 of them saying that no code fits." in (
        ask(ratings="unit,rater,code\n1,x,a\n1,y,").content.decode()
    )


@pytest.mark.parametrize(
    ("said", "field", "words"),
    [
        ({"ratings": "x,y\na,b,c"}, "ratings", "Line 2: there are 3 cells where the headings name 2."),
        ({"file": SimpleUploadedFile("r.csv", b"x,y\na,\xff\n")}, "file", "Line 2: the text is not UTF-8"),
        ({"ratings": " "}, "ratings", "Paste a table of ratings, or choose a file."),
        ({"ratings": "x,y\na,a", "seed": ""}, "seed", "This field is required."),
    ],
)
def test_page_says_what_is_wrong_beside_the_field(ask, said, field, words):
    page = ask(**said)
    assert page.context["found"] is None
    assert page.context["form"].errors[field][0].startswith(words)
    assert set(page.context["form"].errors) == {field}


def test_page_refuses_a_file_that_is_too_large(ask, monkeypatch):
    monkeypatch.setattr("analysis.forms.CalculatorForm.MOST_BYTES", 10)
    page = ask(file=SimpleUploadedFile("r.csv", TABLE.encode()))
    assert page.context["form"].errors == {"file": ["The file is larger than 4 MB. Use manage.py agreement."]}


def test_page_is_empty_until_something_is_asked(stranger):
    client = Client()
    client.force_login(stranger)
    page = client.get(reverse("calculator"))
    assert (page.status_code, page.context["found"]) == (200, None)
