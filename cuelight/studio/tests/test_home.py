"""The home page: what each role sees first, and never anything of another studio."""

from collections.abc import Callable
from datetime import timedelta

from django.test import Client
from django.utils import timezone

from cuelight.accounts.models import Membership, Person, Studio
from cuelight.accounts.testing import sign_in
from cuelight.sessions import actions as sessions
from cuelight.sessions.command_types import SetStatus
from cuelight.sessions.models import SheetImport
from cuelight.studio.tests.conftest import Full, do


def seen_by(person: Person) -> str:
    client = Client()
    sign_in(client, person)
    answer = client.get("/home")
    assert answer.status_code == 200
    page: str = answer.content.decode()
    return page[page.index("<main") : page.index("</main>")]


def test_a_producer_sees_what_is_on_air_and_gets_to_its_console(full: Full) -> None:
    page = seen_by(full.people["producer"])
    assert "ON AIR" in page
    assert "Spring Sparkle" in page
    assert f'href="/sessions/{full.session_id}/producer"' in page
    assert 'href="/imports"' in page
    assert f'href="/studios/{full.studio.slug}/invitations"' in page
    assert f'href="/studios/{full.studio.slug}/audit"' not in page
    assert "show.csv" in page


def test_an_admin_sees_the_ways_into_the_studio_too(full: Full) -> None:
    page = seen_by(full.people["admin"])
    assert f'href="/studios/{full.studio.slug}/audit"' in page
    assert f'href="/studios/{full.studio.slug}/members"' in page


def test_hosts_devices_and_guests_see_the_host_screen_and_nothing_to_drive(full: Full) -> None:
    for role in ("host", "station", "guest"):
        page = seen_by(full.people[role])
        assert "Open the host screen" in page
        assert f'href="/sessions/{full.session_id}/host"' in page
        assert "/producer" not in page
        assert "/imports" not in page
        assert "show.csv" not in page
        assert "/studios/" not in page


def test_a_cataloger_sees_imports_and_no_session(full: Full, person: Callable[..., Person]) -> None:
    page = seen_by(person("Cat", full.studio, "cataloger"))
    assert "show.csv" in page
    assert "Spring Sparkle" not in page
    SheetImport.objects.all().delete()
    assert "No products yet" in seen_by(Person.objects.get(name="Cat"))


def test_what_comes_is_in_the_order_of_its_days(full: Full) -> None:
    do(full.session_id, SetStatus("complete"))
    now = timezone.now()
    for name, days in (("Third night", 9), ("First night", 1), ("Second night", 4), ("Long ago", -3)):
        sessions.create_session(full.studio.pk, name=name, scheduled_at=now + timedelta(days=days))
    sessions.create_session(full.studio.pk, name="No day")
    page = seen_by(full.people["producer"])
    places = [page.index(name) for name in ("First night", "Second night", "Third night", "No day")]
    assert places == sorted(places)
    assert "Long ago" not in page
    assert "Spring Sparkle" not in page


def test_a_show_whose_hour_has_come_is_still_to_come(full: Full) -> None:
    do(full.session_id, SetStatus("complete"))
    sessions.create_session(full.studio.pk, name="Now", scheduled_at=timezone.now() - timedelta(hours=2))
    assert "Now" in seen_by(full.people["host"])


def test_a_studio_with_nothing_in_it_offers_one_thing_to_do(producer: Person, host: Person) -> None:
    page = seen_by(producer)
    assert "Nothing is planned yet" in page
    assert "becomes a show" in page
    assert "as soon as a producer has made one" in seen_by(host)


def test_another_studio_is_nowhere_on_it(full: Full, furnish: Callable[..., Full]) -> None:
    other = furnish(Studio.objects.create(name="Rival TV", slug="rival"))
    page = seen_by(full.people["admin"])
    assert "Rival" not in page
    assert f"/sessions/{other.session_id}/" not in page


def test_who_belongs_to_no_studio_can_make_one(full: Full, person: Callable[..., Person]) -> None:
    page = seen_by(person("Noor"))
    assert "You belong to no studio" in page
    assert 'href="/studios/new"' in page


def test_a_guest_whose_time_is_over_is_told(full: Full) -> None:
    Membership.objects.filter(person=full.people["guest"]).update(ends_at=timezone.now())
    page = seen_by(full.people["guest"])
    assert "Your time in this studio is over" in page
    assert "/studios/new" not in page


def test_nobody_is_asked_to_sign_in(client: Client, db: None) -> None:
    assert client.get("/home")["Location"] == "/sign-in?next=/home"
