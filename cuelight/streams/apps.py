from django.apps import AppConfig


class StreamsConfig(AppConfig):
    name = "cuelight.streams"
    label = "streams"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from cuelight.streams import rights  # noqa: F401  (registers its rows)
