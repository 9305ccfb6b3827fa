from django.urls import path

from cuelight.ui import views

urlpatterns = [
    path("dev/look", views.look),
    path("sw.js", views.offline_worker),
]
