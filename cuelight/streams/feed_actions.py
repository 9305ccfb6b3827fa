"""What a feed writes down of how it is doing. Only whoever holds its lease does."""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from cuelight.live.broadcast import broadcast
from cuelight.sessions import queries as sessions
from cuelight.streams import broadcasts
from cuelight.streams.models import Feed, PlatformAccount, Stream, ViewerCount
from cuelight.streams.platforms import registry

#: A platform that is gone for less than this is still the same broadcast: encoders and networks come back.
SAME_STREAM = timedelta(minutes=5)


def note(studio_id: int, platform: str, owner: str, **values: Any) -> bool:
    """Writes values of the feed and tells the screens. False when the feed is another process's by now."""
    with transaction.atomic():
        feed = _own(studio_id, platform, owner)
        if feed is None:
            return False
        if "status" in values and values["status"] != feed.status:
            values["since"] = timezone.now()
        changed = {name: value for name, value in values.items() if getattr(feed, name) != value}
        if changed:
            for name, value in changed.items():
                setattr(feed, name, value)
            feed.save(update_fields=list(changed))
            if "is_live" in changed:
                _begin_or_end(studio_id)
            broadcasts.feed_changed(studio_id, platform)
        return True


def count_viewers(studio_id: int, platform: str, owner: str, viewers: int | None) -> None:
    """Writes down how many watch now; None: not known any more."""
    with transaction.atomic():
        feed = _own(studio_id, platform, owner)
        if feed is None:
            return
        feed.viewers = viewers
        feed.save(update_fields=["viewers"])
        now = timezone.now()
        if viewers is not None:
            rehearsal = platform == registry.SIMULATOR
            ViewerCount.objects.create(
                studio_id=studio_id, platform=platform, at=now, viewers=viewers, rehearsal=rehearsal
            )
        known = Feed.objects.filter(studio_id=studio_id).values_list("platform", "viewers")
        by = {name: count for name, count in known if count is not None}
        # The same moment as in the table, so that a screen which has both has one.
        told = {"at": now.isoformat(), "total": sum(by.values()), "by": by}
        broadcast(f"stream:{studio_id}", "viewers", told)


def switch_off(studio_id: int, platform: str, owner: str) -> None:
    """Nobody watches: this process reads no longer, and no other has to."""
    with transaction.atomic():
        feed = _own(studio_id, platform, owner)
        if feed is None:
            return
        feed.status, feed.sentence, feed.since = Feed.Status.OFF, "", timezone.now()
        feed.owner, feed.lease_until, feed.viewers = "", timezone.now(), None
        # Whether it goes on there nobody hears any more; the audience that is simulated goes home.
        feed.is_live = False if platform == registry.SIMULATOR else None
        feed.save()
        _begin_or_end(studio_id)
        broadcasts.feed_changed(studio_id, platform)


def needs_you(account_id: int, sentence: str) -> None:
    """The platform wants a person; nothing is tried until one has been there."""
    with transaction.atomic():
        account = PlatformAccount.objects.select_for_update().filter(pk=account_id).first()
        if account is None:
            return
        account.state, account.sentence = PlatformAccount.State.NEEDS_YOU, sentence[:500]
        account.save(update_fields=["state", "sentence"])
        broadcasts.feed_changed(account.studio_id, account.platform)


def end_quiet_streams(now: datetime) -> None:
    """Broadcasts that no platform has been live in for a while are over, since then; and those that nobody has read for
    as long, as when the server was away."""
    for stream in Stream.objects.filter(ended_at=None, quiet_since=None):
        with transaction.atomic():
            live = Feed.objects.select_for_update().filter(studio_id=stream.studio_id, is_live=True)
            read_until = max((feed.lease_until for feed in live if feed.lease_until), default=stream.started_at)
            if read_until < now - SAME_STREAM:
                live.update(is_live=None)
                Stream.objects.filter(pk=stream.pk, ended_at=None).update(quiet_since=read_until)
    for stream in Stream.objects.filter(ended_at=None, quiet_since__lt=now - SAME_STREAM):
        with transaction.atomic():
            locked = Stream.objects.select_for_update().filter(pk=stream.pk, ended_at=None).first()
            if locked is not None and locked.quiet_since is not None and locked.quiet_since < now - SAME_STREAM:
                locked.ended_at = locked.quiet_since
                locked.save(update_fields=["ended_at"])
                broadcasts.stream_changed(locked.studio_id)


def _own(studio_id: int, platform: str, owner: str) -> Feed | None:
    return Feed.objects.select_for_update().filter(studio_id=studio_id, platform=platform, owner=owner).first()


def _begin_or_end(studio_id: int) -> None:
    """A broadcast begins with the first platform that is live. It is a rehearsal when only the simulator is."""
    live = list(Feed.objects.filter(studio_id=studio_id, is_live=True))
    stream = Stream.objects.select_for_update().filter(studio_id=studio_id, ended_at=None).first()
    real = [feed for feed in live if feed.platform != registry.SIMULATOR]
    now = timezone.now()
    if stream is not None and stream.rehearsal and real:
        # What follows is real, and counts.
        stream.ended_at = now
        stream.save(update_fields=["ended_at"])
        stream = None
    if stream is None:
        if not live:
            return
        running = sessions.running(studio_id)
        Stream.objects.create(
            studio_id=studio_id,
            session_id=running["id"] if running else None,
            title=next((feed.title for feed in real or live if feed.title), ""),
            started_at=min([feed.live_since for feed in real if feed.live_since], default=now),
            platforms=sorted({feed.platform for feed in real or live}),
            rehearsal=not real,
        )
    else:
        stream.platforms = sorted({*stream.platforms, *(feed.platform for feed in real or live)})
        stream.quiet_since = None if live else stream.quiet_since or now
        if stream.session_id is None and (running := sessions.running(studio_id)):
            stream.session_id = running["id"]
        stream.save(update_fields=["platforms", "quiet_since", "session"])
    broadcasts.stream_changed(studio_id)
