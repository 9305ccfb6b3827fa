"""Which platforms there are. A new one adds its line."""

from django.conf import settings

from cuelight.errors import NotFound
from cuelight.streams.platforms.contract import Platform
from cuelight.streams.platforms.simulator.platform import PLATFORM as SIMULATED
from cuelight.streams.platforms.twitch.platform import PLATFORM as TWITCH

SIMULATOR = "simulator"
#: In the order in which pages list them.
PLATFORMS: dict[str, Platform] = {platform.key: platform for platform in (TWITCH, SIMULATED)}


def platform(key: str) -> Platform:
    """Raises NotFound for one that there is not, or not here."""
    found = PLATFORMS.get(key)
    if found is None or (key == SIMULATOR and not settings.SIMULATOR):
        raise NotFound("There is no such platform here.")
    return found


def here() -> list[str]:
    """The keys of those that this installation reads."""
    return [key for key in PLATFORMS if key != SIMULATOR or settings.SIMULATOR]
