from django.apps import AppConfig


class SessionsConfig(AppConfig):
    name = "cuelight.sessions"
    label = "live_sessions"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from cuelight.live import transactional
        from cuelight.sessions import rights  # noqa: F401  (registers its rows)
        from cuelight.sessions.session_kind import SessionKind

        transactional.register(SessionKind())
