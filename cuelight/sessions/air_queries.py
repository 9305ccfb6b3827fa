"""What contexts above may tell the public of the session that runs: its clock, and which question is shown."""

from datetime import datetime, timedelta
from typing import NamedTuple

from cuelight.catalog import queries as catalog
from cuelight.errors import Gone, Newer, NotFound
from cuelight.sessions import planned, queries
from cuelight.sessions.lineup import SessionState


class OnAir(NamedTuple):
    """The session that runs. ``status``: live or rehearsal. ``ends_at``: of the show, as planned. ``item_since`` and
    ``item_until``: of the product on air; None while no clock runs. ``paused_at``: its clock stands since then.
    ``warn_seconds``, ``danger_seconds``: before ``item_until``."""

    session_id: int
    status: str
    started_at: datetime | None
    ends_at: datetime | None
    item_since: datetime | None
    item_until: datetime | None
    paused_at: datetime | None
    warn_seconds: int
    danger_seconds: int
    question_id: int | None


def on_air(studio_id: int) -> OnAir | None:
    """The session that is live, else the one in rehearsal; None when none runs."""
    running = queries.running(studio_id)
    if running is None:
        return None
    try:
        state = queries.state(running["id"])
    except (NotFound, Gone, Newer):
        return None
    since, until = _of_item(state)
    item, settings = state.on_air, state.settings
    warn = item.warn_seconds if item and item.warn_seconds is not None else settings.warn_seconds
    danger = item.danger_seconds if item and item.danger_seconds is not None else settings.danger_seconds
    started_at, paused_at = state.live.started_at, state.live.clock.paused_at
    return OnAir(
        session_id=state.id,
        status=running["status"],
        started_at=datetime.fromisoformat(started_at) if started_at else None,
        ends_at=planned.end_of_show(state),
        item_since=since,
        item_until=until,
        paused_at=datetime.fromisoformat(paused_at) if paused_at and since else None,
        warn_seconds=warn,
        danger_seconds=danger,
        question_id=state.live.question_id,
    )


def _of_item(state: SessionState) -> tuple[datetime | None, datetime | None]:
    item, clock = state.on_air, state.live.clock
    if item is None or clock.since is None:
        return None, None
    # Only where what is sold out is passed over does the plan need to know the stock.
    facts = catalog.lineup_products(state.products) if state.settings.skip_sold_out else {}
    seconds = max(0, planned.seconds_of(item, state, facts) + clock.added_seconds)
    since = datetime.fromisoformat(clock.since)
    return since, since + timedelta(seconds=seconds)
