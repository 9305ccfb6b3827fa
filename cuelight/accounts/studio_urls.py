"""Paths of a studio's own pages: members, invitations, passphrases, tokens."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
