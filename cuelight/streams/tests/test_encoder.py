"""The lamp with what OBS says, from the tables: who speaks for it, and until when."""

from datetime import timedelta

import pytest
from django.utils import timezone

from cuelight.accounts.models import Studio
from cuelight.sessions import actions as sessions
from cuelight.sessions.models import Session
from cuelight.streams import encoder, queries
from cuelight.streams.models import Encoder, Feed, PlatformAccount

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("session", "platform", "active", "words"),
    [
        ("live", True, True, "ON AIR"),
        ("live", True, None, "ON AIR"),
        ("live", True, False, "CHECK OBS"),
        ("live", False, True, "NOT LIVE YET"),
        ("live", False, False, "NOBODY SEES IT"),
        ("draft", True, True, "YOU ARE LIVE"),
        ("draft", True, False, "STILL LIVE"),
        ("draft", False, True, "OBS IS STREAMING"),
        ("draft", False, False, "OFF AIR"),
        ("rehearsal", False, False, "REHEARSAL"),
        ("rehearsal", False, True, "OBS IS STREAMING"),
    ],
)
def test_the_matrix_from_what_is_stored(
    studio: Studio, session: str, platform: bool, active: bool | None, words: str
) -> None:
    session_id = sessions.create_session(studio.pk, name="Show", slug="show")
    Session.objects.filter(id=session_id).update(status=session, started_at=timezone.now())
    PlatformAccount.objects.create(studio=studio, platform="twitch", channel_id="1", login="pavoi")
    Feed.objects.create(studio=studio, platform="twitch", status="connected", is_live=platform)
    assert encoder.report(studio.pk, "page", name="Desk", active=active)
    air = queries.air(studio.pk)
    assert (air["words"], air["encoder"]) == (words, active)
    Encoder.objects.update(until=timezone.now() - timedelta(seconds=1))
    assert queries.air(studio.pk)["encoder"] is None, "a page that is silent says nothing"


def test_the_first_that_tells_speaks_until_another_takes_over(studio: Studio) -> None:
    assert encoder.report(studio.pk, "one", name="Left", active=True)
    assert not encoder.report(studio.pk, "two", name="Right", active=False)
    assert encoder.report(studio.pk, "one", name="Left", active=True)
    assert encoder.report(studio.pk, "two", name="Right", active=False, take=True)
    found = encoder.driver(studio.pk)
    assert found is not None
    assert (found["holder"], found["name"], found["active"]) == ("two", "Right", False)
    encoder.release(studio.pk, "one")
    assert encoder.driver(studio.pk) is not None
    encoder.release(studio.pk, "two")
    assert encoder.driver(studio.pk) is None


def test_one_studio_says_nothing_of_another(studio: Studio) -> None:
    other = Studio.objects.create(name="Elsewhere", slug="elsewhere-encoder")
    encoder.report(other.pk, "page", name="Desk", active=True)
    assert queries.air(studio.pk)["encoder"] is None


def test_who_falls_silent_is_forgotten(studio: Studio) -> None:
    encoder.report(studio.pk, "page", name="Desk", active=True)
    encoder.expire()
    assert Encoder.objects.filter(studio=studio).exists()
    Encoder.objects.update(until=timezone.now() - timedelta(seconds=1))
    encoder.expire()
    assert not Encoder.objects.filter(studio=studio).exists()


def test_who_has_gone_is_waited_for_no_longer_than_a_reload_takes(studio: Studio) -> None:
    encoder.report(studio.pk, "one", name="Left", active=True)
    encoder.leave(studio.pk, "two")
    assert Encoder.objects.get().until > timezone.now() + encoder.HELD_BY_NOBODY
    encoder.leave(studio.pk, "one")
    assert Encoder.objects.get().until <= timezone.now() + encoder.HELD_BY_NOBODY
    assert encoder.report(studio.pk, "one", name="Left", active=True), "a reload keeps the word"
    assert Encoder.objects.get().until > timezone.now() + encoder.HELD_BY_NOBODY
