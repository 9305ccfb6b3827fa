"""Every read of the streams that others need."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any, cast

import orjson
from django.db import connection
from django.db.models import Q
from django.utils import timezone

from cuelight.sessions import queries as sessions
from cuelight.streams import on_air
from cuelight.streams.events import TALK
from cuelight.streams.models import Encoder, Event, Feed, PlatformAccount, Seen, Stream, ViewerCount
from cuelight.streams.platforms import registry
from cuelight.streams.rows import AbilitiesRow, AirRow, FeedRow, StreamRow, ViewersRow

#: Messages and activities that a screen gets when it joins.
RECENT, RECENT_ACTIVITY = 150, 100
#: How far back the viewer chart of the dashboard goes.
CHART = timedelta(hours=2)
#: The most points of a line; more are thinned out.
MOST_POINTS = 720

_TALK = sorted(TALK)
#: Told, but neither talked nor worth a line of its own.
_SMALL = ("like", "join")


def recent_talk(studio_id: int, *, before_id: int | None = None, limit: int = RECENT) -> list[bytes]:
    """The newest of the chat, oldest first, as JSON; hidden ones are left out. ``before_id``: those before it."""
    return _bodies(Q(studio_id=studio_id, kind__in=_TALK), before_id, limit)


def recent_activity(studio_id: int, *, before_id: int | None = None, limit: int = RECENT_ACTIVITY) -> list[bytes]:
    """The newest activities, oldest first, as JSON; without likes and joins."""
    return _bodies(Q(studio_id=studio_id) & ~Q(kind__in=[*_TALK, *_SMALL]), before_id, limit)


def _bodies(which: Q, before_id: int | None, limit: int) -> list[bytes]:
    events = Event.objects.filter(which, hidden_at=None)
    if before_id is not None:
        events = events.filter(id__lt=before_id)
    rows = list(events.order_by("-id").values_list("id", "body")[:limit])
    return [orjson.dumps({"id": event_id, **body}) for event_id, body in reversed(rows)]


def events_between(studio_id: int, since: datetime, until: datetime) -> Iterator[dict[str, Any]]:
    """All events of a studio by the platforms' own time, oldest first, a piece at a time."""
    events = Event.objects.filter(studio_id=studio_id, at__gte=since, at__lt=until)
    for row in events.order_by("at", "id").values("id", "at", "hidden_at", "body").iterator():
        yield {**row}


def event(studio_id: int, event_id: int) -> dict[str, Any] | None:
    """One event with what moderation must know of it; None when it is not there (any more)."""
    rows = Event.objects.filter(studio_id=studio_id, id=event_id)
    found = rows.values("id", "received_at", "platform", "platform_id", "kind", "user_id", "body", "hidden_at").first()
    return None if found is None else dict(found)


def placed(studio_id: int, platform: str, platform_ids: Sequence[str]) -> list[tuple[int, datetime]]:
    """Where events are, by what the platform calls them: (id, received_at)."""
    seen = Seen.objects.filter(studio_id=studio_id, platform=platform, platform_id__in=list(platform_ids))
    return list(seen.values_list("event_id", "received_at"))


def feeds(studio_id: int) -> list[FeedRow]:
    """One row for each platform that is connected, in the order of the registry."""
    accounts = {account.platform: account for account in PlatformAccount.objects.filter(studio_id=studio_id)}
    known = {feed.platform: feed for feed in Feed.objects.filter(studio_id=studio_id)}
    return [feed_row(accounts[key], known.get(key)) for key in registry.here() if key in accounts]


def feed(studio_id: int, platform: str) -> FeedRow | None:
    """One platform's row; None when it is not connected."""
    account = PlatformAccount.objects.filter(studio_id=studio_id, platform=platform).first()
    if account is None or platform not in registry.here():
        return None
    return feed_row(account, Feed.objects.filter(studio_id=studio_id, platform=platform).first())


def feed_row(account: PlatformAccount, feed: Feed | None) -> FeedRow:
    """What a screen gets of an account and of how it is doing."""
    platform = registry.PLATFORMS[account.platform]
    feed = feed or Feed(studio_id=account.studio_id, platform=account.platform)
    status, sentence = feed.status, feed.sentence
    if account.state == PlatformAccount.State.NEEDS_YOU:
        status, sentence = "needs_you", account.sentence
    elif account.state == PlatformAccount.State.OFF:
        status, sentence = "off", "Switched off."
    return {
        "platform": account.platform,
        "name": platform.name,
        "channel": account.name or account.login,
        "status": status,
        "sentence": sentence,
        "since": feed.since.isoformat(),
        "viewers": feed.viewers,
        "followers": feed.followers,
        "is_live": feed.is_live,
        "live_since": feed.live_since.isoformat() if feed.live_since else None,
        "title": feed.title,
        "category": feed.category,
        "heard_at": feed.heard_at.isoformat() if feed.heard_at else None,
        "rehearsal": account.platform == registry.SIMULATOR,
        "abilities": cast(AbilitiesRow, asdict(platform.abilities)),
    }


def air(studio_id: int) -> AirRow:
    """Whether the studio is on air, from its session, its platforms and its encoder."""
    return air_of(feeds(studio_id), sessions.running(studio_id), streaming(studio_id))


def streaming(studio_id: int) -> bool | None:
    """Whether OBS streams, by the dock that tells; None: nobody tells, or not any more."""
    encoders = Encoder.objects.filter(studio_id=studio_id, until__gt=timezone.now())
    return encoders.values_list("active", flat=True).first()


def air_of(feeds: Sequence[FeedRow], session: sessions.RunningRow | None, encoder: bool | None = None) -> AirRow:
    real = [feed for feed in feeds if not feed["rehearsal"] and feed["status"] != "off"]
    live = [feed["name"] for feed in real if feed["is_live"]]
    simulated = not real and any(feed["rehearsal"] and feed["is_live"] for feed in feeds)
    unknown = any(feed["is_live"] is None for feed in real)
    status = session["status"] if session else ""
    found = on_air.lamp(status, live, encoder, simulated=simulated, unknown=unknown)
    return {
        "lamp": found.lamp,
        "words": found.words,
        "sentence": found.sentence,
        "session": dict(session) if session else None,
        "live": [feed["platform"] for feed in real if feed["is_live"]],
        "encoder": encoder,
    }


def stream(studio_id: int) -> StreamRow | None:
    """The broadcast that runs."""
    found = Stream.objects.filter(studio_id=studio_id, ended_at=None).first()
    return None if found is None else stream_row(found)


def stream_row(stream: Stream) -> StreamRow:
    return {
        "id": stream.pk,
        "title": stream.title,
        "started_at": stream.started_at.isoformat(),
        "ended_at": stream.ended_at.isoformat() if stream.ended_at else None,
        "platforms": list(stream.platforms),
        "rehearsal": stream.rehearsal,
        "session_id": stream.session_id,
    }


def viewers(studio_id: int, since: datetime | None = None) -> list[ViewersRow]:
    """How many watched since then, by default within the last two hours, oldest first."""
    counts = ViewerCount.objects.filter(studio_id=studio_id, at__gte=since or timezone.now() - CHART)
    newest: dict[str, int] = {}
    rows: list[ViewersRow] = []
    for platform, at, count in counts.order_by("at", "id").values_list("platform", "at", "viewers"):
        newest[platform] = count
        rows.append({"at": at.isoformat(), "total": sum(newest.values()), "by": dict(newest)})
    step = len(rows) // MOST_POINTS + 1
    # The newest point stays, whichever are left out.
    return rows[::-1][::step][::-1]


def watched_studios() -> list[int]:
    """Studios whose dashboard somebody has open, in whichever process."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT studio_id FROM streams_watch WHERE wanted_until > now() ORDER BY studio_id")
        return [studio_id for (studio_id,) in cursor.fetchall()]
