from django.apps import AppConfig


class StreamsConfig(AppConfig):
    name = "cuelight.streams"
    label = "streams"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # They register their jobs and their rows.
        from cuelight.live import transactional
        from cuelight.streams import recording_jobs, rights  # noqa: F401
        from cuelight.streams.alerts_kind import AlertsKind

        transactional.register(AlertsKind())
