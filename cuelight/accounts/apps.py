from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "cuelight.accounts"
    label = "accounts"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from cuelight.accounts import rights, signals  # noqa: F401  (registers its rows; notes what allauth did)
