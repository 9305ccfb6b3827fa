from django.urls import path

from cuelight.ui import views

urlpatterns = [
    path("", views.home),
    path("terms", views.terms),
    path("privacy", views.privacy),
    path("offline", views.offline),
    path("dev/look", views.look),
    path("dev/look/<int:status>", views.look_of_error),
    path("sw.js", views.offline_worker),
]
