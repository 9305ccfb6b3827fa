"""Advisory locks of the shops: held over requests to a shop, for which no transaction may stay open. They end with
their connection, so a worker that dies leaves none."""

from django.db import connection


def held(what: str, shop_id: int) -> bool:
    """Takes the lock on this thread's connection; False: somebody else has it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(hashtext(%s), %s)", [f"cuelight shopify {what}", shop_id])
        return bool(cursor.fetchone()[0])


def let_go(what: str, shop_id: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_unlock(hashtext(%s), %s)", [f"cuelight shopify {what}", shop_id])
