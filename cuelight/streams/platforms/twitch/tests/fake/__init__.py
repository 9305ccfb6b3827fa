"""A fake Twitch on loopback, written from what Twitch publishes and from nothing of ours.

It knows no adapter: where both read the same page differently, a test shall disagree. See `server` for its use.
"""

from cuelight.streams.platforms.twitch.tests.fake.happenings import Who
from cuelight.streams.platforms.twitch.tests.fake.oauth import Granted
from cuelight.streams.platforms.twitch.tests.fake.server import ALL_SCOPES, FakeTwitch
from cuelight.streams.platforms.twitch.tests.fake.world import CLIENT, SECRET, User

__all__ = ["ALL_SCOPES", "CLIENT", "SECRET", "FakeTwitch", "Granted", "User", "Who"]
