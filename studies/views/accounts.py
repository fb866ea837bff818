"""Signing in and out, the account page, the first account, and the page behind an invitation's link."""

from django.contrib import messages
from django.contrib.auth import login, update_session_auth_hash
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from studies.errors import Conflict, Invalid, NotThere
from studies.forms import NameForm, NewAccountForm, PasswordForm, SignInForm
from studies.models import Invitation, User
from studies.permissions import person
from studies.queries import memberships_for
from studies.services.accounts import change_password, check_first_account_token, create_first_account, rename_account
from studies.services.invitations import accept_invitation, accept_with_new_account, get_open_invitation

BACKEND = "django.contrib.auth.backends.ModelBackend"

sign_in = LoginView.as_view(
    template_name="studies/sign_in.html", authentication_form=SignInForm, redirect_authenticated_user=True
)
page = require_http_methods(["GET", "HEAD", "POST"])


@page
def account(request: HttpRequest) -> HttpResponse:
    user = person(request)
    form = NameForm(request.POST or None, initial={"name": user.name})
    if request.method == "POST" and form.is_valid():
        rename_account(user=user, name=form.cleaned_data["name"])
        messages.success(request, "Your name was changed.")
        return redirect("account")
    return render(request, "studies/account.html", {"form": form, "memberships": memberships_for(user)})


@sensitive_post_parameters()
@page
def password_change(request: HttpRequest) -> HttpResponse:
    user = person(request)
    form = PasswordForm(request.POST or None, user=user)
    if request.method == "POST" and form.is_valid():
        try:
            change_password(user=user, password=form.cleaned_data["password"])
        except Invalid as error:
            form.add_error(None, error)
        else:
            update_session_auth_hash(request, user)
            messages.success(request, "Your password was changed. Other computers are signed out.")
            return redirect("account")
    return render(request, "studies/password_change.html", {"form": form})


@login_not_required
@never_cache
@sensitive_post_parameters()
@page
def first_account(request: HttpRequest, token: str) -> HttpResponse:
    try:
        check_first_account_token(token)
    except NotThere as error:
        return link_invalid(request, error)
    form = NewAccountForm(request.POST or None)
    if form.is_valid():
        try:
            user = create_first_account(token=token, **account_fields(form))
        except Invalid as error:
            form.add_error(None, error)
        else:
            login(request, user, backend=BACKEND)
            return redirect("home")
    return render(request, "studies/first_account.html", {"form": form})


def link_invalid(request: HttpRequest, error: NotThere) -> HttpResponse:
    return render(request, "studies/link_invalid.html", {"reason": str(error)}, status=404)


def account_fields(form: NewAccountForm) -> dict[str, str]:
    return {name: form.cleaned_data[name] for name in ("email", "name", "password")}


@login_not_required
@never_cache
@sensitive_post_parameters()
@page
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Behind the link: who is signed in joins; who is not makes an account here, or signs in and comes back."""
    try:
        invited = get_open_invitation(token)
        return (join if isinstance(request.user, User) else join_with_new_account)(request, token, invited)
    except NotThere as error:
        return link_invalid(request, error)


def join(request: HttpRequest, token: str, invited: Invitation) -> HttpResponse:
    if request.method != "POST":
        already = memberships_for(person(request)).filter(study=invited.study).first()
        return render(request, "studies/invitation_join.html", {"invitation": invited, "already": already})
    try:
        accept_invitation(token=token, by=person(request))
    except Conflict as error:
        messages.info(request, str(error))
    return redirect("study", invited.study.slug)


def join_with_new_account(request: HttpRequest, token: str, invited: Invitation) -> HttpResponse:
    form = NewAccountForm(request.POST or None)
    if form.is_valid():
        try:
            user = accept_with_new_account(token=token, **account_fields(form))
        except Invalid as error:
            form.add_error(None, error)
        else:
            login(request, user, backend=BACKEND)
            return redirect("study", invited.study.slug)
    return render(request, "studies/invitation.html", {"form": form, "invitation": invited})
