"""Writing into the chats: to all platforms or some, each for itself. One that fails keeps nobody from the others."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, TypedDict

import structlog

from cuelight.errors import CuelightError, Invalid
from cuelight.live.db import run_db
from cuelight.streams import accounts, feed_actions, queries, running
from cuelight.streams.events import Event
from cuelight.streams.platforms import registry
from cuelight.streams.platforms.contract import Account, Actions, NeedsYou

log = structlog.get_logger(__name__)

#: Seconds that a platform gets to answer somebody who waits.
PATIENCE_S = 15.0


class Sent(TypedDict):
    """What became of a message at one platform. ``sentence`` says why it did not get there."""

    platform: str
    ok: bool
    sentence: str


async def send(
    studio_id: int, text: str, *, platforms: Sequence[str] | None = None, reply_to: int | None = None
) -> list[Sent]:
    """Sends a message; ``platforms``: to these only; ``reply_to``: the id of a message, whose platform it goes to."""
    connected = {account.platform: account for account in await run_db(accounts.of_studio, studio_id)}
    parent = await run_db(queries.event, studio_id, reply_to) if reply_to is not None else None
    if reply_to is not None:
        if parent is None:
            raise Invalid("gone", "The message you answer is not kept any more.")
        platforms = [parent["platform"]]
    chosen = [account for key, account in connected.items() if platforms is None or key in platforms]
    able = [account for account in chosen if registry.platform(account.platform).abilities.send]
    if not able:
        raise Invalid("nowhere", "None of these platforms is connected and takes messages.")
    parent_id = parent["platform_id"] if parent else None
    return list(await asyncio.gather(*(_send(account, text, parent_id) for account in able)))


async def _send(account: Account, text: str, reply_to: str | None) -> Sent:
    platform = registry.platform(account.platform)
    longest = platform.abilities.longest_message
    if len(text) > longest:
        sentence = f"{platform.name} takes {longest} characters at most; these are {len(text)}."
        return {"platform": account.platform, "ok": False, "sentence": sentence}
    replied = reply_to if platform.abilities.reply else None

    async def written(actions: Actions) -> Event:
        return await actions.send(text, replied)

    event, sentence = await attempt(account, written)
    if event is not None:
        # With the platform's own id, so that what comes back from the chat is a repeat of it.
        await running.ingest.put(account.studio_id, [event])
    return {"platform": account.platform, "ok": event is not None, "sentence": sentence}


async def attempt(account: Account, what: Callable[[Actions], Awaitable[Any]]) -> tuple[Any, str]:
    """Does something at a platform; returns what it gave, or None and why not. Where the platform wants a person, every
    screen is told at once."""
    platform = registry.platform(account.platform)
    try:
        async with asyncio.timeout(PATIENCE_S):
            return await what(platform.actions(account)), ""
    except NeedsYou as error:
        # Without one right the rest goes on: the chat is still read.
        if error.reason != "scope_missing":
            await run_db(feed_actions.needs_you, account.id, str(error))
        return None, str(error)
    except CuelightError as error:
        return None, str(error)
    except TimeoutError:
        return None, f"{platform.name} did not answer in {PATIENCE_S:.0f} s."
    except Exception:
        log.exception("something could not be done at a platform", platform=account.platform)
        return None, "Something went wrong here; it was noted."
