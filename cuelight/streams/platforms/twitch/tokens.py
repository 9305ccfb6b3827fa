"""The tokens of one account: sealed in its row, renewed when Twitch refuses one, by one process at a time.

The lock is PostgreSQL's, held by a connection of its own over the request: no transaction stays open meanwhile, and
the lock of a process that dies goes with its connection. Who waited for it finds what the other one got.
"""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

import asyncpg
import structlog
from django.conf import settings
from django.db import DatabaseError
from django.utils import timezone

from cuelight.errors import Unavailable
from cuelight.live.db import asyncpg_arguments, run_db
from cuelight.sealing import Unsealable, seal, unseal
from cuelight.streams.models import PlatformAccount
from cuelight.streams.platforms.contract import NeedsYou
from cuelight.streams.platforms.twitch import faults, oauth
from cuelight.streams.platforms.twitch.asking import READER, Asking, Patience
from cuelight.streams.platforms.twitch.oauth import Grant, Validity

log = structlog.get_logger(__name__)

PURPOSE = "twitch"
#: It is renewed so long before its end.
MARGIN = timedelta(minutes=5)
#: Seconds that somebody waits for another process that renews the same token.
LOCK_WAIT_S = 60.0
#: How often, and how many seconds apart, new tokens are tried to be kept: Twitch may no longer take the old ones.
KEEPS, KEEP_AGAIN_S = 5, 1.0

#: Seconds that a token is used without another look at its row: whether somebody is needed by now, or it is gone.
KNOWN_S = 30.0

LOCK = "SELECT pg_advisory_lock(hashtextextended('cuelight twitch token ' || $1::text, 0))"


@dataclass(frozen=True, slots=True, repr=False)
class Kept:
    """What the account's row has of its tokens, opened."""

    access_token: str
    refresh_token: str
    ends_at: datetime | None


def sealed(text: str) -> str:
    return seal(text, purpose=PURPOSE) if text else ""


def opened(text: str) -> str:
    """What was sealed. Raises NeedsYou when it cannot be read: the installation's secret was changed."""
    try:
        return unseal(text, purpose=PURPOSE) if text else ""
    except Unsealable as error:
        raise faults.unsealable() from error


class Tokens:
    """The tokens of one account, for its client. All raise NeedsYou, and Refused when Twitch does not answer."""

    def __init__(self, account_id: int, patience: Patience = READER) -> None:
        self._account_id = account_id
        self._patience = patience
        self._renewing: asyncio.Task[str] | None = None
        self._known: Kept | None = None
        self._known_until = 0.0

    async def current(self) -> str:
        """One that is good for a while."""
        kept = self._known
        if kept is None or time.monotonic() > self._known_until or not _is_good(kept):
            kept = self._known = await run_db(read, self._account_id)
            self._known_until = time.monotonic() + KNOWN_S
        return kept.access_token if _is_good(kept) else await self.renewed(kept.access_token)

    async def renewed(self, refused: str) -> str:
        """Another one than that which Twitch has just refused."""
        self._known = None
        # Not given up halfway when whoever asked is, nor with their connection: Twitch may have taken the old one back.
        if self._renewing is None or self._renewing.done():
            self._renewing = asyncio.create_task(self._renew(refused))
        return await asyncio.shield(self._renewing)

    async def validated(self) -> Validity:
        """What Twitch says of the token, as it wants to be asked at every start and each hour. What it lets us do is
        kept."""
        token = await self.current()
        async with Asking(self._patience) as asking:
            said = await oauth.validate(asking, token)
            if said is None:
                said = await oauth.validate(asking, await self.renewed(token))
        if said is None or said.client_id != settings.TWITCH_KEYS[0]:
            raise await self.given_up(faults.sign_in_again())
        if not await run_db(keep_validity, self._account_id, said):
            raise await self.given_up(faults.other_user())
        return said

    async def given_up(self, why: NeedsYou) -> NeedsYou:
        """Writes down that a person is needed; nothing is asked with this account until somebody has done it."""
        await run_db(give_up, self._account_id, why.message)
        return why

    async def _renew(self, refused: str) -> str:
        async with _alone(self._account_id):
            kept = await run_db(read, self._account_id)
            if kept.access_token != refused and _is_good(kept):
                return kept.access_token
            if not kept.refresh_token:
                raise await self.given_up(faults.sign_in_again())
            try:
                async with Asking(self._patience) as asking:
                    grant = await oauth.refresh(asking, kept.refresh_token)
            except NeedsYou as why:
                raise await self.given_up(why) from why
            await self._keep(grant)
            return grant.access_token

    async def _keep(self, grant: Grant) -> None:
        for attempt in range(1, KEEPS + 1):
            try:
                await run_db(keep, self._account_id, grant)
                return
            except DatabaseError:
                log.warning("new tokens could not be kept", account=self._account_id, attempt=attempt)
                if attempt == KEEPS:
                    raise
                await asyncio.sleep(KEEP_AGAIN_S)


def read(account_id: int) -> Kept:
    """Raises NeedsYou: somebody disconnected it, or it waits for a person already."""
    row = PlatformAccount.objects.filter(pk=account_id).first()
    if row is None:
        raise faults.not_connected()
    if row.state == PlatformAccount.State.NEEDS_YOU:
        raise NeedsYou("needs_you", row.sentence or faults.sign_in_again().message)
    return Kept(opened(row.access_token), opened(row.refresh_token), row.token_ends_at)


def keep(account_id: int, grant: Grant) -> None:
    """Both tokens in one statement: the old refresh token may be worth nothing from now on."""
    PlatformAccount.objects.filter(pk=account_id).update(**columns(grant))


def columns(grant: Grant) -> dict[str, object]:
    """The columns of an account that hold its tokens."""
    return {
        "access_token": sealed(grant.access_token),
        "refresh_token": sealed(grant.refresh_token),
        "token_ends_at": timezone.now() + timedelta(seconds=grant.lasts_s),
    }


def keep_validity(account_id: int, said: Validity) -> bool:
    """Keeps what the token lets us do; False: it is another channel's."""
    row = PlatformAccount.objects.filter(pk=account_id, channel_id=said.user_id)
    ends_at = timezone.now() + timedelta(seconds=said.lasts_s)
    return bool(row.update(scopes=list(said.scopes), token_ends_at=ends_at))


def give_up(account_id: int, sentence: str) -> None:
    row = PlatformAccount.objects.filter(pk=account_id)
    row.update(state=PlatformAccount.State.NEEDS_YOU, sentence=sentence[:500])


def _is_good(kept: Kept) -> bool:
    return bool(kept.access_token) and kept.ends_at is not None and kept.ends_at - MARGIN > timezone.now()


@asynccontextmanager
async def _alone(account_id: int) -> AsyncIterator[None]:
    try:
        async with asyncio.timeout(LOCK_WAIT_S):
            connection = await asyncpg.connect(**asyncpg_arguments())
            try:
                await connection.execute(LOCK, str(account_id))
            except BaseException:
                connection.terminate()
                raise
    except TimeoutError as error:
        raise faults.away() from error
    except (OSError, asyncpg.PostgresError) as error:
        raise Unavailable() from error
    try:
        yield
    finally:
        connection.terminate()  # the lock goes with it
