from django.apps import AppConfig


class SessionsConfig(AppConfig):
    name = "cuelight.sessions"
    label = "live_sessions"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from cuelight.accounts import session_choices
        from cuelight.catalog import importing, taking_back
        from cuelight.catalog import uses as products_in_use
        from cuelight.documents import readers
        from cuelight.live import transactional
        from cuelight.sessions import imports, queries, rights, talking_points, uses  # noqa: F401  (registers its rows)
        from cuelight.sessions.session_kind import SessionKind

        transactional.register(SessionKind())
        session_choices.register(queries.session_choices)
        importing.on_fetched(imports.pictures_fetched)
        taking_back.register(release=imports.release, settled=imports.settled)
        readers.register(talking_points.shows_document)
        products_in_use.register(of_products=uses.of_products, product_ids=uses.product_ids)
