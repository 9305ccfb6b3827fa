"""Paths of people and studios."""

from django.urls import include, path

urlpatterns = [
    path("", include("cuelight.accounts.entrance_urls")),
    path("", include("cuelight.accounts.studio_urls")),
]
