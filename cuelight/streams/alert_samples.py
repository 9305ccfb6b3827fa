"""What test alerts say: one believable event of each kind. Pure."""

from datetime import datetime

from cuelight.errors import Invalid
from cuelight.streams.alert_state import KINDS
from cuelight.streams.events import Amount, Event, User

#: Where tests come from. No platform is called so.
PLATFORM = "test"
_WHO = User(id="test", name="Nia Example", color="#8fb1f7")


def sample(kind: str, platform_id: str, at: datetime) -> Event:
    """Raises Invalid for what is no kind of alert."""
    made = {
        "follow": Event(platform=PLATFORM, platform_id=platform_id, kind="follow", at=at, user=_WHO),
        "subscription": Event(
            platform=PLATFORM, platform_id=platform_id, kind="subscription", at=at, user=_WHO, count=6,
            text="Half a year already!", detail={"tier": "1000", "months": 6},
        ),
        "gift": Event(
            platform=PLATFORM, platform_id=platform_id, kind="gift", at=at, user=_WHO, count=5,
            detail={"tier": "1000"},
        ),
        "donation": Event(
            platform=PLATFORM, platform_id=platform_id, kind="donation", at=at, user=_WHO,
            amount=Amount(value=2500, currency="USD"), text="Love the gold hoops, greetings from Lisbon!",
        ),
        "raid": Event(platform=PLATFORM, platform_id=platform_id, kind="raid", at=at, user=_WHO, count=42),
        "order": Event(
            platform=PLATFORM, platform_id=platform_id, kind="order", at=at, user=_WHO, count=2,
            amount=Amount(value=4980, currency="USD"), detail={"item": "Gold hoops"},
        ),
    }  # fmt: skip
    if kind not in made:
        raise Invalid("invalid", f"kind must be one of: {', '.join(KINDS)}.")
    return made[kind]
