"""What people and platforms do about messages and viewers: hidden here at once, at the platform where it can be.

Ours goes both ways: what is hidden here is deleted there if the platform has that, and what is deleted there vanishes
here. A message that is not to be seen stays in the table, so that hiding it can be taken back.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.db import transaction
from django.utils import timezone

from cuelight.errors import NotFound
from cuelight.live.broadcast import broadcast
from cuelight.streams import alert_actions, broadcasts, queries, question_actions
from cuelight.streams.models import Event, Moderated
from cuelight.streams.platforms.contract import Removal

log = structlog.get_logger(__name__)

#: How far back the messages of somebody who is shut out vanish.
ALL_OF_ONE = timedelta(hours=24)
#: The most messages that one removal names on the wire; more, and the newest are named.
MOST_NAMED = 2_000


def heard(studio_id: int, platform: str, removal: Removal) -> None:
    """A platform says that messages are no longer to be seen."""
    with transaction.atomic():
        ids = _hide(studio_id, platform, removal, timezone.now())
        user_id = removal.user_id
        already = Moderated.objects.filter(
            studio_id=studio_id, platform=platform, action=removal.why, user_id=user_id,
            at__gt=timezone.now() - timedelta(seconds=30),
        )  # fmt: skip
        # What comes back from the platform after one of us did it is written down already.
        if not (user_id and already.exists()) and (ids or user_id):
            _note(studio_id, removal.why, platform, None, user_id=user_id, platform_ids=removal.platform_ids)
        _take_away(studio_id, ids, removal.why)
        alert_actions.withdraw_from(studio_id, platform, user_id)


def hide(studio_id: int, event_id: int, *, by: int | None) -> dict[str, Any]:
    """Hides one message on every screen. Returns it, for whoever asks the platform to do the same. May run twice."""
    with transaction.atomic():
        found = _event(studio_id, event_id)
        if found["hidden_at"] is None:
            _mark([(event_id, found["received_at"])], studio_id, "hide", timezone.now())
            _note(studio_id, "hide", found["platform"], by, event=found)
            _take_away(studio_id, [event_id], "hide")
        return found


def restore(studio_id: int, event_id: int, *, by: int | None) -> None:
    """Shows a message again that was hidden. May run twice."""
    with transaction.atomic():
        found = _event(studio_id, event_id)
        if found["hidden_at"] is None:
            return
        Event.objects.filter(studio_id=studio_id, id=event_id, received_at=found["received_at"]).update(
            hidden_at=None, hidden_why=""
        )
        _note(studio_id, "restore", found["platform"], by, event=found)
        question_actions.count_again(studio_id, event_id)
        broadcast(f"chat:{studio_id}", "restored", {"events": [{"id": event_id, **found["body"]}]})


def shut_out(
    studio_id: int, event_id: int, action: str, *, by: int | None, seconds: int | None = None
) -> dict[str, Any]:
    """Whoever wrote a message is shut out, "timeout" or "ban": all they wrote within a day vanishes. Returns the
    message, for whoever asks the platform to do the same. Raises NotFound for one that nobody wrote."""
    with transaction.atomic():
        found = _event(studio_id, event_id)
        if not found["user_id"]:
            raise NotFound("Nobody wrote this, so nobody can be shut out for it.")
        removal = Removal(action, user_id=found["user_id"])
        ids = _hide(studio_id, found["platform"], removal, timezone.now())
        _note(studio_id, action, found["platform"], by, event=found, seconds=seconds)
        _take_away(studio_id, ids, action)
        alert_actions.withdraw_from(studio_id, found["platform"], found["user_id"])
        return found


def let_in(studio_id: int, platform: str, user_id: str, *, by: int | None) -> None:
    """Somebody who was banned may write again; what they wrote stays hidden."""
    _note(studio_id, "unban", platform, by, user_id=user_id)


def _take_away(studio_id: int, ids: list[int], why: str) -> None:
    """From every screen: the chat, the alerts, what the producer or the host has of it as a question, what is counted
    of it."""
    broadcasts.removed(studio_id, ids, why)
    question_actions.withdraw(studio_id, ids)
    alert_actions.withdraw(studio_id, ids)


def _event(studio_id: int, event_id: int) -> dict[str, Any]:
    found = queries.event(studio_id, event_id)
    if found is None:
        raise NotFound("This message is not kept any more.")
    return found


def _hide(studio_id: int, platform: str, removal: Removal, now: datetime) -> list[int]:
    """Marks what a removal names; returns the ids that were still to be seen."""
    if removal.platform_ids:
        return _mark(queries.placed(studio_id, platform, removal.platform_ids), studio_id, removal.why, now)
    shown = Event.objects.filter(
        studio_id=studio_id, platform=platform, kind__in=("chat", "question"), received_at__gt=now - ALL_OF_ONE,
        hidden_at=None,
    )  # fmt: skip
    if not removal.everything:
        if not removal.user_id:
            return []
        shown = shown.filter(user_id=removal.user_id)
    ids = list(shown.order_by("-id").values_list("id", flat=True)[:MOST_NAMED])
    shown.update(hidden_at=now, hidden_why=removal.why)
    return ids[::-1]


def _mark(places: Sequence[tuple[int, datetime]], studio_id: int, why: str, now: datetime) -> list[int]:
    hidden = []
    for event_id, received_at in places:
        # By the day it came in, which is its table.
        row = Event.objects.filter(studio_id=studio_id, id=event_id, received_at=received_at, hidden_at=None)
        if row.update(hidden_at=now, hidden_why=why):
            hidden.append(event_id)
    return hidden


def _note(
    studio_id: int,
    action: str,
    platform: str,
    by: int | None,
    *,
    event: dict[str, Any] | None = None,
    user_id: str = "",
    platform_ids: Sequence[str] = (),
    seconds: int | None = None,
) -> None:
    body = event["body"] if event else {}
    Moderated.objects.create(
        studio_id=studio_id,
        action=action,
        platform=platform,
        platform_id=event["platform_id"] if event else (platform_ids[0] if platform_ids else ""),
        event_id=event["id"] if event else None,
        user_id=event["user_id"] if event else user_id,
        user_name=(body.get("user") or {}).get("name", "")[:100],
        seconds=seconds,
        by_id=by,
    )
