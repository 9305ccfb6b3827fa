"""When a broadcast of a studio begins, and when it is over."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from cuelight.accounts.models import Studio
from cuelight.sessions import actions as sessions
from cuelight.sessions.models import Session
from cuelight.streams import feed_actions, leases, queries
from cuelight.streams.models import Feed, Stream
from cuelight.streams.tests.puppet import puppet

pytestmark = pytest.mark.django_db

NODE = "a"


def take(studio: Studio, *platforms: str) -> None:
    leases.take(NODE, [(studio.pk, platform) for platform in platforms])


def note(studio: Studio, platform: str, **values: Any) -> None:
    assert feed_actions.note(studio.pk, platform, NODE, **values)


def running(studio: Studio) -> Stream:
    return Stream.objects.get(studio=studio, ended_at=None)


def test_it_begins_with_the_first_platform_and_ends_with_the_last(studio: Studio) -> None:
    take(studio, "twitch", "kick")
    since = timezone.now() - timedelta(minutes=3)
    note(studio, "twitch", is_live=True, live_since=since, title="Spring")
    stream = running(studio)
    assert (stream.started_at, stream.title, stream.platforms, stream.rehearsal) == (since, "Spring", ["twitch"], False)
    note(studio, "kick", is_live=True)
    note(studio, "twitch", is_live=False)
    assert running(studio).quiet_since is None
    note(studio, "kick", is_live=False)
    quiet_since = running(studio).quiet_since
    assert quiet_since is not None
    feed_actions.end_quiet_streams(quiet_since + timedelta(minutes=4))
    assert running(studio).platforms == ["kick", "twitch"]
    feed_actions.end_quiet_streams(quiet_since + timedelta(minutes=6))
    stream.refresh_from_db()
    assert stream.ended_at == quiet_since


def test_an_encoder_that_comes_back_soon_goes_on_with_the_same(studio: Studio) -> None:
    take(studio, "twitch")
    note(studio, "twitch", is_live=True)
    first = running(studio)
    note(studio, "twitch", is_live=False)
    note(studio, "twitch", is_live=True)
    feed_actions.end_quiet_streams(timezone.now() + timedelta(minutes=4))
    assert running(studio).pk == first.pk
    assert running(studio).quiet_since is None


def test_one_that_nobody_read_for_long_is_over_since_then(studio: Studio) -> None:
    take(studio, "twitch")
    note(studio, "twitch", is_live=True)
    gone = timezone.now() - timedelta(minutes=20)
    Feed.objects.update(lease_until=gone, owner="")
    Stream.objects.update(started_at=gone - timedelta(hours=1))
    feed_actions.end_quiet_streams(timezone.now())
    [stream] = Stream.objects.all()
    assert stream.ended_at == gone
    take(studio, "twitch")
    note(studio, "twitch", is_live=True)
    assert running(studio).pk != stream.pk


def test_the_simulator_makes_a_rehearsal_and_the_first_real_platform_another(studio: Studio) -> None:
    take(studio, "simulator", "twitch")
    note(studio, "simulator", is_live=True)
    rehearsal = running(studio)
    assert rehearsal.rehearsal
    note(studio, "twitch", is_live=True)
    rehearsal.refresh_from_db()
    assert rehearsal.ended_at is not None
    assert (running(studio).rehearsal, running(studio).platforms) == (False, ["twitch"])


def test_it_belongs_to_the_session_that_runs(studio: Studio) -> None:
    session_id = sessions.create_session(studio.pk, name="Spring")
    take(studio, "twitch", "kick")
    note(studio, "twitch", is_live=True)
    assert running(studio).session_id is None
    Session.objects.filter(pk=session_id).update(status="live")
    note(studio, "kick", is_live=True)
    assert running(studio).session_id == session_id


def test_what_is_not_read_any_more_is_not_known_to_be_live(studio: Studio) -> None:
    with puppet():
        take(studio, "puppet")
        note(studio, "puppet", is_live=True)
        feed_actions.switch_off(studio.pk, "puppet", NODE)
        assert Feed.objects.get().is_live is None
        assert running(studio).quiet_since is not None
        assert queries.air(studio.pk)["lamp"] == "off_air"


def test_a_former_holder_writes_nothing(studio: Studio) -> None:
    take(studio, "twitch")
    assert not feed_actions.note(studio.pk, "twitch", "thief", is_live=True)
    feed_actions.count_viewers(studio.pk, "twitch", "thief", 5)
    assert not Stream.objects.exists()
    assert Feed.objects.get().viewers is None
