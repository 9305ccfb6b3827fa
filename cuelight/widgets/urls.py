"""Paths of the overlays."""

from django.urls import path

from cuelight.widgets import page_views

urlpatterns = [
    path("w/<str:secret>", page_views.overlay_page),
]
