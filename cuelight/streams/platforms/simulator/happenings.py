"""The events of a simulated show, one function for each kind. All are rehearsal."""

from datetime import datetime
from random import Random
from typing import Any

from cuelight.streams.events import Amount, Event, Fragment, Kind, User
from cuelight.streams.platforms.simulator.crowd import Viewer
from cuelight.streams.platforms.simulator.moments import OnAir

KEY = "simulator"
#: Minor units people give, and pieces they order, with how often.
GIVEN = ((200, 300, 500, 1_000, 2_000, 5_000, 10_000), (20, 15, 30, 20, 9, 5, 1))
PIECES = ((1, 2, 3), (84, 12, 4))
GIFTS = ((1, 2, 5, 10, 20), (50, 15, 25, 8, 2))
RAIDERS = ("TheGlassBench", "LinenAndLoam", "PotteryWithPia", "NightMarketNoor", "ThreadAndThimble", "SlowMorningsClub")


class Happenings:
    """Makes events, numbered in the order in which they happen: ``sim-{seed}-{n}``.

    ``run`` stands between the two where a show must not repeat the ids of another with the same seed.
    """

    def __init__(self, rng: Random, seed: int, run: str = "", channel: str = "") -> None:
        self._rng = rng
        self._prefix = f"sim-{seed}-{run}-" if run else f"sim-{seed}-"
        self._channel = channel
        self._made = 0

    def chat(self, at: datetime, viewer: Viewer, text: str, reply_to: str = "") -> Event:
        viewer.has_spoken = True
        detail = {"reply_to": reply_to} if reply_to else {}
        return self._event("chat", at, viewer.user, text=text, fragments=_fragments(text), detail=detail)

    def follow(self, at: datetime, viewer: Viewer) -> Event:
        return self._event("follow", at, viewer.user)

    def join(self, at: datetime, viewer: Viewer) -> Event:
        return self._event("join", at, viewer.user)

    def like(self, at: datetime, viewer: Viewer) -> Event:
        return self._event("like", at, viewer.user, count=1 + int(self._rng.random() ** 3 * 60))

    def subscription(self, at: datetime, viewer: Viewer) -> Event:
        months = 1 + int(self._rng.random() ** 3 * 36)
        detail = {"tier": self._one(("1", "2", "3"), (88, 9, 3)), "months": months}
        return self._event("subscription", at, viewer.user, count=months, detail=detail)

    def gift(self, at: datetime, viewer: Viewer) -> Event:
        return self._event("gift", at, viewer.user, count=self._one(*GIFTS), detail={"tier": "1", "is_gift": True})

    def donation(self, at: datetime, viewer: Viewer, text: str, currency: str) -> Event:
        """Some give without a name."""
        amount = Amount(value=self._one(*GIVEN), currency=currency)
        if self._rng.random() < 0.1:
            return self._event("donation", at, None, text=text, amount=amount, detail={"is_anonymous": True})
        return self._event("donation", at, viewer.user, text=text, amount=amount)

    def raid(self, at: datetime, people: int) -> Event:
        place = self._rng.randrange(len(RAIDERS))
        name = RAIDERS[place]
        user = User(id=f"sim-raider-{place + 1}", name=name, login=name.lower())
        return self._event("raid", at, user, count=people)

    def order(self, at: datetime, viewer: Viewer, bought: OnAir) -> Event:
        """Somebody buys what was on air when they asked for it, at its price of then."""
        quantity: int = self._one(*PIECES)
        detail: dict[str, Any] = {
            "item": bought.name,
            "sku": bought.sku,
            "order_id": f"{self._prefix}order-{self._made + 1}",
            "quantity": quantity,
        }
        if bought.product_id is not None:
            detail["product_id"] = bought.product_id
        amount = Amount(value=(bought.charged_cents or 0) * quantity, currency=bought.currency)
        return self._event("order", at, viewer.user, amount=amount, count=quantity, detail=detail)

    def _event(self, kind: Kind, at: datetime, user: User | None, **more: Any) -> Event:
        self._made += 1
        platform_id = f"{self._prefix}{self._made}"
        return Event(
            platform=KEY,
            platform_id=platform_id,
            kind=kind,
            at=at,
            channel=self._channel,
            user=user,
            rehearsal=True,
            **more,
        )

    def _one(self, values: tuple[Any, ...], weights: tuple[int, ...]) -> Any:
        return self._rng.choices(values, weights)[0]


def _fragments(text: str) -> tuple[Fragment, ...]:
    if not text.startswith("@"):
        return ()
    name, space, rest = text.partition(" ")
    return (Fragment(type="mention", text=name), Fragment(type="text", text=space + rest))
