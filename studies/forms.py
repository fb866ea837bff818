"""What people type on the pages of this room: its shape. What it means is decided by the services."""

from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm

from studies.models import GIVEN_ROLES, Role

WHAT_ROLES_DO = (
    "A lead runs the study, a rater codes issues, an observer reads what is open to all. It can be changed later."
)


class SignInForm(AuthenticationForm):
    username = forms.EmailField(
        label="E-mail", widget=forms.EmailInput(attrs={"autocomplete": "username", "autofocus": True})
    )
    error_messages = {"invalid_login": "E-mail and password do not match."}


def new_password(label: str, help_text: str = "") -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=help_text,
        max_length=128,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )


class TwicePassword(forms.Form):
    """A password typed twice, because there is no way to look at it."""

    password = new_password("Password", "At least 8 characters, and not one that is easily guessed.")
    password_again = new_password("The same password again")

    field_order = ["email", "name", "old_password", "password", "password_again"]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("password") and given.get("password_again") and given["password"] != given["password_again"]:
            self.add_error("password_again", "The two passwords differ. Type the same one twice.")
        return given


class NewAccountForm(TwicePassword):
    email = forms.EmailField(
        label="E-mail",
        help_text="You sign in with it. A lead may send you reminders, if this installation sends mail.",
        widget=forms.EmailInput(attrs={"autocomplete": "username"}),
    )
    name = forms.CharField(
        label="Name",
        max_length=120,
        help_text="As the others in a study know you. Exports show an alias instead.",
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )


class PasswordForm(TwicePassword):
    old_password = forms.CharField(
        label="Password so far",
        max_length=128,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        self.fields["password"].label = "New password"
        self.fields["password_again"].label = "The new password again"

    def clean_old_password(self) -> str:
        old: str = self.cleaned_data["old_password"]
        if not self.user.check_password(old):
            raise forms.ValidationError("This is not your password. Nothing was changed.")
        return old


class NameForm(forms.Form):
    name = forms.CharField(label="Name", max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"}))


class StudyForm(forms.Form):
    title = forms.CharField(max_length=200)
    question = forms.CharField(
        label="Research question",
        required=False,
        help_text="What the labelled issues shall answer. Raters read it before they code.",
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class SettingsForm(StudyForm):
    times_coding = forms.BooleanField(
        label="Measure the time on task",
        required=False,
        help_text="The coding screen counts the seconds that a rater works at an issue, not while its tab is hidden "
        "or nothing happens for a minute, and says so. You see medians by rater.",
    )


class InviteForm(forms.Form):
    role = forms.ChoiceField(choices=GIVEN_ROLES, initial=Role.RATER, help_text=WHAT_ROLES_DO)
    note = forms.CharField(
        label="For whom", max_length=120, required=False, help_text="A note for you, to tell open invitations apart."
    )
