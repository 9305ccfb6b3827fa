from django.urls import path

from cuelight.sessions import builder_views, history_views, import_views, paper_views, session_views, views
from cuelight.sessions.palette import palette

urlpatterns = [
    path("sessions", views.session_list),
    path("sessions/new", session_views.new),
    path("sessions/<int:session_id>/edit", builder_views.builder),
    path("sessions/<int:session_id>/products", builder_views.products),
    path("sessions/<int:session_id>/producer", views.producer),
    path("sessions/<int:session_id>/host", views.host),
    path("sessions/<int:session_id>/run", views.run),
    path("sessions/<int:session_id>/settings", session_views.settings),
    path("sessions/<int:session_id>/clone", session_views.clone),
    path("sessions/<int:session_id>/archive", session_views.archive),
    path("sessions/<int:session_id>/unarchive", session_views.unarchive),
    path("sessions/<int:session_id>/undo", session_views.undo),
    path("sessions/<int:session_id>/delete", session_views.delete),
    path("sessions/<int:session_id>/paper", paper_views.paper),
    path("sessions/<int:session_id>/paper.html", paper_views.paper_file),
    path("sessions/<int:session_id>/history", history_views.history),
    path("sessions/<int:session_id>/history.csv", history_views.history_file),
    path("palette", palette),
    path("imports", import_views.import_list),
    path("imports/<int:import_id>", import_views.import_page),
]
