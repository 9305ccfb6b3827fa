from django.urls import path

from cuelight.sessions import history_views, import_views, views
from cuelight.sessions.palette import palette

urlpatterns = [
    path("sessions", views.session_list),
    path("sessions/<int:session_id>/producer", views.producer),
    path("sessions/<int:session_id>/host", views.host),
    path("sessions/<int:session_id>/run", views.run),
    path("sessions/<int:session_id>/paper", views.paper),
    path("sessions/<int:session_id>/history", history_views.history),
    path("sessions/<int:session_id>/history.csv", history_views.history_file),
    path("palette", palette),
    path("imports", import_views.import_list),
    path("imports/<int:import_id>", import_views.import_page),
]
