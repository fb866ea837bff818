from django.urls import path, re_path

from corpus.views import duplicates, frames, imports, issues, tokens

urlpatterns = [
    path("issues/", issues.issues, name="issues"),
    path("issues/<int:issue_id>/", issues.issue, name="issue"),
    path("issues/<int:issue_id>/revisions/", issues.issue_revisions, name="issue_revisions"),
    re_path(
        r"^issues/(?P<repository>[\w.-]+(?:/[\w.-]+)+)/(?P<number>\d{1,9})/$", issues.issue_by_key, name="issue_by_key"
    ),
    path("issues/duplicates/", duplicates.duplicates, name="duplicates"),
    path("issues/frames/", frames.frames, name="frames"),
    path("issues/frames/new/", frames.frame_new, name="frame_new"),
    path("issues/frames/count/", frames.frames_count, name="frames_count"),
    path("issues/frames/<int:frame_id>/", frames.frame, name="frame"),
    path("issues/frames/<int:frame_id>/rename/", frames.frame_rename, name="frame_rename"),
    path("issues/frames/<int:frame_id>/delete/", frames.frame_delete, name="frame_delete"),
    path("issues/frames/<int:frame_id>/funnel.<str:kind>", frames.frame_funnel, name="frame_funnel"),
    path("imports/", imports.imports, name="imports"),
    path("imports/file/", imports.import_file, name="import_file"),
    path("imports/columns/<str:upload>/", imports.import_columns, name="import_columns"),
    path("imports/github/", imports.import_github, name="import_github"),
    path("imports/tokens/", tokens.tokens, name="tokens"),
    path("imports/tokens/<int:token_id>/remove/", tokens.token_remove, name="token_remove"),
    path("imports/<int:run_id>/", imports.import_run, name="import_run"),
    path("imports/<int:run_id>/confirm/", imports.import_confirm, name="import_confirm"),
    path("imports/<int:run_id>/discard/", imports.import_discard, name="import_discard"),
    path("imports/<int:run_id>/undo/", imports.import_undo, name="import_undo"),
    path("imports/<int:run_id>/problems.csv", imports.import_problems, name="import_problems"),
]
