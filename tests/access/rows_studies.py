"""Who gets what in the room of studies."""

from tests import factories
from tests.access import (
    API_MEMBERS_ONLY,
    EVERYONE_SIGNED_IN,
    LEAD_ONLY,
    LEAD_ONLY_WRITE,
    MEMBERS_ONLY,
    SIGN_IN,
    Row,
    page,
)

NO_STUDY = {"kwargs": lambda world: {}}
NEW_PASSWORD = {
    "old_password": factories.PASSWORD,
    "password": "a quiet sentence of mine",
    "password_again": "a quiet sentence of mine",
}


def invitation(world):
    return {"token": world.token}


def rater_b(world):
    return {"slug": world.study.slug, "member_id": world.members["rater_b"].pk}


def open_invitation(world):
    return {"slug": world.study.slug, "invitation_id": world.invitation.pk}


ROWS = [
    Row("sign_in", page(200, 302, 302, 302, 302), why="who is signed in goes on", **NO_STUDY),
    Row("sign_out", page(SIGN_IN, *["sign in"] * 4), method="post", why="leads to the sign-in page", **NO_STUDY),
    Row("account", EVERYONE_SIGNED_IN, **NO_STUDY),
    Row("account", page(SIGN_IN, 302, 302, 302, 302), method="post", data=lambda world: {"name": "Ada"}, **NO_STUDY),
    Row("password_change", EVERYONE_SIGNED_IN, **NO_STUDY),
    Row(
        "password_change",
        page(SIGN_IN, 302, 302, 302, 302),
        method="post",
        data=lambda world: NEW_PASSWORD,
        **NO_STUDY,
    ),
    Row(
        "first_account",
        page(404, 404, 404, 404, 404),
        kwargs=lambda world: {"token": "whatever"},
        why="an account exists",
    ),
    Row("invitation", page(200, 200, 200, 200, 200), kwargs=invitation),
    Row("invitation", page(200, 302, 302, 302, 302), method="post", kwargs=invitation, why="nobody needs an account"),
    Row("study_new", EVERYONE_SIGNED_IN, **NO_STUDY),
    Row("study_new", page(SIGN_IN, 302, 302, 302, 302), method="post", data=lambda w: {"title": "Another"}, **NO_STUDY),
    Row("members", MEMBERS_ONLY),
    Row("member_change", LEAD_ONLY_WRITE, method="post", kwargs=rater_b, data=lambda world: {"role": "observer"}),
    Row("member_remove", LEAD_ONLY_WRITE, method="post", kwargs=rater_b),
    Row(
        "invitation_new",
        LEAD_ONLY,
        method="post",
        data=lambda world: {"role": "rater"},
        why="the link is in the answer",
    ),
    Row(
        "member_take_over",
        page(SIGN_IN, 404, 403, 403, 302),
        method="post",
        kwargs=rater_b,
        why="a person is no placeholder",
    ),
    Row("member_hand_over", page(SIGN_IN, 404, 403, 403, 404), method="post", kwargs=rater_b, why="to nobody"),
    Row("invitation_withdraw", LEAD_ONLY_WRITE, method="post", kwargs=open_invitation),
    Row("study_settings", LEAD_ONLY),
    Row("study_settings", LEAD_ONLY_WRITE, method="post", data=lambda world: {"title": "Reuse"}),
    Row("activity", MEMBERS_ONLY),
    Row("api-studies", page(403, 200, 200, 200, 200), **NO_STUDY),
    Row("api-study", API_MEMBERS_ONLY),
    Row("api-members", API_MEMBERS_ONLY),
]
