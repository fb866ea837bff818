"""The shape of a new round: what is coded, how the issues are chosen, who codes which."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.http import QueryDict

from annotator.forms.choices import coders_of, versions_of
from annotator.models import Allocation, Each, Method, Round, StratifiedBy
from annotator.queries.rounds import rounds_in_order
from annotator.services.dealing import Design
from annotator.services.planning import Way
from annotator.services.repeats import LONGEST, Again
from annotator.states import Kind
from corpus.frames import frames_of
from corpus.models import Frame
from studies.models import Membership, Study
from taxonomy.models import Version


class RaterField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]
    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.user} ({obj.alias})"


class FrameField(forms.ModelChoiceField):  # type: ignore[type-arg]
    def label_from_instance(self, obj: Any) -> str:
        return f"{obj} ({obj.counted:,})"


class NumbersField(forms.CharField):
    """Lines of `name: number`, as a dictionary."""

    widget = forms.Textarea(attrs={"rows": 3})

    def clean(self, value: Any) -> dict[str, int]:
        lines = [line.strip() for line in str(super().clean(value)).splitlines() if line.strip()]
        return dict(self.pair(line) for line in lines)

    def pair(self, line: str) -> tuple[str, int]:
        name, _, number = line.rpartition(":")
        if not name.strip() or not number.strip().isdecimal() or len(number) > 9:
            raise forms.ValidationError(f"“{line}” is not a name, a colon and a whole number.")
        return name.strip(), int(number)


class RoundForm(forms.Form):
    kind = forms.ChoiceField(
        choices=[
            (Kind.CODING, "coding"),
            (Kind.CALIBRATION, "calibration: learn the codes together"),
            (Kind.OPEN, "open coding: raters propose the codes that are missing"),
            (Kind.SCREENING, "screening: does the issue belong to the study?"),
        ],
        widget=forms.RadioSelect,
        initial=Kind.CODING,
    )
    version = forms.ModelChoiceField(
        Version.objects.none(),
        label="Taxonomy",
        empty_label=None,
        help_text="Only published versions can be coded with. Screening takes a taxonomy of criteria.",
    )
    several_codes = forms.TypedChoiceField(
        label="Codes an issue",
        choices=[("several", "several"), ("one", "one")],
        coerce=lambda value: value == "several",
        widget=forms.RadioSelect,
        initial="several",
        help_text="A version that takes one code an issue is coded with one.",
    )
    allows_proposals = forms.BooleanField(
        label="Raters may propose codes",
        required=False,
        help_text="In open coding they always may. Proposals stay their author's until the round is closed.",
    )
    settles_unanimous = forms.BooleanField(
        label="Decide what is unanimous when the round is closed",
        required=False,
        help_text="Two or more raters gave the same answer and nobody another. Otherwise the lead settles them.",
    )
    frame = FrameField(
        Frame.objects.none(),
        label="Draw from",
        required=False,
        empty_label="the whole corpus",
        help_text="The first draw freezes a frame: its list of issues is kept and does not change.",
    )
    without_coded = forms.BooleanField(
        label="Without issues that somebody has coded",
        required=False,
        help_text="In a screening round: without those that somebody has screened.",
    )
    screened_in = forms.BooleanField(
        label="Only issues that were screened in",
        required=False,
        help_text="By the latest decision of a closed screening round.",
    )
    method = forms.ChoiceField(
        label="How the issues are chosen",
        choices=Method,
        widget=forms.RadioSelect,
        initial=Method.SIMPLE,
        required=False,
    )
    size = forms.IntegerField(label="Issues to draw", min_value=1, required=False)
    stratify_by = forms.ChoiceField(
        label="Strata by",
        choices=StratifiedBy,
        required=False,
        help_text="An issue with several labels belongs to its commonest one.",
    )
    allocation = forms.ChoiceField(
        label="From each stratum",
        choices=Allocation,
        required=False,
        help_text="In proportion by largest remainder, so that the numbers add up.",
    )
    minimum_one = forms.BooleanField(label="At least one from each stratum", required=False)
    sizes = NumbersField(
        required=False, label="Given sizes", help_text="One stratum a line, as in owner/name: 20 or 2024: 15."
    )
    after: Any = forms.ModelChoiceField(
        Round.objects.none(),
        label="Whose order goes on",
        required=False,
        help_text="The next issues in the random order of an earlier draw, as if that draw had been larger.",
    )
    listed = forms.CharField(
        label="The issues",
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text="owner/name#number, addresses, or numbers where the study has one repository.",
    )
    seed = forms.IntegerField(
        required=False,
        min_value=0,
        help_text="The same seed on the same corpus or frame draws the same issues. Left empty, one is made.",
    )
    raters = RaterField(
        Membership.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choose at least one rater."},
        help_text="Each meets the issues in an order of their own.",
    )
    each = forms.ChoiceField(
        label="Who codes an issue", choices=Each, widget=forms.RadioSelect, initial=Each.EVERY, required=False
    )
    k = forms.IntegerField(label="Raters an issue", min_value=1, required=False, initial=2)
    overlap = forms.IntegerField(
        label="Coded by all, %",
        min_value=0,
        max_value=100,
        required=False,
        initial=20,
        help_text="Agreement is measured on these; the rest is coded once.",
    )
    capacities = NumbersField(
        required=False,
        label="The most that a rater takes",
        help_text="One rater a line, by alias, as in rater-1: 60. Who is not named takes any number.",
    )

    again = forms.CharField(
        label="Issues that come again, hidden",
        required=False,
        max_length=10,
        help_text="A number a rater, or a share of their issues such as 10 %: what they coded some time ago comes "
        "again, unmarked among the others, so that you see how far they agree with themselves. Left empty, none.",
    )
    again_days = forms.IntegerField(
        label="Coded at least so many days ago", min_value=1, max_value=LONGEST, initial=Again.days, required=False
    )

    WHAT = ("kind", "version", "several_codes", "allows_proposals", "settles_unanimous")
    WHICH = (
        "frame", "screened_in", "without_coded", "method", "size", "stratify_by", "allocation", "minimum_one", "sizes",
        "after", "listed", "seed",
    )  # fmt: skip
    WHO = ("raters", "each", "k", "overlap", "capacities", "again", "again_days")
    # May be left empty; of the others those that the method and the design ask for must be given.
    OPTIONAL = ("seed", "capacities", "again")

    def __init__(
        self, data: QueryDict | None, *, study: Study, available: int, start: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(data, initial=dict(start or {}))
        for name, field in self.fields.items():
            field.asked = name not in self.OPTIONAL  # type: ignore[attr-defined]  # read by the template
        self.choose_from("version", versions_of(study))
        self.choose_from("raters", coders_of(study))
        self.choose_from("frame", frames_of(study))
        self.choose_from("after", rounds_in_order(study))
        self.fields["size"].help_text = f"The corpus has {available:,}."

    def choose_from(self, name: str, rows: Any) -> None:
        field: Any = self.fields[name]
        field.queryset = rows

    @property
    def fieldsets(self) -> list[tuple[str, list[forms.BoundField]]]:
        parts = (("What is coded", self.WHAT), ("Which issues", self.WHICH), ("Who codes them", self.WHO))
        return [(legend, [self[name] for name in names]) for legend, names in parts]

    def clean(self) -> dict[str, Any]:
        """What plays no part is hidden on the page: it neither counts nor is it refused."""
        said = self.cleaned_data
        for name in unused(said.get("method"), said.get("allocation"), said.get("each")):
            self.errors.pop(name, None)
            said[name] = EMPTY.get(name)
        return said

    def clean_capacities(self) -> dict[str, int]:
        capacities: dict[str, int] = self.cleaned_data["capacities"]
        chosen = [rater.alias for rater in self.cleaned_data.get("raters", ())]
        if unknown := [alias for alias in capacities if alias not in chosen]:
            raise forms.ValidationError(f"Not among the raters of this round: {', '.join(unknown)}.")
        return capacities

    def asked(self) -> dict[str, Any]:
        """What `draft_round` takes."""
        said = dict(self.cleaned_data)
        method = said.pop("method") or Method.SIMPLE
        way = {name: said.pop(name) for name in ("minimum_one", "sizes", "after", "listed")}
        named = {name: given for name in ("stratify_by", "allocation") if (given := said.pop(name))}
        design = {name: given for name in ("each", "k", "overlap") if (given := said.pop(name)) not in ("", None)}
        capacities = said.pop("capacities")
        said["again"] = Again.read(said["again"], said.pop("again_days"))
        return {**said, "way": Way(method, **way, **named), "design": Design(**design, capacities=capacities)}

    def keep_seed(self, seed: int) -> None:
        """Show the form again with the seed that was made for it."""
        data = QueryDict(mutable=True)
        data.update(self.data)
        data["seed"] = str(seed)
        self.data = data


EMPTY: dict[str, Any] = {"sizes": {}, "listed": "", "capacities": {}, "minimum_one": False}


def unused(method: str | None, allocation: str | None, each: str | None) -> list[str]:
    """Fields that play no part in so chosen a round; the style sheet hides the same ones."""
    stratified = method == Method.STRATIFIED
    given = stratified and allocation == Allocation.GIVEN
    plays = {
        "size": method not in (Method.ALL, Method.LISTED) and not given,
        "stratify_by": stratified,
        "allocation": stratified,
        "minimum_one": stratified and allocation in ("", Allocation.PROPORTIONAL),
        "sizes": given,
        "listed": method == Method.LISTED,
        "after": method == Method.NEXT,
        "frame": method != Method.NEXT,
        "seed": method != Method.NEXT,
        "k": each in (Each.SOME, Each.POOL),
        "overlap": each == Each.OVERLAP,
        "capacities": each in (Each.SOME, Each.OVERLAP, Each.POOL),
    }
    return [name for name, part in plays.items() if not part]
