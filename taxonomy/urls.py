from django.urls import path

from taxonomy.views import (
    codebook,
    crosswalks,
    draft,
    exports,
    history,
    imports,
    mapping,
    operations,
    public,
    published,
    publishing,
    taxonomies,
)

VERSION = "taxonomy/<int:taxonomy_id>/versions/<int:number>/"

urlpatterns = [
    path("taxonomy/", taxonomies.taxonomies, name="taxonomy"),
    path("taxonomy/new/", taxonomies.taxonomy_new, name="taxonomy_new"),
    path(VERSION, codebook.taxonomy_version, name="taxonomy_version"),
    path(VERSION + "codebook.<str:kind>", codebook.codebook_file, name="codebook_file"),
    path(VERSION + "link/", codebook.link_open, name="link_open"),
    path(VERSION + "link/end/", codebook.link_end, name="link_end"),
    path("taxonomy/<int:taxonomy_id>/draft/codebook/", codebook.draft_codebook, name="draft_codebook"),
    path("taxonomy/import/", imports.taxonomy_import, name="taxonomy_import"),
    path("taxonomy/<int:taxonomy_id>/draft/import/", imports.draft_import, name="taxonomy_draft_import"),
    path("taxonomy/<int:taxonomy_id>/draft/export/", exports.draft_export, name="taxonomy_draft_export"),
    path("taxonomy/<int:taxonomy_id>/draft/export/<slug:form>/", exports.draft_file, name="taxonomy_draft_file"),
    path(VERSION + "export/", exports.version_export, name="taxonomy_export"),
    path(VERSION + "export/<slug:form>/", exports.version_file, name="taxonomy_file"),
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
    path("taxonomy/published/new/", published.published_new, name="published_new"),
    path("taxonomy/crosswalks/", crosswalks.crosswalks, name="crosswalks"),
    path("taxonomy/crosswalks/new/", crosswalks.crosswalk_new, name="crosswalk_new"),
    path("taxonomy/crosswalks/<int:crosswalk_id>/", crosswalks.crosswalk, name="crosswalk"),
    path("taxonomy/crosswalks/<int:crosswalk_id>/done/", crosswalks.crosswalk_done, name="crosswalk_done"),
    path("taxonomy/crosswalks/<int:crosswalk_id>/discard/", crosswalks.crosswalk_discard, name="crosswalk_discard"),
    path("taxonomy/crosswalks/<int:crosswalk_id>/files/<str:kind>/", crosswalks.crosswalk_file, name="crosswalk_file"),
    path("taxonomy/crosswalks/<int:crosswalk_id>/codes/<uuid:uid>/", mapping.crosswalk_map, name="crosswalk_map"),
    path(
        "taxonomy/crosswalks/<int:crosswalk_id>/codes/<uuid:uid>/decide/",
        mapping.crosswalk_decide,
        name="crosswalk_decide",
    ),
]

# Without a study in the address and without signing in.
public_urlpatterns = [
    path("<str:key>/", public.public_codebook, name="public_codebook"),
    path("<str:key>/codebook.<str:kind>", public.public_codebook_file, name="public_codebook_file"),
]
