"""Every read of sessions that others need. Rows from outside come through ``access_*``."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, TypedDict

from django.db import connection
from django.db.models import Count, F, Q

from cuelight.accounts.access import Access
from cuelight.accounts.session_choices import SessionChoice
from cuelight.catalog import queries as catalog
from cuelight.errors import NotFound
from cuelight.sessions import payloads
from cuelight.sessions.lineup import Item
from cuelight.sessions.models import LineupItem, Session


class SessionRow(TypedDict):
    """A session in a list."""

    id: int
    studio_id: int
    name: str
    slug: str
    status: str
    scheduled_at: str | None
    duration_minutes: int
    item_count: int


def list_sessions(studio_ids: Iterable[int]) -> list[SessionRow]:
    """The sessions of these studios, the live ones first, then those in rehearsal, then the newest."""
    sessions = Session.objects.filter(studio_id__in=list(studio_ids)).annotate(item_count=Count("items"))
    rank = {"live": 0, "rehearsal": 1, "draft": 2, "complete": 3}
    return [_row(session) for session in sorted(sessions, key=lambda s: (rank[s.status], -s.id))]


def session_choices(studio_id: int) -> list[SessionChoice]:
    """A studio's sessions for forms of contexts below, in the order of their list."""
    return [
        SessionChoice(row["id"], row["name"], f"/sessions/{row['id']}/host", f"/sessions/{row['id']}/producer")
        for row in list_sessions([studio_id])
    ]


def access_session(accesses: Sequence[Access], session_id: int, action: str = "session.watch") -> SessionRow:
    """A session that one of these accesses may ``action``. Raises NotFound for what one may not see, Forbidden else."""
    within = [access.studio_id for access in accesses if access.reaches(session_id)]
    row = session_in(within, session_id)
    access = next(access for access in accesses if access.studio_id == row["studio_id"])
    access.require("session.watch")
    access.require(action)
    return row


def studio_of(session_id: int) -> int | None:
    """The studio of a session; None when there is no such session. For the gate of its pages."""
    if session_id >= 2**63:
        return None
    return Session.objects.filter(id=session_id).values_list("studio_id", flat=True).first()


def session_in(studio_ids: Iterable[int], session_id: int) -> SessionRow:
    """A session of these studios; authorise first. Raises NotFound."""
    sessions = Session.objects.filter(id=session_id, studio_id__in=list(studio_ids))
    session = sessions.annotate(item_count=Count("items")).first()
    if session is None:
        raise NotFound("There is no such session.")
    return _row(session)


def session_by_slug(studio_id: int, slug: str) -> SessionRow:
    """A session by the short name used in files and commands. Raises NotFound."""
    session = Session.objects.filter(studio_id=studio_id, slug=slug).annotate(item_count=Count("items")).first()
    if session is None:
        raise NotFound(f"There is no session {slug!r}.")
    return _row(session)


def lineup(session_id: int) -> list[dict[str, Any]]:
    """A session's lines in their order as the crew sees them (``payloads.item``): the override, else the product's."""
    rows = LineupItem.objects.filter(session_id=session_id).order_by("position").values(*Item.__struct_fields__)
    lines = [Item(**row) for row in rows]
    facts = catalog.lineup_products({line.product_id for line in lines})
    return [payloads.item(line, facts, for_crew=True) for line in lines]


def session_on_air(studio_id: int) -> int | None:
    """The session that is live; of several the one that went live last."""
    live = Session.objects.filter(studio_id=studio_id, status=Session.Status.LIVE)
    return live.order_by("-started_at", "-id").values_list("id", flat=True).first()


def now_and_next(studio_id: int, *, now: datetime, count: int = 6) -> tuple[list[SessionRow], list[SessionRow]]:
    """What is on air or rehearsed, and what comes: by its day; behind that what has no day yet, the newest first.

    A show whose hour has come and that nobody has started is still to come, for half a day.
    """
    sessions = Session.objects.filter(studio_id=studio_id).annotate(item_count=Count("items"))
    running = sessions.filter(status__in=(Session.Status.LIVE, Session.Status.REHEARSAL)).order_by(
        "status", "-started_at"
    )
    to_come = Q(scheduled_at__isnull=True) | Q(scheduled_at__gt=now - timedelta(hours=12))
    drafts = sessions.filter(to_come, status=Session.Status.DRAFT)
    ahead = drafts.order_by(F("scheduled_at").asc(nulls_last=True), "-id")[:count]
    return [_row(session) for session in running], [_row(session) for session in ahead]


def habits(studio_id: int) -> dict[str, Any]:
    """How the studio's newest session is run: the columns that its next one starts with. Empty when it has none."""
    newest = Session.objects.filter(studio_id=studio_id).order_by("-id")
    columns = newest.values("warn_seconds", "danger_seconds", "freeze_at_zero", "arming", "presets").first()
    return dict(columns or {})


def new_item_ids(studio_id: int, product_ids: Sequence[int]) -> list[int]:
    """Ids for new lineup items of these products. Raises NotFound when one is not the studio's."""
    if catalog.products_of_studio(studio_id, product_ids) != set(product_ids):
        raise NotFound("There is no such product.", reason="unknown_product")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence('live_sessions_lineupitem', 'id')) FROM generate_series(1, %s)",
            [len(product_ids)],
        )
        return [row[0] for row in cursor.fetchall()]


def _row(session: Any) -> SessionRow:
    return {
        "id": session.id,
        "studio_id": session.studio_id,
        "name": session.name,
        "slug": session.slug,
        "status": session.status,
        "scheduled_at": session.scheduled_at.isoformat() if session.scheduled_at else None,
        "duration_minutes": session.duration_minutes,
        "item_count": session.item_count,
    }


def lineup_numbers(session_id: int) -> dict[int, int]:
    """Number → product id of a session's lineup."""
    return dict(LineupItem.objects.filter(session_id=session_id).values_list("position", "product_id"))
