"""Paths of the catalogue."""

from django.urls import path

from cuelight.catalog import views

urlpatterns = [
    path("media/<path:stored>", views.media, name="media"),
]
