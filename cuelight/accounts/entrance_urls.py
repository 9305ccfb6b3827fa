"""Paths before the studio: signing in, up and out, and one's own account."""

from django.urls import path

from cuelight.accounts import views

urlpatterns = [
    path("sign-in", views.sign_in),
    path("sign-out", views.sign_out),
    path("signed-in", views.signed_in),
    path("enter/<str:token>", views.enter),
]
