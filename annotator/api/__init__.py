"""What programs may do in this room: the same services, rights and blindness as the pages."""

from annotator.api import blind, changes, codings, importing, labels, pool, progress, proposals, rounds, texts

urlpatterns = [
    *rounds.urlpatterns,
    *blind.urlpatterns,
    *changes.urlpatterns,
    *progress.urlpatterns,
    *pool.urlpatterns,
    *codings.urlpatterns,
    *proposals.urlpatterns,
    *labels.urlpatterns,
    *importing.urlpatterns,
    *texts.urlpatterns,
]
