from django.contrib.auth.views import LogoutView
from django.urls import path

from studies.views import accounts, members, studies

urlpatterns = [
    path("sign-in/", accounts.sign_in, name="sign_in"),
    path("sign-out/", LogoutView.as_view(), name="sign_out"),
    path("account/", accounts.account, name="account"),
    path("account/password/", accounts.password_change, name="password_change"),
    path("welcome/<str:token>/", accounts.first_account, name="first_account"),
    path("invitations/<str:token>/", accounts.invitation, name="invitation"),
    path("studies/new/", studies.study_new, name="study_new"),
    path("studies/<slug:slug>/members/", members.members, name="members"),
    path("studies/<slug:slug>/members/<int:member_id>/role/", members.member_change, name="member_change"),
    path("studies/<slug:slug>/members/<int:member_id>/remove/", members.member_remove, name="member_remove"),
    path("studies/<slug:slug>/members/<int:member_id>/link/", members.member_take_over, name="member_take_over"),
    path("studies/<slug:slug>/members/<int:member_id>/hand-over/", members.member_hand_over, name="member_hand_over"),
    path("studies/<slug:slug>/members/invitations/new/", members.invitation_new, name="invitation_new"),
    path(
        "studies/<slug:slug>/members/invitations/<int:invitation_id>/withdraw/",
        members.invitation_withdraw,
        name="invitation_withdraw",
    ),
    path("studies/<slug:slug>/settings/", studies.study_settings, name="study_settings"),
    path("studies/<slug:slug>/activity/", studies.activity, name="activity"),
]
