"""What a lead fills in for an export, for a stop rule, and to see how many issues a round needs."""

from dataclasses import asdict
from typing import Any

from django import forms
from django.http import QueryDict

from analysis.reports.calculator import INTERVALS, LEVELS, WEIGHTS, Asked
from analysis.stats.coefficients import COEFFICIENTS
from analysis.stats.names import ADJUSTMENTS, LIMITS, NAMES
from analysis.stats.resolution import ENDS, REASONS, STARTS, UNITS, Definition
from studies.models import Study
from taxonomy.models import Purpose, Taxonomy
from taxonomy.queries import published_versions

MOST_BYTES = 5_000_000


class ExportForm(forms.Form):
    """Which taxonomy's labels, and whether people are named."""

    real_names = forms.BooleanField(
        required=False,
        label="Name the raters",
        help_text="Otherwise they are given by their aliases, such as rater-1. Memos are given as typed in both cases.",
    )
    field_order = ["taxonomy", "as_of", "real_names"]

    def __init__(self, study: Study, data: QueryDict | None = None) -> None:
        super().__init__(data)
        ours = Taxonomy.objects.filter(study=study, versions__number__isnull=False).distinct()
        ours = ours.exclude(kind=Purpose.PUBLISHED)
        self.fields["taxonomy"] = forms.ModelChoiceField(
            queryset=ours.order_by("name"),
            empty_label=None,
            help_text="The labels and codings of all its versions.",
        )
        self.fields["as_of"] = forms.ModelChoiceField(
            queryset=published_versions(study),
            required=False,
            label="Read as of",
            empty_label="the version each was given under",
            help_text="What was given under earlier versions is carried forward; what cannot be is marked.",
        )
        self.order_fields(self.field_order)


class StopRuleForm(forms.Form):
    base = forms.IntegerField(
        label="Base", min_value=1, max_value=1_000_000, help_text="Issues coded before it counts."
    )
    run = forms.IntegerField(label="Run", min_value=1, max_value=1_000_000, help_text="Issues in a row to look at.")
    threshold_percent = forms.FloatField(
        label="New codes at most, % of those of the base",
        min_value=0,
        max_value=99.9,
        help_text="0: no new code in the run. Guest, Namey and Chen use 0 and 5.",
    )


class FilledForm(forms.Form):
    """What is not given has its usual value, so that a page has an answer from the start."""

    def __init__(self, data: QueryDict) -> None:
        filled = data.copy()
        for name, field in self.base_fields.items():
            if name not in filled and field.initial is not None:
                filled[name] = str(field.initial)
        super().__init__(filled)


def percent(label: str, initial: float, help_text: str = "") -> forms.FloatField:
    return forms.FloatField(label=label, min_value=0.1, max_value=99.9, initial=initial, help_text=help_text)


class ShareSizeForm(FilledForm):
    margin = percent("Margin, ± %", 5, "A share of 30 % would be told as 30 % ± this.")
    confidence = percent("Confidence, %", 95)
    share = percent("Expected share, %", 50, "50 % needs the most; leave it when nothing is known.")
    population = forms.IntegerField(
        label="Issues to draw from",
        min_value=1,
        max_value=10**9,
        required=False,
        help_text="Left empty, as many as you like.",
    )


class KappaSizeForm(FilledForm):
    kappa = forms.FloatField(label="Expected κ", min_value=0, max_value=0.99, initial=0.7)
    prevalence = percent("How often the code is used, %", 20, "By each of the two raters. Rare codes need the most.")
    half_width = forms.FloatField(
        label="Half the interval's width",
        min_value=0.01,
        max_value=0.99,
        initial=0.1,
        help_text="0.1: an interval of about κ ± 0.1.",
    )
    confidence = percent("Confidence, %", 95)


class CompareForm(forms.Form):
    """A table of durations, its columns, and what is asked of it."""

    table = forms.CharField(
        required=False,
        label="Paste a table",
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false"}),
        help_text="A line of heads, then a line an observation; commas, semicolons or tabs between.",
    )
    file = forms.FileField(required=False, label="Or a file", help_text="CSV in UTF-8, at most 20,000 lines.")
    value = forms.CharField(label="Column of durations", initial="days", max_length=200)
    group = forms.CharField(label="Column of groups", initial="label", max_length=200)
    event = forms.CharField(
        label="Column that says closed or open",
        required=False,
        max_length=200,
        help_text="Of an open one the duration is the time until the data were collected. Without it all are closed.",
    )
    block = forms.CharField(
        label="Column of strata", required=False, max_length=200, help_text="Such as the repository; for tests within."
    )
    tests = forms.MultipleChoiceField(
        label="Tests",
        required=False,
        choices=[*NAMES.items()],
        widget=forms.CheckboxSelectMultiple,
        help_text="None chosen: those that are usual for so many groups.",
    )
    adjust = forms.ChoiceField(label="Adjust p over pairs", choices=[*ADJUSTMENTS.items()], initial="holm")
    limits = forms.ChoiceField(label="Limits of Kaplan–Meier", choices=[*LIMITS.items()], initial="log")

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or {}
        if not said.get("table", "").strip() and not said.get("file"):
            self.add_error("table", "Paste a table or choose a file.")
        if said.get("file") and said["file"].size > MOST_BYTES:
            self.add_error("file", "The file has more than 5 MB. Use manage.py compare.")
        return said


class DefinitionForm(forms.Form):
    """What resolution time means in this study."""

    start = forms.ChoiceField(label="From", choices=[*STARTS.items()])
    end = forms.ChoiceField(label="To", choices=[*ENDS.items()])
    reasons = forms.MultipleChoiceField(
        label="What counts as resolved",
        choices=[(reason, f"closed, {words}") for reason, words in REASONS.items()],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choose at least one reason that counts as resolved."},
        help_text="An issue that was closed otherwise is followed until that close and counts as not resolved there.",
    )
    bots = forms.BooleanField(required=False, label="Closes by bots count")
    stale = forms.BooleanField(
        required=False,
        label="Closes of stale issues by bots count",
        help_text="A bot closed it while a label with “stale” was on it, or the bot is named so.",
    )
    unit = forms.ChoiceField(choices=[(unit, unit) for unit in UNITS])
    zone = forms.CharField(
        label="Time zone of dates",
        max_length=60,
        help_text="Such as Europe/Berlin, for the dates beside the figures. A duration is the same in every zone.",
    )

    @classmethod
    def showing(cls, definition: Definition) -> "DefinitionForm":
        return cls(initial=asdict(definition))

    def definition(self) -> Definition:
        said = self.cleaned_data
        return Definition(**{**said, "reasons": tuple(said["reasons"])})


def _named(names: tuple[str, ...]) -> list[tuple[str, str]]:
    return [(name, name) for name in names]


class CalculatorForm(forms.Form):
    """A table of ratings from anywhere, and what to compute of it."""

    MOST_BYTES = 4 * 2**20

    ratings = forms.CharField(
        required=False,
        max_length=MOST_BYTES,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 12, "class": "mono", "spellcheck": "false"}),
        help_text="unit,rater,code in each line, or a column for each rater. Several codes: a|b.",
    )
    file = forms.FileField(required=False, label="Or a CSV file", help_text="UTF-8, at most 4 MB.")
    coefficients = forms.MultipleChoiceField(
        required=False,
        choices=[(name, coefficient.label) for name, coefficient in COEFFICIENTS.items()],
        widget=forms.CheckboxSelectMultiple,
        help_text="None chosen: all that the number of raters and the weights allow.",
    )
    weights = forms.ChoiceField(choices=_named(WEIGHTS), help_text="Of all but Randolph’s κ; by rank on the scale.")
    level = forms.ChoiceField(
        required=False,
        choices=[("", "as the weights say"), *_named(LEVELS)],
        label="Level of measurement",
        help_text="Of Krippendorff’s α. For several codes a rating: jaccard or masi.",
    )
    categories = forms.CharField(
        required=False,
        max_length=100_000,
        help_text="The whole scale in its order, as in 1,2,3,4,5.",
    )
    ci = forms.ChoiceField(choices=_named(INTERVALS), label="95 % interval")
    seed = forms.IntegerField(initial=1, min_value=0, max_value=2**31 - 1, help_text="Of the bootstrap, 10,000 draws.")

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        file = said.get("file")
        if file and file.size > self.MOST_BYTES:
            self.add_error(
                "file",
                "The file is larger than 4 MB. Use manage.py agreement.",
            )
        if "ratings" in said and not file and not said["ratings"].strip() and not self.errors:
            self.add_error("ratings", "Paste a table of ratings, or choose a file.")
        return said

    def asked(self) -> Asked:
        said = self.cleaned_data
        return Asked(
            coefficients=tuple(said["coefficients"]),
            weights=said["weights"],
            level=said["level"] or None,
            categories=said["categories"],
            ci=said["ci"],
            seed=said["seed"],
        )
