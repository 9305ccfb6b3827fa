"""Paths of a document's history, and of documents as files."""

from django.urls import path

from cuelight.documents import format_views, history_views

urlpatterns = [
    path("documents/import", format_views.import_file),
    path("documents/<int:document_id>/export.<str:suffix>", format_views.export),
    path("documents/<int:document_id>/history", history_views.page),
    path("documents/<int:document_id>/history/versions", history_views.versions),
    path("documents/<int:document_id>/history/steps", history_views.steps),
    path("documents/<int:document_id>/history/versions/<int:version>", history_views.version),
    path("documents/<int:document_id>/history/diff", history_views.diff),
    path("documents/<int:document_id>/history/name", history_views.name),
    path("documents/<int:document_id>/history/restore", history_views.restore),
    path("documents/<int:document_id>/history/undo", history_views.undo),
]
