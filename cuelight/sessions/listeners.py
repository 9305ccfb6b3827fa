"""What sessions do when the catalogue changes: lineups and cards show the new values at once."""

import asyncio
from typing import Any

import structlog
from django.db import Error as DatabaseError

from cuelight.live import process
from cuelight.live.kind import Publication
from cuelight.live.listeners import listens
from cuelight.sessions import payloads
from cuelight.sessions.lineup import SessionState

log = structlog.get_logger(__name__)


@listens("catalog:{studio_id}", "product_changed")
async def product_changed(params: dict[str, str], payload: dict[str, Any]) -> None:
    """Reads the products again that a lineup of this process shows, and tells its own sockets."""
    journal = process.journal
    while True:
        try:
            refreshed = await journal.refresh_facts("session", payload["product_ids"])
            break
        except DatabaseError as error:
            # Nobody says it twice: given up, the old price would stand until the next change.
            log.warning("products could not be read; trying again", error=str(error))
            await asyncio.sleep(0.5)
    for aggregate in journal.loaded("session"):
        state: SessionState = aggregate.state
        for publication in refreshed_items(state, refreshed, journal.facts_of(aggregate)):
            journal.deliver(publication)


def refreshed_items(state: SessionState, products: set[int], facts: Any) -> list[Publication]:
    """``items_refreshed`` for the lines that show one of the products, and the card if it does."""
    lines = [line for line in state.order if line.product_id in products]
    if not lines:
        return []
    topic = f"session:{state.id}:meta"
    told = [
        Publication(
            topic,
            "items_refreshed",
            {"items": [payloads.item(line, facts, for_crew=audience == "crew") for line in lines]},
            audience=audience,
        )
        for audience in ("crew", "host")
    ]
    card = payloads.card(state, facts)
    if card["shown"] and state.on_air in lines:
        told.append(Publication(f"air:{state.studio_id}", "card_changed", card))
    return told


def reread_soon() -> None:
    """The line to the other processes was cut: a change of a product may have been among what was missed."""
    held = {"product_ids": process.journal.held("session")}
    assert process.node is not None
    process.node.tell_listeners("catalog:0", "product_changed", held)


@listens("air:{studio_id}", "card_changed")
async def card_changed(params: dict[str, str], payload: dict[str, Any]) -> None:
    """Another process drives the session on air: hold it here too, so that a price change reaches the card."""
    if payload["session_id"] is not None:
        await process.journal.aggregate(f"session:{payload['session_id']}")
