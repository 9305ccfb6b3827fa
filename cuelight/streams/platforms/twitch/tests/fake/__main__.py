"""``python -m cuelight.streams.platforms.twitch.tests.fake --port 4600``: by itself, for hands and browsers."""

import argparse
import asyncio
import contextlib
import itertools
import signal

from cuelight.streams.platforms.twitch.tests.fake.server import FakeTwitch
from cuelight.streams.platforms.twitch.tests.fake.world import CLIENT, SECRET


def main() -> None:
    parser = argparse.ArgumentParser(prog="fake-twitch", description=__doc__)
    parser.add_argument("--port", type=int, default=4600, help="0 takes a free one")
    parser.add_argument("--speed", type=float, default=1.0, help="how many of Twitch's seconds pass in one")
    parser.add_argument("--client-id", default=CLIENT)
    parser.add_argument("--client-secret", default=SECRET)
    parser.add_argument("--consent", action="store_true", help="show the page of consent; else it sends back at once")
    parser.add_argument("--chatter", type=float, default=0.0, metavar="N", help="so many messages a second by itself")
    asyncio.run(_run(parser.parse_args()))


async def _run(options: argparse.Namespace) -> None:
    ends = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, ends.set)
    fake = FakeTwitch(
        port=options.port,
        speed=options.speed,
        client_id=options.client_id,
        client_secret=options.client_secret,
        asks=options.consent,
    )
    async with fake as twitch:
        print(f"helix {twitch.helix_url}  oauth {twitch.oauth_url}  eventsub {twitch.ws_url}", flush=True)
        print(f"tell it what happens: POST {twitch.origin}/control/say", '{"user": "mia", "text": "hi"}', flush=True)
        chatter = asyncio.ensure_future(_chat(twitch, options.chatter))
        await ends.wait()
        chatter.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await chatter


async def _chat(twitch: FakeTwitch, per_second: float) -> None:
    lines = itertools.cycle(
        ["hello from Oslo", "I want the pearls", "how much is it? Kappa", "Ünïcödé 🎉", "@pavoi hi"]
    )
    names = itertools.cycle(["ada", "bo", "cleo", "dan", "eve", "finn", "gül"])
    while per_second:
        twitch.say(next(names), next(lines))
        await asyncio.sleep(1 / per_second)


if __name__ == "__main__":
    main()
