"""What an alert queue is made of, in numbers. Pure data; the rules are in ``alerts.py``.

Names and words of strangers are in no journal: they are rows of ``Alert`` (`models`), and ``id`` here is theirs.
"""

from datetime import datetime

from msgspec import Struct

#: Kinds of events that can be shown, in the order in which pages list them.
KINDS = ("follow", "subscription", "gift", "donation", "raid", "order")
#: Alerts that wait at the same time, and those that are over and can still be shown again.
MOST_WAITING, MOST_RECENT = 50, 60


class Alert(Struct, frozen=True, omit_defaults=True):
    """One alert. ``since``: it waits since then, ISO 8601. ``seconds``: how long it is shown. ``rank``: put at the head
    by hand or by a break; the higher goes first, whatever its priority."""

    id: int
    kind: str
    since: str
    seconds: int
    priority: int = 0
    rank: int = 0
    #: How often it was shown again by hand: the same alert is drawn once for each.
    run: int = 0
    #: How often it was sent to overlays of which none began to draw it.
    tries: int = 0
    #: Whether its text may be shown, too.
    text: bool = True
    #: Its very name must be looked at by somebody first: it waits.
    stopped: bool = False
    is_test: bool = False
    rehearsal: bool = False


class Showing(Struct, frozen=True):
    """What shows now, from ``since`` to ``until``. ``begun``: an overlay has said that it draws it."""

    alert: Alert
    since: str
    until: str
    begun: bool = False


class Past(Struct, frozen=True):
    """What is over. ``how``: shown, skipped, missed or dismissed."""

    alert: Alert
    how: str
    at: str


class Latest(Struct, frozen=True):
    """The newest entry."""

    version: int = 0
    actor_id: int | None = None
    kind: str = ""
    at: str | None = None


class AlertsState(Struct, frozen=True):
    """One studio's queue. ``held_at``: everything stands still since then. ``free_at``: nothing starts before.

    ``recent`` follows from what leaves the queue and comes back into it (`alerts.evolve`), oldest first.
    """

    studio_id: int
    paused: bool = False
    held_at: str | None = None
    free_at: str | None = None
    showing: Showing | None = None
    queue: dict[str, Alert] = {}
    recent: dict[str, Past] = {}
    latest: Latest = Latest()
    #: The facts its rules use: the studio's own.
    facts: frozenset[int] = frozenset()


class Pace(Struct, frozen=True):
    """What the rules must know of the studio's settings: milliseconds between two alerts, minutes that one may wait."""

    gap_ms: int = 250
    wait_minutes: int = 10


def in_order(state: AlertsState) -> list[Alert]:
    """What waits, as it will be shown: what was put at the head, then by priority, then as it came."""
    return sorted(state.queue.values(), key=lambda alert: (-alert.rank, -alert.priority, alert.id))


def alive(state: AlertsState) -> dict[int, Alert]:
    """What waits or shows, by id."""
    found = {alert.id: alert for alert in state.queue.values()}
    if state.showing is not None:
        found[state.showing.alert.id] = state.showing.alert
    return found


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)
