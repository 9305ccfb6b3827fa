from django.apps import AppConfig


class WidgetsConfig(AppConfig):
    name = "cuelight.widgets"
    label = "widgets"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from cuelight.live import transactional
        from cuelight.widgets import rights  # noqa: F401  (registers its rows)
        from cuelight.widgets.overlays_kind import OverlaysKind

        transactional.register(OverlaysKind())
