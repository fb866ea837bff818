"""What programs may do in this room: the same services, rights and blindness as the pages."""

from taxonomy.api import changes, codes, crosswalks, files

urlpatterns = [*codes.urlpatterns, *changes.urlpatterns, *crosswalks.urlpatterns, *files.urlpatterns]
