"""Paths of the catalogue."""

from django.urls import re_path

from cuelight.catalog import views

urlpatterns = [
    re_path(r"^media/(?P<stored>(?s:.*))\Z", views.media, name="media"),
]
