"""The dashboard's page: who gets it, of which studio, and what the browser may load on it."""

import json
import re
from collections.abc import Callable

from django.http import HttpResponse
from django.test import Client
from pytest_django import Settings

from cuelight.accounts.models import Person, Studio
from cuelight.accounts.testing import sign_in


def asked_by(person: Person, path: str = "/dashboard") -> HttpResponse:
    client = Client()
    sign_in(client, person)
    answer: HttpResponse = client.get(path)  # type: ignore[assignment]
    return answer


def props(answer: HttpResponse) -> dict[str, object]:
    found = re.search(r'<script id="props-Dashboard"[^>]*>(.*?)</script>', answer.content.decode())
    assert found is not None
    said: dict[str, object] = json.loads(found[1])
    return said


def test_a_producer_gets_the_stream_of_their_studio(producer: Person, studio: Studio, settings: Settings) -> None:
    answer = asked_by(producer)
    assert answer.status_code == 200
    assert props(answer) == {
        "studioId": studio.pk,
        "mayConnect": False,
        "mayReports": True,
        "pictureOrigins": settings.EMOTE_ORIGINS,
    }
    assert answer["Cache-Control"].startswith("max-age=0, no-cache, no-store")


def test_an_admin_may_connect_platforms(admin: Person) -> None:
    assert props(asked_by(admin))["mayConnect"] is True


def test_a_host_may_watch_and_sees_no_reports(host: Person) -> None:
    answer = asked_by(host)
    assert (answer.status_code, props(answer)["mayReports"]) == (200, False)


def test_who_may_not_watch_is_sent_home(cataloger: Person, person: Callable[..., Person]) -> None:
    for who in (cataloger, person("of no studio")):
        answer = asked_by(who)
        assert (answer.status_code, answer["Location"]) == (302, "/home")


def test_nobody_else_gets_in(client: Client, db: None) -> None:
    assert client.get("/dashboard")["Location"] == "/sign-in?next=/dashboard"


def test_it_is_of_the_studio_that_is_chosen(person: Callable[..., Person], studio: Studio) -> None:
    other = Studio.objects.create(name="Other", slug="other")
    both = person("both", studio, "producer")
    both.memberships.create(studio=other, role="cataloger")
    client = Client()
    sign_in(client, both)
    assert client.get("/dashboard").status_code == 200
    session = client.session
    session["studio"] = other.pk
    session.save()
    assert client.get("/dashboard")["Location"] == "/home"


def test_the_browser_may_load_emotes_there_and_on_no_other_page(producer: Person, settings: Settings) -> None:
    def pictures(path: str) -> str:
        policy = asked_by(producer, path)["Content-Security-Policy"]
        return next(part for part in policy.split(";") if "img-src" in part)

    assert settings.EMOTE_ORIGINS == ["https://static-cdn.jtvnw.net"]
    assert all(origin in pictures("/dashboard") for origin in settings.EMOTE_ORIGINS)
    assert not any(origin in pictures("/home") for origin in settings.EMOTE_ORIGINS)
