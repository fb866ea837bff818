"""What programs may do in this room: the same services, rights and blindness as the pages."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
