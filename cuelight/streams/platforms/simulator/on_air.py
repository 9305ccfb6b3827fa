"""What the simulated audience sees: the product on the screens of the studio's show, live or in rehearsal."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from cuelight.errors import CuelightError
from cuelight.live.db import run_db
from cuelight.sessions import queries
from cuelight.sessions.lineup import SessionState
from cuelight.streams.platforms.simulator.clock import REAL, Clock
from cuelight.streams.platforms.simulator.moments import OnAir

#: Seconds between two looks, and for which names and prices of the lineup are believed if nothing in it is changed.
LOOK_S, LINEUP_S = 1.0, 15.0


class Lookout:
    """Looks at one studio's show, once a second at most; in between, the answer is that of the look before."""

    def __init__(self, studio_id: int, clock: Clock = REAL) -> None:
        self._studio_id = studio_id
        self._clock = clock
        self._seen: OnAir | None = None
        self._looks_at = self._lineup_until = float("-inf")
        self._lineup_of = (0, 0)
        self._lines: dict[int, dict[str, Any]] = {}
        self._names: tuple[tuple[int, str], ...] = ()

    async def __call__(self) -> OnAir | None:
        """What is on air. Raises whatever the database raises."""
        seconds = self._clock.seconds()
        if seconds >= self._looks_at:
            self._looks_at = seconds + LOOK_S
            self._seen = await run_db(self._look, self._clock.now(), seconds)
        return self._seen

    def _look(self, now: datetime, seconds: float) -> OnAir | None:
        running, _ = queries.now_and_next(self._studio_id, now=now, count=0)
        if not running:
            return None
        try:
            state = queries.state(running[0]["id"])
        except CuelightError:  # deleted meanwhile
            return None
        item = state.on_air
        if item is None:
            return None
        self._read_lineup(state, seconds)
        line = self._lines.get(item.id)
        return seen(state, line, self._names, now) if line else None

    def _read_lineup(self, state: SessionState, seconds: float) -> None:
        which = (state.id, state.latest.lineup_version)
        if which == self._lineup_of and seconds < self._lineup_until:
            return
        rows = queries.lineup(state.id)
        self._lines = {row["id"]: row for row in rows}
        self._names = tuple((row["position"], row["short_name"] or row["name"]) for row in rows)
        self._lineup_of, self._lineup_until = which, seconds + LINEUP_S


def seen(state: SessionState, line: Mapping[str, Any], names: tuple[tuple[int, str], ...], now: datetime) -> OnAir:
    """A line of the lineup (`payloads.item`) as viewers see it: at its flash price while that lasts."""
    flash = state.live.flashes.get(str(line["id"]))
    is_on = flash is not None and datetime.fromisoformat(flash.ends_at) > now
    since = state.live.clock.since
    return OnAir(
        item_id=line["id"],
        number=line["position"],
        name=line["name"],
        short_name=line["short_name"],
        price_cents=line["original_price_cents"],
        sale_cents=flash.price_cents if flash is not None and is_on else line["sale_price_cents"],
        currency=state.currency,
        since_s=max(0.0, (now - datetime.fromisoformat(since)).total_seconds()) if since else 0.0,
        lineup=names,
        product_id=line["product_id"],
        sku=line["sku"] or "",
    )
