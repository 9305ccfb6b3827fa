"""Paths of the streams."""

from django.urls import path

from cuelight.streams import (
    alert_views,
    dashboard_views,
    history_views,
    order_views,
    platform_views,
    recording_views,
    report_views,
)
from cuelight.streams.platforms.twitch import views as twitch

urlpatterns = [
    path("dashboard", dashboard_views.dashboard),
    path("dashboard/streams", history_views.stream_list),
    path("dashboard/streams/<int:stream_id>", history_views.stream_page),
    path("dashboard/streams/<int:stream_id>/keep", recording_views.keep),
    path("dashboard/reports/<int:session_id>", report_views.session_report),
    path("dashboard/reports/<int:session_id>.csv", report_views.session_report_file),
    path("dashboard/orders", order_views.order_imports),
    path("dashboard/orders/<int:order_import_id>", order_views.order_import),
    path("dashboard/orders/<int:order_import_id>/answer", order_views.answer),
    path("dashboard/orders/<int:order_import_id>/read-in", order_views.read_in),
    path("dashboard/orders/<int:order_import_id>/discard", order_views.discard),
    path("dashboard/orders/<int:order_import_id>/take-back", order_views.take_back),
    path("dashboard/orders/<int:order_import_id>/undo", order_views.undo),
    path("dashboard/alerts", alert_views.alerts),
    path("dashboard/alerts/rules", alert_views.save_rules),
    path("dashboard/platforms", twitch.platforms),
    path("dashboard/platforms/simulator", platform_views.simulator),
    path("dashboard/platforms/keeping", platform_views.keep),
    path("dashboard/platforms/recordings", recording_views.upload),
    path("dashboard/platforms/recordings/<str:recording>", recording_views.download),
    path("dashboard/platforms/recordings/<str:recording>/remove", recording_views.remove),
    path("dashboard/platforms/recordings/<str:recording>/undo", recording_views.undo),
    path("dashboard/platforms/twitch/connect", twitch.connect),
    path("dashboard/platforms/twitch/callback", twitch.callback),
    path("dashboard/platforms/twitch/disconnect", twitch.disconnect),
]
