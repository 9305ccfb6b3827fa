"""Paths of the catalogue."""

from django.urls import path, re_path

from cuelight.catalog import search_views
from cuelight.catalog.media import media

urlpatterns = [
    path("products/search", search_views.search),
    re_path(r"^media/(?P<stored>(?s:.*))\Z", media, name="media"),
]
