"""Which path goes to which context."""

from django.urls import include, path

from cuelight.ui.health import healthz

urlpatterns = [
    path("healthz", healthz),
    path("", include("cuelight.accounts.urls")),
    path("", include("cuelight.catalog.urls")),
    path("", include("cuelight.documents.urls")),
    path("", include("cuelight.documents.history_urls")),
    path("", include("cuelight.sessions.urls")),
    path("", include("cuelight.streams.urls")),
    path("", include("cuelight.widgets.urls")),
    path("", include("cuelight.studio.urls")),
    path("", include("cuelight.ui.urls")),
]

handler400 = "cuelight.ui.errors.bad_request"
handler403 = "cuelight.ui.errors.forbidden"
handler404 = "cuelight.ui.errors.not_found"
handler500 = "cuelight.ui.errors.server_error"
