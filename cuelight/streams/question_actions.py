"""Writes of what viewers ask and ask for. Each is one transaction; screens are told after it."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from django.db import IntegrityError, connection, transaction
from django.db.models import Q
from django.utils import timezone

from cuelight.errors import Conflict, Invalid, NotFound
from cuelight.live.broadcast import broadcast
from cuelight.sessions import actions as sessions
from cuelight.streams import asking, queries, question_queries
from cuelight.streams.events import TALK
from cuelight.streams.models import Question, Wanted

#: Roles of those whose talk is not the audience's.
OURS = frozenset(("own", "broadcaster"))

# Keys go in sorted: of two processes that ask the same, the second waits for the first and not each for the other.
ASK = """
INSERT INTO streams_question AS known
    (studio_id, session_id, item_id, product_id, platform, event_id, user_name, user_color, text, key, asked, first_at,
     last_at, state, rehearsal)
SELECT %s, %s, item_id, product_id, platform, event_id, user_name, user_color, text, key, asked, at, at, 'open',
    rehearsal
FROM unnest(%s::bigint[], %s::bigint[], %s::text[], %s::bigint[], %s::text[], %s::text[], %s::text[], %s::text[],
    %s::int[], %s::timestamptz[], %s::bool[])
    AS g (item_id, product_id, platform, event_id, user_name, user_color, text, key, asked, at, rehearsal)
ORDER BY key
ON CONFLICT (studio_id, session_id, key) WHERE state = 'open' DO UPDATE SET
    asked = known.asked + excluded.asked,
    last_at = greatest(known.last_at, excluded.last_at),
    rehearsal = known.rehearsal AND excluded.rehearsal
RETURNING id
"""

WISH = """
INSERT INTO streams_wanted
    (studio_id, session_id, item_id, product_id, event_id, platform, user_id, at, rehearsal)
SELECT %s, %s, g.* FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::text[], %s::text[], %s::timestamptz[],
    %s::bool[]) AS g
ON CONFLICT (session_id, event_id, item_id) DO NOTHING
"""


class Asked(NamedTuple):
    """A question that came up, ``times`` times by now; the rest is of whoever asked first."""

    item_id: int | None
    product_id: int | None
    platform: str
    event_id: int
    user_name: str
    user_color: str
    text: str
    key: str
    times: int
    at: datetime
    rehearsal: bool


class Wish(NamedTuple):
    """A message that asked for a line of the lineup."""

    item_id: int
    product_id: int
    event_id: int
    platform: str
    user_id: str
    at: datetime
    rehearsal: bool


def asked_key(text: str, item_id: int | None) -> str:
    """What two messages must share to be one question: "how much?" is another one for another product, "do you ship
    to Canada?" is not."""
    key = asking.key(text)
    return key if item_id is None or asking.is_general(text) else f"{item_id} {key}"


def take_up(studio_id: int, session_id: int | None, asked: Sequence[Asked], wished: Sequence[Wish]) -> None:
    """Writes questions, the same one once, and wishes. Each key at most once in ``asked``.

    Broadcasts ``question_changed`` for each question, and ``wanted`` if anything was asked for.
    """
    with transaction.atomic():
        if asked:
            _ask(studio_id, session_id, asked)
        if wished and session_id is not None:
            with connection.cursor() as cursor:
                cursor.execute(WISH, [studio_id, session_id, *map(list, zip(*wished, strict=True))])
            tell_wanted(session_id)


def tell_wanted(session_id: int) -> bool:
    """Broadcasts what is asked for; returns whether any of it was just now, so that it will soon be less."""
    counts = question_queries.wanted_counts(session_id)
    broadcast(f"wanted:{session_id}", "wanted", {"wanted": {str(item_id): row for item_id, row in counts.items()}})
    return any(row["recent"] for row in counts.values())


def mark(studio_id: int, event_id: int) -> int:
    """Makes a message of the chat a question, by hand; returns the question. One that is open already stays as it is.

    Broadcasts ``question_changed``. Raises NotFound for a message that is not there, Invalid for what says nothing.
    """
    with transaction.atomic():
        found = queries.event(studio_id, event_id)
        if found is None:
            raise NotFound("There is no such message.")
        text = str(found["body"].get("text") or "").strip()
        if found["kind"] not in TALK or not text:
            raise Invalid("no_text", "Only what somebody wrote in the chat can be a question.")
        air = question_queries.air(studio_id)
        item_id = next(iter(air.matcher.wanted(text)), air.item_id)
        key = asked_key(text, item_id)
        same = Question.objects.filter(studio_id=studio_id, key=key, state=Question.State.OPEN)
        of_session = Q(session_id__isnull=True) if air.session_id is None else Q(session_id=air.session_id)
        known = same.filter(of_session).values_list("id", flat=True).first()
        if known is not None:
            return known
        user = found["body"].get("user") or {}
        one = Asked(
            item_id,
            air.products.get(item_id or 0),
            found["platform"],
            event_id,
            str(user.get("name", "")),
            str(user.get("color", "")),
            text,
            key,
            1,
            timezone.now(),
            bool(found["body"].get("rehearsal")),
        )
        [made] = _ask(studio_id, air.session_id, [one])
        return made


def done(studio_id: int, question_id: int, *, by: int | None) -> None:
    """A question was answered; no host reads it any more. May run twice. Broadcasts ``question_changed``, and the
    sessions' ``state_changed``. Raises NotFound."""
    _handle(studio_id, question_id, Question.State.DONE, by)


def dismiss(studio_id: int, question_id: int, *, by: int | None) -> None:
    """A question is not to be answered; no host reads it any more. May run twice. Broadcasts ``question_changed``, and
    the sessions' ``state_changed``. Raises NotFound."""
    _handle(studio_id, question_id, Question.State.DISMISSED, by)


def reopen(studio_id: int, question_id: int) -> None:
    """A question is to be answered after all; it waits, and is on no host's screen. May run twice. Broadcasts
    ``question_changed``.

    Raises NotFound, and Conflict when the same was asked again since: that one is open.
    """
    try:
        _handle(studio_id, question_id, Question.State.OPEN, None)
    except IntegrityError as error:
        raise Conflict("asked_again", "The same question was asked again and is open.") from error


def withdraw(studio_id: int, event_ids: Sequence[int]) -> None:
    """Messages are no longer to be seen: the open questions that show their words are dismissed, on hosts' screens too,
    and what they asked for is counted no longer. Who asks the same afterwards asks anew. May run twice.

    Broadcasts ``question_changed`` for each, and ``wanted`` to the sessions that count less.
    """
    with transaction.atomic():
        _forget_wishes(studio_id, event_ids)
        shown = Question.objects.select_for_update().filter(
            studio_id=studio_id, event_id__in=list(event_ids), state=Question.State.OPEN
        )
        ids = list(shown.order_by("id").values_list("id", flat=True))
        if ids:
            Question.objects.filter(pk__in=ids).update(state=Question.State.DISMISSED, handled_at=timezone.now())
            sessions.clear_questions(studio_id, ids, actor_id=None)
            _tell(studio_id, ids)


def count_again(studio_id: int, event_id: int) -> None:
    """A message is to be seen again: what it asks for in the lineup that runs counts, as it did when it came in. Its
    question stays dismissed. May run twice. Broadcasts ``wanted``."""
    with transaction.atomic():
        found = queries.event(studio_id, event_id)
        air = question_queries.air(studio_id)
        if found is None or found["kind"] not in ("chat", "question") or air.session_id is None:
            return
        body = found["body"]
        user = body.get("user") or {}
        if not OURS.isdisjoint(user.get("roles", ())):
            return
        user_id = found["user_id"]
        at = min(datetime.fromisoformat(body["at"]), found["received_at"])
        rehearsal = bool(body.get("rehearsal"))
        wished = [
            Wish(item_id, air.products[item_id], event_id, found["platform"], user_id, at, rehearsal)
            for item_id in air.matcher.wanted(str(body.get("text") or ""))
        ]
        take_up(studio_id, air.session_id, [], wished)


def _forget_wishes(studio_id: int, event_ids: Sequence[int]) -> None:
    wishes = Wanted.objects.filter(session__studio_id=studio_id, event_id__in=list(event_ids))
    counted_in = sorted(set(wishes.values_list("session_id", flat=True)))
    if counted_in:
        wishes.delete()
    for session_id in counted_in:
        tell_wanted(session_id)


def _handle(studio_id: int, question_id: int, state: Question.State, by: int | None) -> None:
    with transaction.atomic():
        question = Question.objects.select_for_update().filter(studio_id=studio_id, pk=question_id).first()
        if question is None:
            raise NotFound("There is no such question.")
        if question.state == state:
            return
        is_open = state == Question.State.OPEN
        question.state = state
        question.handled_by_id = None if is_open else by
        question.handled_at = None if is_open else timezone.now()
        question.save(update_fields=["state", "handled_by", "handled_at"])
        if not is_open:
            sessions.clear_questions(studio_id, [question_id], actor_id=by)
        _tell(studio_id, [question_id])


def _ask(studio_id: int, session_id: int | None, asked: Sequence[Asked]) -> list[int]:
    columns = [list(column) for column in zip(*asked, strict=True)]
    with connection.cursor() as cursor:
        cursor.execute(ASK, [studio_id, session_id, *columns])
        ids = [question_id for (question_id,) in cursor.fetchall()]
    _tell(studio_id, ids)
    return ids


def _tell(studio_id: int, ids: Sequence[int]) -> None:
    for row in question_queries.questions(studio_id, ids):
        broadcast(f"questions:{studio_id}", "question_changed", {**row})
