"""The read behind the history of a show: its journal once, and the names of whom and what it speaks of."""

from collections.abc import Iterable
from datetime import datetime

from django.db import connection

from cuelight.accounts import queries as accounts
from cuelight.catalog import queries as catalog
from cuelight.live.transactional import entries_of
from cuelight.sessions import history
from cuelight.sessions.history import History


def session_history(session_id: int, studio_id: int, *, now: datetime) -> History:
    """What happened in a session, whoever asks: authorise first. Three queries, however long the show was.

    Numbers, names of lines and prices are those of the journal; a product's own name is today's.
    """
    entries = entries_of(connection, f"session:{session_id}")
    names = catalog.product_names(history.product_ids(entries))
    currency = accounts.studio(studio_id)["currency"]
    return history.fold(entries, names, currency=currency, now=now)


def people_in(told: History) -> dict[int, str]:
    """Person id → name of everybody in a history who still is somebody; who has left is absent."""
    return accounts.names(_actors(told))


def _actors(told: History) -> Iterable[int]:
    ids = {entry.actor_id for entry in told.entries} | {message.acked_by for message in told.messages}
    return (actor_id for actor_id in ids if actor_id is not None)
