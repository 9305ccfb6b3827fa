from django.apps import AppConfig


class CatalogConfig(AppConfig):
    name = "cuelight.catalog"
    label = "catalog"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from cuelight.catalog import rights  # noqa: F401  (registers its rows)
