"""What a lead fills in for an export, and for a stop rule."""

from django import forms
from django.http import QueryDict

from studies.models import Study
from taxonomy.models import Purpose, Taxonomy
from taxonomy.queries import published_versions


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
        ours = Taxonomy.objects.filter(study=study, kind=Purpose.CODING, versions__number__isnull=False).distinct()
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
