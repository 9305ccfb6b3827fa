"""Paths of a studio's shop."""

from django.urls import path

from cuelight.catalog.shopify import views

urlpatterns = [
    path("studios/<slug:slug>/shopify", views.shop),
    path("studios/<slug:slug>/shopify/connect", views.connect),
    path("studios/<slug:slug>/shopify/disconnect", views.disconnect),
    path("studios/<slug:slug>/shopify/undo", views.undo),
    path("studios/<slug:slug>/shopify/pause", views.pause),
    path("studios/<slug:slug>/shopify/follow", views.follow),
    path("shopify/webhooks/<uuid:shop>", views.webhook),
]
