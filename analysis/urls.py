from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path

from studies.permissions import open_study


def home(request: HttpRequest) -> HttpResponse:
    return render(request, "base.html")


def study(request: HttpRequest, slug: str) -> HttpResponse:
    open_study(request, slug)
    return render(request, "base_study.html")


urlpatterns = [path("", study, name="study")]
