"""Paths of the overlays."""

from django.urls import path

from cuelight.widgets import dock_views, files_views, overlay_views, page_views, settings_views

urlpatterns = [
    path("w/sw.js", page_views.overlay_worker),
    path("w/<str:secret>", page_views.overlay_page),
    path("dock/<str:secret>", dock_views.dock_page),
    path("docks", dock_views.docks),
    path("docks/<int:dock_id>/remove", dock_views.remove),
    path("docks/<int:dock_id>/restore", dock_views.restore),
    path("docks/<int:dock_id>/regenerate", dock_views.regenerate),
    path("docks/scenes", dock_views.scenes),
    path("docks/scenes/<int:scene_id>/remove", dock_views.remove_scene),
    path("docks/scenes/restore", dock_views.restore_scene),
    path("widget-files/<str:stored>", files_views.widget_file),
    path("widgets", settings_views.widget_list),
    path("widgets/export", settings_views.export_widgets),
    path("widgets/import", settings_views.import_widgets),
    path("widgets/change", settings_views.change_widgets),
    path("widgets/preset", settings_views.apply_preset),
    path("widgets/files", files_views.add_file),
    path("widgets/files/<int:file_id>/remove", files_views.remove_file),
    path("widgets/files/<int:file_id>/restore", files_views.restore_file),
    path("widgets/<str:widget>", settings_views.widget_settings),
    path("widgets/<str:widget>/export", settings_views.export_widget),
    path("widgets/<str:widget>/import", settings_views.import_widget),
    path("overlays", overlay_views.overlay_list),
    path("overlays/new", overlay_views.overlay_new),
    path("overlays/check", overlay_views.overlay_check),
    path("overlays/<int:overlay_id>", overlay_views.overlay_layout),
    path("overlays/<int:overlay_id>/address", overlay_views.overlay_address),
    path("overlays/<int:overlay_id>/address/new", overlay_views.regenerate),
    path("overlays/<int:overlay_id>/rename", overlay_views.rename),
    path("overlays/<int:overlay_id>/duplicate", overlay_views.duplicate),
    path("overlays/<int:overlay_id>/delete", overlay_views.delete),
    path("overlays/<int:overlay_id>/restore", overlay_views.restore),
]
