"""Who takes part: the list of members, invitations, roles."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from studies.errors import Conflict, Invalid
from studies.forms import InviteForm
from studies.models import GIVEN_ROLES, Role
from studies.permissions import Access, Permission, open_study
from studies.queries import former_members_of, get_invitation_of, members_of, open_invitations
from studies.services.invitations import invite, withdraw_invitation
from studies.services.placeholders import hand_over
from studies.services.studies import change_role, get_member, remove_member


@require_safe
def members(request: HttpRequest, slug: str) -> HttpResponse:
    return render(request, "studies/members.html", what_is_shown(open_study(request, slug), InviteForm()))


def what_is_shown(access: Access, form: InviteForm) -> dict[str, Any]:
    people = list(members_of(access.study))
    shown: dict[str, Any] = {"people": people, "former": former_members_of(access.study)}
    if access.may(Permission.MANAGE_MEMBERS):
        leads = [member.pk for member in people if member.role == Role.LEAD]
        shown |= {
            "form": form,
            "roles": GIVEN_ROLES,
            "only_lead": leads[0] if len(leads) == 1 else None,
            "invitations": open_invitations(study=access.study).select_related("made_by").order_by("expires_at"),
        }
    return shown


@require_POST
def invitation_new(request: HttpRequest, slug: str) -> HttpResponse:
    """Answers with the page itself: the link is in this answer and is kept nowhere."""
    access = open_study(request, slug, Permission.MANAGE_MEMBERS)
    form = InviteForm(request.POST)
    if not form.is_valid():
        return render(request, "studies/members.html", what_is_shown(access, form))
    invitation, token = invite(study=access.study, by=access.user, **form.cleaned_data)
    made = {"made": invitation, "link": request.build_absolute_uri(reverse("invitation", args=[token]))}
    return render(request, "studies/members.html", what_is_shown(access, InviteForm()) | made)


@require_POST
def member_take_over(request: HttpRequest, slug: str, member_id: int) -> HttpResponse:
    """A link for the person for whom a placeholder stands; it is in this answer and is kept nowhere."""
    access = open_study(request, slug, Permission.MANAGE_MEMBERS)
    member = get_member(access.study, member_id)
    try:
        invitation, token = invite(
            study=access.study, role=Role.RATER, note=str(member.user), takes_over=member, by=access.user
        )
    except Conflict as conflict:
        messages.error(request, str(conflict))
        return redirect("members", slug)
    made = {"made": invitation, "link": request.build_absolute_uri(reverse("invitation", args=[token]))}
    return render(request, "studies/members.html", what_is_shown(access, InviteForm()) | made)


@require_POST
def member_hand_over(request: HttpRequest, slug: str, member_id: int) -> HttpResponse:
    """The person behind a placeholder is a member already."""
    access = open_study(request, slug, Permission.MANAGE_MEMBERS)
    member, wanted = get_member(access.study, member_id), request.POST.get("to", "")
    try:
        to = hand_over(
            placeholder=member, to=get_member(access.study, int(wanted) if wanted.isdecimal() else 0), by=access.user
        )
    except (Conflict, Invalid) as error:
        messages.error(request, " ".join(error.messages) if isinstance(error, Invalid) else str(error))
    else:
        messages.success(request, f"The codings of {member.user} are {to.user}’s now.")
    return redirect("members", slug)


@require_POST
def invitation_withdraw(request: HttpRequest, slug: str, invitation_id: int) -> HttpResponse:
    access = open_study(request, slug, Permission.MANAGE_MEMBERS)
    withdraw_invitation(invitation=get_invitation_of(access.study, invitation_id), by=access.user)
    messages.success(request, "The invitation was withdrawn; its link no longer works.")
    return redirect("members", slug)


@require_POST
def member_change(request: HttpRequest, slug: str, member_id: int) -> HttpResponse:
    access = open_study(request, slug, Permission.MANAGE_MEMBERS)
    member = get_member(access.study, member_id)
    try:
        change_role(membership=member, role=request.POST.get("role", ""), by=access.user)
    except Invalid as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, f"{member.user} is now {member.get_role_display().lower()}.")
    return redirect("members", slug)


@require_POST
def member_remove(request: HttpRequest, slug: str, member_id: int) -> HttpResponse:
    access = open_study(request, slug, Permission.MANAGE_MEMBERS)
    member = get_member(access.study, member_id)
    try:
        remove_member(membership=member, by=access.user)
    except Invalid as error:
        messages.error(request, " ".join(error.messages))
        return redirect("members", slug)
    messages.success(request, f"{member.user} is no longer a member; their codings stay under {member.alias}.")
    return redirect("home") if member.user == access.user else redirect("members", slug)
