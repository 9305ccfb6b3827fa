"""Something in every table of a studio's streams, for tests of what spans all contexts."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.utils import timezone

from cuelight.streams.models import (
    Alert,
    AlertRules,
    Encoder,
    Event,
    Feed,
    Moderated,
    OrderImport,
    OrderLine,
    PlatformAccount,
    Question,
    Seen,
    Stream,
    StreamSettings,
    ViewerCount,
    Wanted,
    Watch,
)


def fill(studio_id: int, session_id: int, product_id: int) -> list[str]:
    """One row in each; returns the account's secrets."""
    now = timezone.now()
    plant = uuid4().hex
    secrets = [f"access-{plant}", f"refresh-{plant}"]
    of: dict[str, Any] = {"studio_id": studio_id}
    PlatformAccount.objects.create(
        **of, platform="twitch", channel_id="1", access_token=secrets[0], refresh_token=secrets[1]
    )
    Feed.objects.create(**of, platform="twitch")
    Encoder.objects.create(**of, since=now, until=now)
    Watch.objects.create(**of, wanted_until=now)
    event = {**of, "platform": "twitch", "platform_id": plant, "received_at": now}
    body = {"platform": "twitch", "kind": "chat", "text": "gold?"}
    Event.objects.create(**event, id=studio_id, at=now, kind="chat", body=body, rehearsal=False)
    Seen.objects.create(**event, event_id=studio_id)
    Stream.objects.create(**of, session_id=session_id, started_at=now - timedelta(hours=1))
    ViewerCount.objects.create(**of, platform="twitch", at=now, viewers=12)
    Question.objects.create(
        **of, session_id=session_id, platform="twitch", event_id=1, text="gold?", key="gold", first_at=now, last_at=now
    )
    Wanted.objects.create(
        **of, session_id=session_id, item_id=1, product_id=product_id, event_id=1, platform="twitch", at=now
    )
    made = OrderImport.objects.create(**of, source="shopify", filename="orders.csv")
    OrderLine.objects.create(**of, source="shopify", order_id=plant, at=now, currency="USD", imported=made)
    Moderated.objects.create(**of, action="hide", platform="twitch")
    StreamSettings.objects.create(**of)
    shown = {"kind": "follow", "platform": "twitch", "user": {"id": "9", "name": "Nia"}}
    Alert.objects.create(**of, platform="twitch", platform_id=plant, kind="follow", body=shown)
    AlertRules.objects.create(**of, rules={"gap_ms": 500})
    return secrets
