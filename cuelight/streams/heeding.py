"""What is done about the chat besides showing it: who asks what, and who asks for which line of the lineup.

Beside the way in, never in it: `heed` only puts messages into a queue of their studio, and one worker for each studio
that talks takes up what waits, at most once a second: one call to the database, one statement for all questions, one
for all wishes, and then the screens are told. A flood is cut where somebody would read it, and counted.
"""

import asyncio
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog
from django.db import InterfaceError, OperationalError

from cuelight.live import tasks
from cuelight.live.db import run_db
from cuelight.live.listeners import listens
from cuelight.streams import question_actions, question_queries
from cuelight.streams.asking import is_question
from cuelight.streams.events import Event
from cuelight.streams.question_actions import OURS, Asked, Wish
from cuelight.streams.question_queries import NOTHING, Air
from cuelight.streams.store import Stored

log = structlog.get_logger(__name__)

#: Seconds between two batches of a studio: screens are told no more often.
EVERY_S = 1.0
#: Seconds after which counts of the last minutes are told again while nobody asks.
FADING_S = 10.0
#: Different questions of one batch that become one; nobody reads more. The rest stays chat.
MOST_QUESTIONS = 20
#: Messages in one batch, and messages that wait.
BATCH, MOST_WAITING = 3_000, 20_000
#: Messages that are read without a pause, and the pause in seconds: reading is all Python, and the loop, which shares
#: the interpreter with it, must not wait for it. Without them a flood came 150 ms later to screens.
READ, PAUSE_S = 10, 0.001
#: Seconds between two tries while the database is away.
AGAIN_S = 2.0


@dataclass(slots=True)
class Counts:
    """Since the start of this process, in messages. ``cut``: not looked at for questions, because the second had more
    than anybody reads; ``lost``: came when too many waited; ``failed``: could not be written."""

    heard: int = 0
    cut: int = 0
    lost: int = 0
    failed: int = 0


class Attention:
    """One studio's chat: what waits, and the worker as long as there is something to do."""

    def __init__(self, studio_id: int) -> None:
        self.studio_id = studio_id
        self.waiting: deque[Stored] = deque()
        self.something = asyncio.Event()
        self.air = NOTHING
        #: Raised when products change: what was read before must not be kept after.
        self.turn = self.read_at = 0
        #: Whether something was asked for just now: the counts of it fade.
        self.fades = False

    def put(self, talk: Sequence[Stored]) -> None:
        room = MOST_WAITING - len(self.waiting)
        if len(talk) > room:
            _count("lost", len(talk) - room, self.studio_id)
        self.waiting.extend(talk[:room])
        self.something.set()

    async def run(self) -> None:
        """Until nothing waits and nothing fades."""
        loop = asyncio.get_running_loop()
        while self.waiting or self.fades:
            began = loop.time()
            self.something.clear()
            batch = [self.waiting.popleft() for _ in range(min(BATCH, len(self.waiting)))]
            await self._take_up(batch)
            await asyncio.sleep(EVERY_S - (loop.time() - began))
            if not self.waiting and self.fades:
                await self._wait(FADING_S - EVERY_S)

    async def _take_up(self, batch: Sequence[Stored]) -> None:
        while True:
            turn = self.turn
            known = self.air if turn == self.read_at else NOTHING
            try:
                self.air, self.fades, cut = await run_db(take_up, self.studio_id, batch, known, self.fades)
            except (OperationalError, InterfaceError) as error:
                log.warning("chat waits to be heeded: the database is away", studio=self.studio_id, error=str(error))
                await asyncio.sleep(AGAIN_S)
            except Exception:
                counts.failed += len(batch)
                self.fades = False
                log.exception("chat could not be heeded", studio=self.studio_id, messages=len(batch))
                return
            else:
                self.read_at = turn
                if cut:
                    _count("cut", cut, self.studio_id)
                return

    async def _wait(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self.something.wait()
        except TimeoutError:
            pass


counts = Counts()
_studios: dict[int, Attention] = {}
_running: set[asyncio.Task[None]] = set()
#: What was said once of a studio, so that a flood does not fill the log.
_said: set[tuple[str, int]] = set()


async def heed(studio_id: int, stored: Sequence[Stored]) -> None:
    """What the way in calls when events of a studio are stored. Returns at once."""
    talk = [one for one in stored if _is_audience(one.incoming.event)]
    if not talk:
        return
    counts.heard += len(talk)
    attention = _studios.get(studio_id)
    if attention is None:
        attention = _studios[studio_id] = Attention(studio_id)
        attention.put(talk)
        task = asyncio.create_task(_attend(attention))
        _running.add(task)
        task.add_done_callback(_running.discard)
    else:
        attention.put(talk)


async def stop() -> None:
    """What waits is not taken up any more; it stays chat."""
    waiting = sum(len(attention.waiting) for attention in _studios.values())
    await tasks.end(list(_running))
    if waiting:
        log.info("chat was not heeded: this process stops", messages=waiting)
    _studios.clear()
    _said.clear()


async def _attend(attention: Attention) -> None:
    try:
        await attention.run()
    finally:
        if _studios.get(attention.studio_id) is attention:
            del _studios[attention.studio_id]


@listens("catalog:{studio_id}", "product_changed")
async def product_changed(params: dict[str, str], payload: dict[str, Any]) -> None:
    """A product may be called otherwise now: its lineup is read again."""
    attention = _studios.get(int(params["studio_id"]))
    if attention is not None:
        attention.turn += 1


def take_up(studio_id: int, batch: Sequence[Stored], known: Air, fades: bool) -> tuple[Air, bool, int]:
    """Writes what a batch asks and asks for, and tells the screens.

    Returns what is on air now, whether counts of wishes will fade, and how many messages were not looked at for
    questions.
    """
    air = question_queries.air(studio_id, known)
    asked: dict[str, Asked] = {}
    askers: set[tuple[str, str, str]] = set()
    texts: set[str] = set()
    wished: list[Wish] = []
    cut = 0
    for place, one in enumerate(batch, start=1):
        if place % READ == 0:
            time.sleep(PAUSE_S)
        event = one.incoming.event
        items = air.matcher.wanted(event.text)
        wished += [_wish(one, item_id, air) for item_id in items]
        if len(asked) >= MOST_QUESTIONS and event.text not in texts:
            cut += 1
            continue
        if event.kind != "question" and not is_question(event.text):
            continue
        texts.add(event.text)
        item_id = items[0] if items else air.item_id
        key = question_actions.asked_key(event.text, item_id)
        # Somebody who says it three times in a second has asked once.
        asker = (key, event.platform, event.user.id if event.user else str(one.id))
        if asker in askers:
            continue
        askers.add(asker)
        if key in asked:
            before = asked[key]
            asked[key] = before._replace(times=before.times + 1, rehearsal=before.rehearsal and event.rehearsal)
        elif len(asked) < MOST_QUESTIONS:
            asked[key] = _asked(one, item_id, key, air)
    question_actions.take_up(studio_id, air.session_id, list(asked.values()), wished)
    if air.session_id is None:
        return air, False, cut
    if wished:
        return air, True, cut
    return air, fades and question_actions.tell_wanted(air.session_id), cut


def _asked(one: Stored, item_id: int | None, key: str, air: Air) -> Asked:
    event = one.incoming.event
    return Asked(
        item_id=item_id,
        product_id=air.products.get(item_id or 0),
        platform=event.platform,
        event_id=one.id,
        user_name=event.user.name if event.user else "",
        user_color=event.user.color if event.user else "",
        text=event.text,
        key=key,
        times=1,
        at=_when(one),
        rehearsal=event.rehearsal,
    )


def _wish(one: Stored, item_id: int, air: Air) -> Wish:
    event = one.incoming.event
    user_id = event.user.id if event.user else ""
    product_id = air.products[item_id]
    return Wish(item_id, product_id, one.id, event.platform, user_id, _when(one), event.rehearsal)


def _when(one: Stored) -> datetime:
    # A platform whose clock is ahead asks nothing in the future.
    return min(one.incoming.event.at, one.incoming.received_at)


def _is_audience(event: Event) -> bool:
    if event.kind not in ("chat", "question") or not event.text:
        return False
    return event.user is None or OURS.isdisjoint(event.user.roles)


def _count(what: str, messages: int, studio_id: int) -> None:
    setattr(counts, what, getattr(counts, what) + messages)
    if (what, studio_id) not in _said:
        _said.add((what, studio_id))
        log.warning("more chat than can be heeded", what=what, studio=studio_id, messages=messages)
