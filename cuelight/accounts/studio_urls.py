"""Paths of a studio's own pages: members, invitations, passphrases, tokens."""

from django.urls import path

from cuelight.accounts import (
    entry_views,
    invitation_views,
    member_views,
    passphrase_views,
    studio_views,
    token_views,
)

urlpatterns = [
    path("studios/new", studio_views.new),
    path("studios/<slug:slug>/switch", studio_views.switch),
    path("studios/<slug:slug>/leave", studio_views.leave),
    path("studios/<slug:slug>/settings", studio_views.settings),
    path("studios/<slug:slug>/members", member_views.members),
    path("studios/<slug:slug>/members/undo", member_views.undo),
    path("studios/<slug:slug>/members/<int:person_id>/role", member_views.set_role),
    path("studios/<slug:slug>/members/<int:person_id>/remove", member_views.remove),
    path("studios/<slug:slug>/members/<int:person_id>/end", member_views.end_guest),
    path("studios/<slug:slug>/invitations", invitation_views.invitations),
    path("studios/<slug:slug>/invitations/undo", invitation_views.undo),
    path("studios/<slug:slug>/invitations/<int:invitation_id>/renew", invitation_views.renew),
    path("studios/<slug:slug>/invitations/<int:invitation_id>/revoke", invitation_views.revoke),
    path("studios/<slug:slug>/passphrases", passphrase_views.passphrases),
    path("studios/<slug:slug>/passphrases/<slug:role>/remove", passphrase_views.remove),
    path("studios/<slug:slug>/devices/<int:device_id>/end", passphrase_views.end_device),
    path("studios/<slug:slug>/tokens", token_views.tokens),
    path("studios/<slug:slug>/tokens/<int:token_id>/revoke", token_views.revoke),
    path("invitation/<str:token>", entry_views.invitation),
    path("invitation/<str:token>/accept", entry_views.accept),
    path("invitation/<str:token>/guest", entry_views.guest),
    path("login", entry_views.station_login),
]
