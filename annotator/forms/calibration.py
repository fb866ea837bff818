"""The shape of a calibration's target and of a gold answer."""

from typing import Any

from django import forms

from annotator.forms import CodesField
from annotator.services.calibration import Against, Measure


class TargetForm(forms.Form):
    against = forms.ChoiceField(label="Judged by", choices=Against, widget=forms.RadioSelect, initial=Against.GOLD)
    measure = forms.ChoiceField(
        label="Measured by",
        choices=Measure,
        widget=forms.RadioSelect,
        initial=Measure.SHARE,
        help_text="The coefficient is Cohen’s κ of each rater with the gold answers, or Krippendorff’s α of all.",
    )
    threshold = forms.FloatField(
        label="At least", min_value=0, help_text="Percent right, such as 80, or a coefficient, such as 0.8."
    )
    at_once = forms.BooleanField(
        label="Raters see the gold answer when they have submitted theirs",
        required=False,
        help_text="To learn from; their answer stays as it was then. Otherwise when the round is closed.",
    )


class GoldForm(forms.Form):
    """`answer` as on the coding screen; without an outcome the gold answer is taken back."""

    outcome = forms.CharField(required=False)
    codes = CodesField(required=False)
    reason = forms.CharField(required=False)
    seen = forms.IntegerField(min_value=0)

    def asked(self) -> dict[str, Any]:
        return dict(self.cleaned_data)
