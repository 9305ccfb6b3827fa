"""Reads of what viewers ask and ask for."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import NamedTuple

from django.db.models import Count, Q
from django.utils import timezone

from cuelight.catalog import queries as catalog
from cuelight.errors import Gone, Newer, NotFound
from cuelight.sessions import queries as sessions
from cuelight.streams.models import Question, Wanted
from cuelight.streams.rows import QuestionRow, WantedRow
from cuelight.streams.wanting import Matcher, lines_of

#: Open questions that a screen gets; older ones nobody waits for.
MOST_LISTED, STILL_ASKED = 200, timedelta(hours=24)
#: The one order of questions, on every screen too: the most asked first; of those asked as often, who has waited
#: longest.
BY_NEED = ("-asked", "first_at", "id")
#: What counts as asked for just now.
RECENT = timedelta(minutes=2)


class Air(NamedTuple):
    """What a message of the chat is about: the session that runs, its item on air, its lineup made ready.

    ``products``: item id → product id. ``version`` is the lineup's.
    """

    session_id: int | None
    item_id: int | None
    matcher: Matcher
    products: Mapping[int, int]
    version: int


#: No session runs.
NOTHING = Air(None, None, Matcher([]), {}, 0)


def air(studio_id: int, known: Air = NOTHING) -> Air:
    """What runs in a studio, live or in rehearsal. Of ``known`` the lineup is kept as long as it is the same."""
    running = sessions.running(studio_id)
    if running is None:
        return NOTHING
    session_id = running["id"]
    try:
        state = sessions.state(session_id)
    except (NotFound, Gone, Newer):
        return NOTHING
    version = state.latest.lineup_version
    if (known.session_id, known.version) == (session_id, version):
        return known._replace(item_id=state.live.item_id)
    rows = sessions.lineup(session_id)
    products = {row["id"]: row["product_id"] for row in rows}
    matcher = Matcher(lines_of(rows, catalog.what_products_come_in(products.values())))
    return Air(session_id, state.live.item_id, matcher, products, version)


def open_questions(studio_id: int) -> list[QuestionRow]:
    """What a studio is asked and has not answered, in the order of `BY_NEED`. Of the last 24 hours; of more than 200
    those that were asked last. What a host of a show that is not over reads is always among them, however old."""
    is_open = Question.objects.filter(studio_id=studio_id, state=Question.State.OPEN)
    newest = is_open.filter(last_at__gt=timezone.now() - STILL_ASKED).order_by("-last_at", "-id")[:MOST_LISTED]
    read = sessions.questions_to_read(studio_id)
    listed = is_open.filter(Q(pk__in=newest.values("pk")) | Q(pk__in=read))
    return question_rows(listed.order_by(*BY_NEED))


def questions(studio_id: int, ids: Sequence[int]) -> list[QuestionRow]:
    """These of a studio's questions, in the order in which they were asked first; ids of others are absent."""
    return question_rows(Question.objects.filter(studio_id=studio_id, pk__in=list(ids)).order_by("id"))


def question_rows(asked: Iterable[Question]) -> list[QuestionRow]:
    """As screens get them: with the number and the name that the product has in the lineup now."""
    found = list(asked)
    lines = _lines({one.session_id for one in found if one.session_id and one.item_id})
    names = catalog.product_names({one.product_id for one in found if one.product_id})
    return [_row(one, lines.get(one.item_id or 0), names) for one in found]


def _lines(session_ids: Iterable[int]) -> dict[int, tuple[int, str | None]]:
    """Item id → its number and the name that the session gives it, if any."""
    lines: dict[int, tuple[int, str | None]] = {}
    for session_id in session_ids:
        try:
            items = sessions.state(session_id).items
        except (NotFound, Gone, Newer):
            continue
        lines |= {item.id: (item.position, item.name) for item in items.values()}
    return lines


def _row(asked: Question, line: tuple[int, str | None] | None, names: Mapping[int, str]) -> QuestionRow:
    number, name = line or (None, None)
    return {
        "id": asked.pk,
        "session_id": asked.session_id,
        "item_id": asked.item_id,
        "product_id": asked.product_id,
        "number": number,
        "product": name or names.get(asked.product_id or 0, ""),
        "event_id": asked.event_id,
        "platform": asked.platform,
        "user_name": asked.user_name,
        "user_color": asked.user_color,
        "text": asked.text,
        "asked": asked.asked,
        "first_at": asked.first_at.isoformat(),
        "last_at": asked.last_at.isoformat(),
        "state": asked.state,
        "rehearsal": asked.rehearsal,
    }


def wanted_counts(session_id: int) -> dict[int, WantedRow]:
    """Item id → how often it was asked for, in all and within the last two minutes; authorise first. Items that nobody
    asked for are absent."""
    recent = Count("id", filter=Q(at__gt=timezone.now() - RECENT))
    rows = Wanted.objects.filter(session_id=session_id).values("item_id").annotate(total=Count("id"), recent=recent)
    return {row["item_id"]: {"total": row["total"], "recent": row["recent"]} for row in rows.order_by("item_id")}
