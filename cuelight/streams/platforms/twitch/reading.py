"""Following one channel: over as many WebSockets as it takes, until somebody ends it or a person is needed.

Three tasks: one holds a socket and puts what it says into a queue, one hands the queue on, one asks for what nobody
tells. A socket that ends takes nothing along: what it brought waits in the queue.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

import structlog
from django.conf import settings

from cuelight.errors import CuelightError
from cuelight.streams.backoff import Backoff
from cuelight.streams.platforms.contract import Abilities, Account, NeedsYou, Outlet
from cuelight.streams.platforms.twitch import faults, wire
from cuelight.streams.platforms.twitch.asking import READER, WELCOMED, Asking, Patience
from cuelight.streams.platforms.twitch.client import Client, bucket_of
from cuelight.streams.platforms.twitch.delivering import Delivery, Standing
from cuelight.streams.platforms.twitch.polling import Air, Polling, Rounds
from cuelight.streams.platforms.twitch.socket import Line, Lost, Pace, first_url, is_like, opened
from cuelight.streams.platforms.twitch.subscriptions import BY_TYPE, WANTED, Outcome, Wanted, subscribe
from cuelight.streams.platforms.twitch.tokens import Tokens

log = structlog.get_logger(__name__)

ABILITIES = Abilities(send=True, reply=True, delete=True, time_out=True, ban=True, metadata=True, longest_message=500)
#: Ids of messages that are remembered, to know one that is told twice: two sockets may overlap for half a minute.
REMEMBERED = 20_000
#: Close codes: we did not move in time; the address to move to is not known.
MOVED_TOO_LATE, WRONG_ADDRESS = 4004, 4007


@dataclass(frozen=True, slots=True)
class Timing:
    """How long what takes; tests are in a hurry. ``hurry``: while a socket waits for what it is for."""

    pace: Pace = field(default_factory=Pace)
    rounds: Rounds = field(default_factory=Rounds)
    patience: Patience = READER
    hurry: Patience = WELCOMED
    backoff: Callable[[], Backoff] = Backoff


class TwitchAdapter:
    """One channel, read. Used once: `contract.Adapter`."""

    abilities = ABILITIES

    def __init__(self, account: Account, timing: Timing | None = None) -> None:
        self.account = account
        self._timing = timing or Timing()
        self._pace = self._timing.pace
        self._tokens = Tokens(account.id, self._timing.patience)
        self._air = Air()
        self._scopes: tuple[str, ...] = ()
        self._is_valid = asyncio.Event()
        self._known: dict[str, None] = {}
        self._logged: set[str] = set()
        self._outcome = Outcome()

    async def read(self, outlet: Outlet) -> None:
        """Until it is cancelled. Raises NeedsYou."""
        ended: NeedsYou | None = None
        try:
            await self._run(outlet)
        except* NeedsYou as group:
            ended = _first_of(group)
        if ended is not None:
            raise ended

    async def _run(self, outlet: Outlet) -> None:
        self._delivery = Delivery(outlet)
        async with (
            Asking(self._timing.patience) as patient,
            Asking(self._timing.hurry) as hurried,
            asyncio.TaskGroup() as group,
        ):
            bucket = bucket_of(self.account.id)
            self._group = group
            self._hurried = Client(hurried, self._tokens, bucket)
            client = Client(patient, self._tokens, bucket)
            polling = Polling(self.account, client, self._tokens, self._delivery.put, self._air, self._timing.rounds)
            group.create_task(self._delivery.run())
            group.create_task(self._hold_on())
            await self._is_valid.wait()
            group.create_task(polling.run())

    async def _hold_on(self) -> None:
        """Comes back after whatever goes wrong, ever later. Raises NeedsYou."""
        backoff = self._timing.backoff()
        await self._delivery.put(Standing("connecting"))
        while True:
            began = time.monotonic()
            after_s: float | None = None
            try:
                await self._hold()
            except NeedsYou:
                raise
            except Lost as lost:
                why, after_s = lost.sentence, lost.after_s
            except CuelightError as error:
                why, after_s = error.message.rstrip("."), getattr(error, "after_s", None)
            except Exception:
                log.exception("the reading of Twitch broke", account=self.account.id)
                why = "Something broke on our side"
            backoff.held(time.monotonic() - began)
            wait_s = backoff.next_s(after_s)
            log.info("Twitch was lost", account=self.account.id, why=why, wait_s=round(wait_s, 2))
            await self._delivery.put(Standing("reconnecting", _lost_sentence(why, wait_s)))
            await asyncio.sleep(wait_s)

    async def _hold(self) -> None:
        """From a welcome to the end of the last line that took over from another. Raises Lost, NeedsYou, Refused."""
        if not self._is_valid.is_set():
            self._scopes = (await self._tokens.validated()).scopes
            self._is_valid.set()
        self._line = await opened(first_url(settings.TWITCH_EVENTSUB_URL, self._pace), self._pace, self._on_garbage)
        asking: asyncio.Task[None] | None = None
        try:
            self._outcome = await self._subscribe()
            await self._tell_connected()
            if self._outcome.later:
                asking = self._group.create_task(self._ask_again())
            while True:
                self._line = await self._move(self._line, await self._listen(self._line))
        except Lost:
            self._line.drop()
            raise
        finally:
            if asking is not None:
                asking.cancel()
            await self._leave(self._line)

    async def _subscribe(self) -> Outcome:
        try:
            async with asyncio.timeout(self._pace.subscribe_s):
                outcome = await self._asked(WANTED)
        except TimeoutError as error:
            raise Lost("Twitch did not take what we ask for in time") from error
        if not outcome.made:
            fault = outcome.fault
            why = fault.message.rstrip(".") if fault else "Twitch takes nothing of what we ask for"
            raise Lost(why, after_s=getattr(fault, "after_s", None))
        return outcome

    async def _asked(self, wanted: tuple[Wanted, ...]) -> Outcome:
        return await subscribe(self._hurried, self.account.channel_id, self._line.session_id, self._scopes, wanted)

    async def _ask_again(self) -> None:
        """Asks for what could not be had at first, as long as the line holds."""
        backoff = Backoff(self._pace.ask_again_s, self._pace.ask_again_s * 8)
        while self._outcome.later:
            await asyncio.sleep(backoff.next_s(getattr(self._outcome.fault, "after_s", None)))
            self._outcome.settle(await self._asked(tuple(self._outcome.later)))
            await self._tell_connected()

    async def _listen(self, line: Line) -> str:
        """Takes what a line says until Twitch moves us elsewhere; returns where. Raises Lost, NeedsYou."""
        while True:
            message = await line.message()
            if message.type == "session_reconnect" and (url := _reconnect_url(message)):
                return url
            await self._take(message)

    async def _listen_out(self, line: Line) -> Lost:
        """Takes what a line still says until it ends; returns why it did. Raises NeedsYou."""
        try:
            while True:
                await self._take(await line.message())
        except Lost as lost:
            return lost

    async def _move(self, line: Line, url: str) -> Line:
        """The line that takes over; this one is listened to until it has, and for what it still has to say. Raises
        Lost when both are over."""
        rest = self._group.create_task(self._listen_out(line))
        opening = asyncio.create_task(self._taken_over(url, rest))
        try:
            await asyncio.wait({opening, rest}, return_when=asyncio.FIRST_COMPLETED)
            if not opening.done() and rest.result().code == MOVED_TOO_LATE:
                raise rest.result()
            successor = await opening
        except Lost:
            await rest
            raise
        finally:
            opening.cancel()
        self._group.create_task(self._leave(line, rest))
        return successor

    async def _taken_over(self, url: str, rest: asyncio.Task[Lost]) -> Line:
        """Opens the address that Twitch gave, as it is; what was asked for comes along. Raises Lost."""
        backoff, give_up_at = Backoff(0.5, 4.0), time.monotonic() + self._pace.overlap_s
        while True:
            try:
                return await opened(url, self._pace, self._on_garbage)
            except Lost as lost:
                wait_s = backoff.next_s(lost.after_s)
                if lost.code == WRONG_ADDRESS or rest.done() or time.monotonic() + wait_s > give_up_at:
                    raise
                await asyncio.sleep(wait_s)

    async def _leave(self, line: Line, rest: asyncio.Task[Lost] | None = None) -> None:
        try:
            async with asyncio.timeout(self._pace.close_s if rest is None else None):
                await line.close()
            if rest is not None:
                await rest
        except TimeoutError:
            pass
        finally:
            line.drop()

    async def _take(self, message: wire.Message) -> None:
        """One message, unless another socket brought it already. Raises NeedsYou."""
        if message.id:
            if message.id in self._known:
                return
            self._known[message.id] = None
            if len(self._known) > REMEMBERED:
                del self._known[next(iter(self._known))]
        match message.type:
            case "notification":
                await self._hear(message)
            case "revocation":
                await self._lose(message)
            case "session_welcome" | "session_keepalive" | "session_reconnect":
                pass
            case _:
                self._log_once(f"message {message.type[:40]}")

    async def _hear(self, message: wire.Message) -> None:
        if message.subscription_type not in wire.READERS:
            self._log_once(f"event {message.subscription_type[:60]}")
            return
        if not wire.is_of(message, self.account.channel_id):
            self._log_once(f"broken {message.subscription_type}")
            return
        reader = wire.Reader(self.account.channel_id, datetime.now(UTC), settings.TWITCH_EMOTES_URL)
        told = wire.heard(message, reader)
        if isinstance(told, wire.Live):
            told = self._air.told(told)
        if told is not None:
            await self._delivery.put(told)

    async def _lose(self, message: wire.Message) -> None:
        """Twitch will not tell us of something any more. Raises NeedsYou when that is everything."""
        subscription = message.payload.get("subscription")
        status = subscription.get("status") if isinstance(subscription, dict) else ""
        log.warning("Twitch ended a subscription", type=message.subscription_type, status=str(status)[:60])
        if status == "authorization_revoked":
            raise await self._tokens.given_up(faults.revoked())
        if status == "user_removed":
            raise await self._tokens.given_up(faults.user_gone())
        wanted = BY_TYPE.get(message.subscription_type)
        if wanted is not None:
            self._outcome.ended(wanted)
            await self._tell_connected()

    async def _tell_connected(self) -> None:
        await self._delivery.put(Standing("connected", self._outcome.sentence()))

    def _on_garbage(self, data: bytes) -> None:
        self._log_once("garbage", size=len(data))

    def _log_once(self, what: str, **more: object) -> None:
        if what not in self._logged and len(self._logged) < 200:
            self._logged.add(what)
            log.warning("Twitch said something that we do not know", what=what, **more)


def _reconnect_url(message: wire.Message) -> str:
    session = message.payload.get("session")
    url = session.get("reconnect_url") if isinstance(session, dict) else None
    return url if isinstance(url, str) and is_like(url, settings.TWITCH_EVENTSUB_URL) else ""


def _lost_sentence(why: str, wait_s: float) -> str:
    said = why[:1].upper() + why[1:]
    return f"{said}. Trying again{f' in {wait_s:.0f} seconds' if wait_s >= 2 else ''}."


def _first_of(group: BaseExceptionGroup[NeedsYou]) -> NeedsYou:
    found: BaseException = group
    while isinstance(found, BaseExceptionGroup):
        found = found.exceptions[0]
    assert isinstance(found, NeedsYou)
    return found
