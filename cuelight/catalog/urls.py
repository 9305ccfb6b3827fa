"""Paths of the catalogue."""

from django.urls import include, path, re_path

from cuelight.catalog import brand_views, change_views, export_views, picture_views, search_views, views
from cuelight.catalog.media import media

urlpatterns = [
    path("products", views.product_list),
    path("products/export", export_views.export),
    path("products/search", search_views.search),
    path("products/rows", views.product_rows),
    path("products/ids", views.product_ids),
    path("products/new", views.new_product),
    path("products/bulk", views.bulk),
    path("products/points", views.points),
    path("products/<int:product_id>", views.product),
    path("products/<int:product_id>/edit", views.edit_product),
    path("products/<int:product_id>/fields", views.product_fields),
    path("products/<int:product_id>/follow", views.follow_source),
    path("products/<int:product_id>/duplicate", views.duplicate),
    path("products/<int:product_id>/delete", views.delete),
    path("brands", brand_views.brand_list),
    path("brands/undo", brand_views.undo),
    path("brands/<int:brand_id>", brand_views.brand),
    path("brands/<int:brand_id>/edit", brand_views.edit_brand),
    path("brands/<int:brand_id>/delete", brand_views.delete_brand),
    path("changes/<int:change_set_id>/revert", change_views.revert),
    path("products/<int:product_id>/pictures", picture_views.page),
    path("products/<int:product_id>/images", picture_views.images),
    path("images/<int:image_id>", picture_views.describe),
    path("images/<int:image_id>/move", picture_views.move),
    path("images/<int:image_id>/remove", picture_views.remove),
    path("images/<int:image_id>/restore", picture_views.restore),
    path("products/facets", search_views.facet_counts),
    path("", include("cuelight.catalog.shopify.urls")),
    re_path(r"^media/(?P<stored>(?s:.*))\Z", media, name="media"),
]
