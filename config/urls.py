"""All addresses: each room's own, in the order of the pipeline."""

from django.urls import include, path

from analysis.urls import calculator, compare, home
from config.health import healthz
from taxonomy.urls import public_urlpatterns

urlpatterns = [
    path("healthz/", healthz, name="healthz"),
    path("", home, name="home"),
    path("compare/", compare, name="compare"),
    path("calculator/", calculator, name="calculator"),
    path("", include("studies.urls")),
    path("studies/<slug:slug>/", include("jobs.urls")),
    path("studies/<slug:slug>/", include("corpus.urls")),
    path("studies/<slug:slug>/", include("taxonomy.urls")),
    path("studies/<slug:slug>/", include("annotator.urls")),
    path("studies/<slug:slug>/", include("analysis.urls")),
    path("codebooks/", include(public_urlpatterns)),
    path("api/", include("config.api")),
]
