"""Paths of what spans all contexts."""

from django.urls import path

from cuelight.studio import views

urlpatterns = [
    path("dashboard", views.dashboard),
]
