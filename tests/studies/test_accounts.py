"""Accounts as the services leave them."""

import pytest

from studies.errors import Invalid, NotThere
from studies.models import Event, User
from studies.services.accounts import (
    change_password,
    create_account,
    create_first_account,
    first_account_token,
    rename_account,
)

GOOD = "a quiet sentence of mine"


def test_account_is_kept_in_lower_case_and_can_be_found_in_any(db):
    made = create_account(email=" Ada@Example.ORG ", name=" Ada ", password=GOOD)
    assert (made.email, made.name, made.is_staff, made.check_password(GOOD)) == ("ada@example.org", "Ada", False, True)
    assert User.objects.get_by_natural_key("ADA@example.org") == made


def test_address_that_has_an_account_is_refused_in_any_case(lead):
    with pytest.raises(Invalid) as refused:
        create_account(email="LEAD@example.org", name="Another", password=GOOD)
    assert refused.value.message_dict == {"email": ["This address has an account. Sign in with it instead."]}
    assert User.objects.count() == 1


@pytest.mark.parametrize("weak", ["short", "password123", "ada@example.org"])
def test_weak_password_is_refused_beside_its_field(weak, db):
    with pytest.raises(Invalid) as refused:
        create_account(email="ada@example.org", name="Ada", password=weak)
    assert set(refused.value.message_dict) == {"password"}
    assert not User.objects.exists()


def test_first_account_is_made_once(db):
    token = first_account_token()
    made = create_first_account(token=token, email="ada@example.org", name="Ada", password=GOOD)
    assert made.is_staff
    assert first_account_token() is None
    with pytest.raises(NotThere, match="has done its work"):
        create_first_account(token=token, email="eve@example.org", name="Eve", password=GOOD)
    assert set(User.objects.values_list("email", flat=True)) == {"ada@example.org"}


def test_first_account_needs_a_link_of_ours(db):
    with pytest.raises(NotThere, match="not valid"):
        create_first_account(token="made-up", email="eve@example.org", name="Eve", password=GOOD)
    assert not User.objects.exists()


def test_changed_password_replaces_the_old_one(lead):
    change_password(user=lead, password=GOOD)
    lead.refresh_from_db()
    assert lead.check_password(GOOD)
    assert list(Event.objects.values_list("verb", "target")) == [("changed the password of", "lead@example.org")]


def test_weak_new_password_leaves_the_old_one(lead):
    with pytest.raises(Invalid):
        change_password(user=lead, password="short")
    assert User.objects.get(pk=lead.pk).check_password("correct horse battery")


def test_name_changes_but_is_never_empty(lead):
    rename_account(user=lead, name=" Ada ")
    with pytest.raises(Invalid):
        rename_account(user=lead, name="  ")
    assert User.objects.get(pk=lead.pk).name == "Ada"
