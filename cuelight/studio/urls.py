"""Paths of what spans all contexts."""

from django.urls import path

from cuelight.studio import audit_views, danger_views, views

urlpatterns = [
    path("home", views.home),
    path("studios/<slug:slug>/audit", audit_views.audit_log),
    path("studios/<slug:slug>/audit.csv", audit_views.audit_csv),
    path("studios/<slug:slug>/audit.json", audit_views.audit_json),
    path("studios/<slug:slug>/danger", danger_views.danger),
    path("studios/<slug:slug>/exports", danger_views.start_export),
    path("studios/<slug:slug>/exports/<int:export_id>", danger_views.export_page),
    path("studios/<slug:slug>/exports/<int:export_id>/file", danger_views.export_file),
    path("studios/<slug:slug>/delete", danger_views.delete),
    path("studios/<slug:slug>/restore", danger_views.restore),
]
