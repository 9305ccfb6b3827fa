"""Every read of sessions that others need. Rows from outside come through ``access_*``."""

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, TypedDict
from uuid import UUID

from django.db import connection
from django.db.models import Count, F, Q, QuerySet

from cuelight.accounts.access import Access
from cuelight.accounts.session_choices import SessionChoice
from cuelight.catalog import queries as catalog
from cuelight.catalog.queries import ProductRow
from cuelight.errors import Invalid, NotFound
from cuelight.live.patch import ABSENT
from cuelight.live.transactional import entries_of, state_of
from cuelight.sessions import payloads
from cuelight.sessions.building import MOST_ADDED
from cuelight.sessions.lineup import Item, SessionState
from cuelight.sessions.models import LineupItem, Session

#: What never goes on air as it is.
KEPT = Q(is_template=True) | Q(is_archived=True)


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
    """The sessions of these studios, the live ones first, then those in rehearsal, then the newest. Templates and what
    is in the archive are not among them: see ``listing.py``."""
    sessions = _shows(studio_id__in=list(studio_ids)).annotate(item_count=Count("items"))
    rank = {"live": 0, "rehearsal": 1, "draft": 2, "complete": 3}
    return [_row(session) for session in sorted(sessions, key=lambda s: (rank[s.status], -s.id))]


def session_choices(studio_id: int) -> list[SessionChoice]:
    """A studio's sessions for forms of contexts below, in the order of their list; behind those what is only kept,
    which no form offers."""
    shows = [(row["id"], row["name"], True) for row in list_sessions([studio_id])]
    kept = Session.objects.filter(KEPT, studio_id=studio_id).order_by("-id").values_list("id", "name")
    return [
        SessionChoice(pk, name, f"/sessions/{pk}/host", f"/sessions/{pk}/producer", is_offered)
        for pk, name, is_offered in [*shows, *((pk, name, False) for pk, name in kept)]
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


def made_by(studio_id: int, op_id: UUID | None) -> int | None:
    """The session that an op has made; None when it has made none yet."""
    made = Session.objects.filter(studio_id=studio_id, made_by_op=op_id) if op_id else Session.objects.none()
    return made.values_list("id", flat=True).first()


def is_slug_taken(studio_id: int, slug: str) -> bool:
    """Whether a session of the studio has this short name, whatever it is."""
    return Session.objects.filter(studio_id=studio_id, slug=slug).exists()


def state(session_id: int) -> SessionState:
    """A session as its rules know it, with its settings and its lineup; authorise first. Raises NotFound, Gone."""
    found: SessionState = state_of(connection, f"session:{session_id}")[1]
    return found


def names(studio_id: int, *, templates: bool) -> set[str]:
    """The names that the studio's templates have, or its sessions, archived ones among them."""
    found = Session.objects.filter(studio_id=studio_id, is_template=templates)
    return set(found.values_list("name", flat=True))


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


class RunningRow(TypedDict):
    """The session that runs: ``status`` is live or rehearsal."""

    id: int
    name: str
    status: str


def running(studio_id: int) -> RunningRow | None:
    """The session that is live; else the one in rehearsal; of several the one that began last."""
    runs = Session.objects.filter(studio_id=studio_id, status__in=_RUNNING).order_by("status", "-started_at", "-id")
    found = runs.values("id", "name", "status").first()
    return None if found is None else RunningRow(id=found["id"], name=found["name"], status=found["status"])


def studios_running() -> list[int]:
    """The studios with a session that is live or in rehearsal."""
    return list(Session.objects.filter(status__in=_RUNNING).values_list("studio_id", flat=True).distinct())


def questions_shown(studio_id: int) -> dict[int, int]:
    """Session id → the viewers' question on its host's screen, of all sessions of a studio, on air or not."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT split_part(id, ':', 2)::bigint, (state -> 'live' ->> 'question_id')::bigint FROM live_aggregate
            WHERE studio_id = %s AND kind = 'session' AND deleted_at IS NULL
                AND state -> 'live' ->> 'question_id' IS NOT NULL
            """,
            [studio_id],
        )
        return dict(cursor.fetchall())


def questions_to_read(studio_id: int) -> set[int]:
    """The viewers' questions on the host's screens of a studio's shows that are not over."""
    shown = questions_shown(studio_id)
    shows = _shows(id__in=shown).exclude(status=Session.Status.COMPLETE)
    return {shown[session_id] for session_id in shows.values_list("id", flat=True)}


#: "live" is before "rehearsal" by the alphabet, too.
_RUNNING = (Session.Status.LIVE, Session.Status.REHEARSAL)


def sessions_with_flashes(*, before: datetime) -> list[int]:
    """The sessions in which a flash price or an offer of one is over before that moment."""
    return list(Session.objects.filter(flash_due_at__lt=before).order_by("flash_due_at").values_list("id", flat=True))


def now_and_next(studio_id: int, *, now: datetime, count: int = 6) -> tuple[list[SessionRow], list[SessionRow]]:
    """What is on air or rehearsed, and what comes: by its day; behind that what has no day yet, the newest first.

    A show whose hour has come and that nobody has started is still to come, for half a day.
    """
    sessions = _shows(studio_id=studio_id).annotate(item_count=Count("items"))
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
    return reserved_item_ids(len(product_ids))


def reserved_item_ids(count: int) -> list[int]:
    """Ids for new lineup items that nobody else gets, ascending."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence('live_sessions_lineupitem', 'id')) FROM generate_series(1, %s)",
            [count],
        )
        return [row[0] for row in cursor.fetchall()]


def _shows(**found_by: Any) -> QuerySet[Session]:
    """Sessions that are or were meant to go on air."""
    return Session.objects.filter(~KEPT, **found_by)


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


def lineup_items(session_id: int) -> set[int]:
    """The ids of a session's lineup items."""
    return set(LineupItem.objects.filter(session_id=session_id).values_list("id", flat=True))


def lineup_numbers(session_id: int) -> dict[int, int]:
    """Number → product id of a session's lineup."""
    return dict(LineupItem.objects.filter(session_id=session_id).values_list("position", "product_id"))


class Resolved(TypedDict):
    """One word of a pasted list and the products it may mean: none, one, or several to choose from."""

    word: str
    products: list[ProductRow]


def resolve_products(studio_id: int, text: str, brand_id: int | None = None) -> list[Resolved]:
    """What a pasted list of PIDs, SKUs and numbers means, in its order. Raises Invalid."""
    words = listed_words(text)
    if len(words) > MOST_ADDED:
        raise Invalid("too_many", f"A list has at most {MOST_ADDED} products; this one has {len(words)}")
    found = catalog.products_called(studio_id, set(words), brand_id)
    return [{"word": word, "products": found.get(word, [])} for word in words]


def listed_words(text: str) -> list[str]:
    """``12``, ``GH-7`` … of a list parted by line ends, commas, semicolons or tabs; numbers also by spaces."""
    parts = (part.strip(" \r\u00a0\"'").removeprefix("#") for part in re.split(r"[\n,;\t]", text))
    words: list[str] = []
    for part in parts:
        words += part.split() if re.fullmatch(r"[\d\s]+", part) else [part]
    return [word for word in words if word]


def product_preview(studio_id: int, product_id: int) -> dict[str, Any]:
    """What the lineup would show of a product of the studio. Raises NotFound."""
    if not catalog.products_of_studio(studio_id, [product_id]):
        raise NotFound("There is no such product.", reason="unknown_product")
    return {"id": product_id, **catalog.lineup_products([product_id])[product_id]}


class OnAirSpan(TypedDict):
    """One stay of a line on the screen. Number and name are those it had last. ``item_id`` None: nothing was to be
    shown; ``ends_at`` None: it is there still."""

    item_id: int | None
    product_id: int | None
    number: int | None
    name: str
    starts_at: datetime
    ends_at: datetime | None
    is_rehearsal: bool


def on_air_spans(session_id: int) -> list[OnAirSpan]:
    """What was on the screen when while a session was live or rehearsed, oldest first, from its journal; authorise
    first. Two queries."""
    spans: list[OnAirSpan] = []
    lines: dict[int, dict[str, Any]] = {}
    status, item_id, at = "draft", None, datetime.min.replace(tzinfo=UTC)
    for entry in entries_of(connection, f"session:{session_id}"):
        # Two processes' clocks may differ by a little.
        at, before = max(at, entry.at), (status, item_id)
        for path, (_, after) in entry.event.changes.items():
            if path == "live.status":
                status = after
            elif path == "live.item_id":
                item_id = after
            elif path.startswith("items.") and after != ABSENT:
                _put_line(lines, path.split(".")[1:], after)
        if (status, item_id) == before:
            continue
        if spans and spans[-1]["ends_at"] is None:
            spans[-1]["ends_at"] = at
        if status in ("live", "rehearsal"):
            spans.append(_span(item_id, at, is_rehearsal=status == "rehearsal"))
    names = catalog.product_names({line["product_id"] for line in lines.values()})
    for span in spans:
        line = lines.get(span["item_id"] or 0, {})
        span["product_id"], span["number"] = line.get("product_id"), line.get("position")
        span["name"] = line.get("name") or names.get(line.get("product_id", 0), "")
    return spans


def _put_line(lines: dict[int, dict[str, Any]], names: list[str], value: Any) -> None:
    """A line as a patch has it, whole or one field of it; what a line was when it went is kept."""
    if len(names) == 1:
        lines[int(names[0])] = dict(value)
    elif len(names) == 2:
        lines.setdefault(int(names[0]), {})[names[1]] = value


def _span(item_id: int | None, at: datetime, *, is_rehearsal: bool) -> OnAirSpan:
    return {
        "item_id": item_id,
        "product_id": None,
        "number": None,
        "name": "",
        "starts_at": at,
        "ends_at": None,
        "is_rehearsal": is_rehearsal,
    }
