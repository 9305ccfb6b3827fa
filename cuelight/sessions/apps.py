from django.apps import AppConfig


class SessionsConfig(AppConfig):
    name = "cuelight.sessions"
    label = "live_sessions"
    default_auto_field = "django.db.models.BigAutoField"
