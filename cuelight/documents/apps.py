from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    name = "cuelight.documents"
    label = "documents"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from cuelight.accounts import erased
        from cuelight.documents import erasing, rights  # noqa: F401  (registers its rows)
        from cuelight.documents.document_kind import DocumentKind
        from cuelight.live import transactional

        transactional.register(DocumentKind())
        erased.register(erasing.take_away)
