from django.urls import path

from annotator.views import blind, board, changes, coding, draws, phases, proposals, recoding, resolution, rounds

urlpatterns = [
    path("rounds/", rounds.rounds, name="rounds"),
    path("rounds/who-sees-what/", blind.who_sees_what, name="who_sees_what"),
    path("rounds/new/", rounds.round_new, name="round_new"),
    path("rounds/<int:number>/", rounds.round, name="round"),
    path("rounds/<int:number>/start/", phases.round_start, name="round_start"),
    path("rounds/<int:number>/close/", phases.round_close, name="round_close"),
    path("rounds/<int:number>/resolve/", phases.round_resolve, name="round_resolve"),
    path("rounds/<int:number>/reopen/", phases.round_reopen, name="round_reopen"),
    path("rounds/<int:number>/change/", changes.round_change, name="round_change"),
    path("rounds/<int:number>/pause/", changes.round_pause, name="round_pause"),
    path("rounds/<int:number>/resume/", changes.round_resume, name="round_resume"),
    path("rounds/<int:number>/draw/", draws.round_draw, name="round_draw"),
    path("rounds/<int:number>/draw.json", draws.round_draw_record, name="round_draw_record"),
    path("rounds/recoding/", recoding.recoding, name="recoding"),
    path("rounds/<int:number>/board/", board.board, name="board"),
    path("rounds/<int:number>/board/move/", board.board_move, name="board_move"),
    path("rounds/<int:number>/board/<str:key>/", board.board_card, name="board_card"),
    path("code/<int:number>/", coding.coding, name="coding"),
    path("code/<int:number>/issues/<int:assignment_id>/", coding.coding_issue, name="coding_issue"),
    path("code/<int:number>/issues/<int:assignment_id>/submit/", coding.coding_submit, name="coding_submit"),
    path("code/<int:number>/issues/<int:assignment_id>/draft/", coding.coding_draft, name="coding_draft"),
    path("code/<int:number>/issues/<int:assignment_id>/proposals/", proposals.proposal_new, name="proposal_new"),
    path("code/<int:number>/proposals/<int:proposal_id>/", proposals.proposal_edit, name="proposal_edit"),
    path(
        "code/<int:number>/proposals/<int:proposal_id>/withdraw/",
        proposals.proposal_withdraw,
        name="proposal_withdraw",
    ),
    path("disagreements/", resolution.disagreements, name="disagreements"),
    path("disagreements/<int:number>/unanimous/", resolution.unanimous_resolve, name="unanimous_resolve"),
    path("disagreements/<int:number>/<int:issue_id>/", resolution.disagreement, name="disagreement"),
]
