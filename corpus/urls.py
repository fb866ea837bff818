from django.urls import path

from corpus.views import imports, issues

urlpatterns = [
    path("issues/", issues.issues, name="issues"),
    path("issues/<int:issue_id>/", issues.issue, name="issue"),
    path("imports/", imports.imports, name="imports"),
    path("imports/file/", imports.import_file, name="import_file"),
    path("imports/columns/<str:upload>/", imports.import_columns, name="import_columns"),
    path("imports/github/", imports.import_github, name="import_github"),
    path("imports/<int:run_id>/", imports.import_run, name="import_run"),
    path("imports/<int:run_id>/confirm/", imports.import_confirm, name="import_confirm"),
    path("imports/<int:run_id>/discard/", imports.import_discard, name="import_discard"),
    path("imports/<int:run_id>/undo/", imports.import_undo, name="import_undo"),
    path("imports/<int:run_id>/problems.csv", imports.import_problems, name="import_problems"),
]
