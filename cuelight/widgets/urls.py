"""Paths of the overlays."""

from django.urls import path

from cuelight.widgets import files_views, page_views

urlpatterns = [
    path("w/<str:secret>", page_views.overlay_page),
    path("widget-files/<str:stored>", files_views.widget_file),
    path("widgets/files", files_views.add_file),
    path("widgets/files/<int:file_id>/remove", files_views.remove_file),
    path("widgets/files/<int:file_id>/restore", files_views.restore_file),
]
