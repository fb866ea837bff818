"""The REST API: each room's own routes, and their description."""

from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView

urlpatterns = [
    path("schema/", SpectacularAPIView.as_view(), name="api-schema"),
    path("", include("studies.api")),
    path("", include("corpus.api")),
    path("", include("taxonomy.api")),
    path("", include("annotator.api")),
    path("", include("analysis.api")),
]
