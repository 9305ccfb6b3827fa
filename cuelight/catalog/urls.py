"""Paths of the catalogue."""

from django.urls import re_path

from cuelight.catalog.media import media

urlpatterns = [
    re_path(r"^media/(?P<stored>(?s:.*))\Z", media, name="media"),
]
