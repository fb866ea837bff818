"""What a lead fills in for an export."""

from django import forms
from django.http import QueryDict

from studies.models import Study
from taxonomy.models import Purpose, Taxonomy


class ExportForm(forms.Form):
    """Which taxonomy's labels, and whether people are named."""

    real_names = forms.BooleanField(
        required=False,
        label="Name the raters",
        help_text="Otherwise they are given by their aliases, such as rater-1. Memos are given as typed in both cases.",
    )
    field_order = ["taxonomy", "real_names"]

    def __init__(self, study: Study, data: QueryDict | None = None) -> None:
        super().__init__(data)
        ours = Taxonomy.objects.filter(study=study, kind=Purpose.CODING, versions__number__isnull=False).distinct()
        self.fields["taxonomy"] = forms.ModelChoiceField(
            queryset=ours.order_by("name"),
            empty_label=None,
            help_text="The labels and codings of all its versions.",
        )
        self.order_fields(self.field_order)
