"""Studies, members and roles as the services leave them."""

import pytest

from studies.errors import Invalid, NotThere, Refused
from studies.models import Event, Membership, Role, Study
from studies.permissions import ROLE_PERMISSIONS, Permission, get_access_for, may
from studies.services.studies import (
    add_member,
    change_role,
    create_study,
    get_member,
    remove_member,
    update_study,
)
from tests import factories


def test_who_makes_a_study_leads_it(stranger):
    study = create_study(title=" Reuse of models ", question=" Why? ", by=stranger)
    assert (study.title, study.question, study.slug) == ("Reuse of models", "Why?", "reuse-of-models")
    assert list(study.memberships.values_list("user", "role", "alias")) == [(stranger.pk, "lead", "lead-1")]
    assert list(study.events.values_list("verb", "target")) == [("created", "study Reuse of models")]


def test_study_without_a_title_is_refused(stranger):
    with pytest.raises(Invalid, match="needs a title"):
        create_study(title=" ", by=stranger)
    assert not Study.objects.exists()


def test_slugs_are_told_apart_and_leave_the_address_of_a_new_study_alone(stranger):
    slugs = [create_study(title=title, by=stranger).slug for title in ("Reuse", "Reuse!", "REUSE", "New", "模型")]
    assert slugs == ["reuse", "reuse-2", "reuse-3", "new-2", "study"]


def test_aliases_count_by_role_and_stay_through_roles_and_absence(study, members, stranger):
    change_role(membership=members["rater_a"], role=Role.OBSERVER, by=members["lead"].user)
    assert add_member(study=study, user=stranger, role=Role.RATER).alias == "rater-3"
    remove_member(membership=members["rater_b"], by=members["lead"].user)
    back = add_member(study=study, user=members["rater_b"].user, role=Role.OBSERVER)
    assert (back.pk, back.alias, back.role, back.left_at) == (members["rater_b"].pk, "rater-2", "observer", None)
    assert dict(study.memberships.values_list("alias", "role")) == {
        "lead-1": "lead", "rater-1": "observer", "rater-2": "observer", "observer-1": "observer", "rater-3": "rater",
    }  # fmt: skip


def test_settings_change_and_tell(study, lead):
    update_study(study=study, title="Other", question="What?", by=lead)
    with pytest.raises(Invalid):
        update_study(study=study, title="", question="", by=lead)
    assert Study.objects.values_list("title", "question", "slug").get() == ("Other", "What?", "model-reuse")
    assert study.events.get().data == {"question": "What?"}


def test_last_lead_stays(study, members):
    lead = members["lead"]
    for leave in (lambda: change_role(membership=lead, role=Role.RATER, by=lead.user),
                  lambda: remove_member(membership=lead, by=lead.user)):  # fmt: skip
        with pytest.raises(Invalid, match="keeps at least one lead"):
            leave()
    assert Membership.objects.get(pk=lead.pk).role == Role.LEAD
    assert not Event.objects.exists()


def test_lead_may_go_once_there_is_another(study, members):
    lead = members["lead"]
    change_role(membership=members["rater_a"], role=Role.LEAD, by=lead.user)
    remove_member(membership=lead, by=lead.user)
    with pytest.raises(NotThere):
        get_access_for(lead.user, study.slug)
    with pytest.raises(NotThere):
        get_member(study, lead.pk)


def test_role_that_stays_leaves_no_event(study, members):
    change_role(membership=members["lead"], role=Role.LEAD, by=members["lead"].user)
    assert not Event.objects.exists()


def test_unknown_role_is_refused(study, members):
    with pytest.raises(Invalid, match="king is not a role"):
        change_role(membership=members["rater_a"], role="king", by=members["lead"].user)
    assert Membership.objects.get(pk=members["rater_a"].pk).role == Role.RATER


@pytest.mark.parametrize("person", ["rater_a", "observer"])
def test_only_leads_manage(person, study, members):
    by = members[person].user
    for act in (
        lambda: update_study(study=study, title="Mine", question="", by=by),
        lambda: change_role(membership=members["rater_b"], role=Role.LEAD, by=by),
        lambda: remove_member(membership=members["rater_b"], by=by),
    ):
        with pytest.raises(Refused, match="Only a lead may"):
            act()
    assert not Event.objects.exists()


def test_members_of_other_studies_are_not_found(study, members, stranger):
    other = factories.member(factories.study("Other", "other"), stranger, Role.LEAD)
    with pytest.raises(NotThere):
        get_member(study, other.pk)
    with pytest.raises(NotThere):
        remove_member(membership=members["rater_b"], by=stranger)


def test_permissions_are_those_of_the_role_until_the_member_leaves(study, members):
    assert {role: {p for p in Permission if may(members[name], p)} for role, name in
            (("lead", "lead"), ("rater", "rater_a"), ("observer", "observer"))} == {
        "lead": set(Permission),
        "rater": {Permission.VIEW_STUDY, Permission.CODE_ISSUES},
        "observer": {Permission.VIEW_STUDY},
    }  # fmt: skip
    assert set(ROLE_PERMISSIONS) == set(Role.values)
    members["rater_a"].left_at = factories.NOW
    assert not may(members["rater_a"], Permission.VIEW_STUDY)
