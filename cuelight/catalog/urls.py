"""Paths of the catalogue."""

from django.urls import path, re_path

from cuelight.catalog import picture_views, search_views
from cuelight.catalog.media import media

urlpatterns = [
    path("products/search", search_views.search),
    path("products/<int:product_id>/pictures", picture_views.page),
    path("products/<int:product_id>/images", picture_views.images),
    path("images/<int:image_id>", picture_views.describe),
    path("images/<int:image_id>/move", picture_views.move),
    path("images/<int:image_id>/remove", picture_views.remove),
    path("images/<int:image_id>/restore", picture_views.restore),
    path("products/facets", search_views.facet_counts),
    re_path(r"^media/(?P<stored>(?s:.*))\Z", media, name="media"),
]
