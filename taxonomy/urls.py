from django.urls import path

from taxonomy.views import draft, history, operations, publishing, taxonomies

urlpatterns = [
    path("taxonomy/", taxonomies.taxonomies, name="taxonomy"),
    path("taxonomy/new/", taxonomies.taxonomy_new, name="taxonomy_new"),
    path("taxonomy/<int:taxonomy_id>/versions/<int:number>/", taxonomies.taxonomy_version, name="taxonomy_version"),
    path("taxonomy/<int:taxonomy_id>/draft/", draft.taxonomy_draft, name="taxonomy_draft"),
    path("taxonomy/<int:taxonomy_id>/draft/publish/", publishing.taxonomy_publish, name="taxonomy_publish"),
    path("taxonomy/<int:taxonomy_id>/draft/undo/", draft.draft_undo, name="draft_undo"),
    path("taxonomy/<int:taxonomy_id>/draft/settings/", draft.draft_settings, name="draft_settings"),
    path("taxonomy/<int:taxonomy_id>/draft/codes/new/", draft.code_new, name="code_new"),
    path("taxonomy/<int:taxonomy_id>/draft/codes/<uuid:uid>/", draft.code_edit, name="code_edit"),
    path("taxonomy/<int:taxonomy_id>/draft/codes/<uuid:uid>/rename/", draft.code_rename, name="code_rename"),
    path("taxonomy/<int:taxonomy_id>/draft/codes/<uuid:uid>/move/", draft.code_move, name="code_move"),
    path("taxonomy/<int:taxonomy_id>/draft/codes/<uuid:uid>/remove/", draft.code_remove, name="code_remove"),
    path("taxonomy/<int:taxonomy_id>/draft/codes/<uuid:uid>/replace/", operations.code_replace, name="code_replace"),
    path("taxonomy/<int:taxonomy_id>/changes/", history.taxonomy_changes, name="taxonomy_changes"),
]
