"""Several studios: making, choosing, changing and leaving one."""

from collections.abc import Callable

import pytest
from django.test import Client

from cuelight.accounts import actions, queries
from cuelight.accounts.actions.studios import slug_from
from cuelight.accounts.models import AuditEntry, Membership, Person, Studio


@pytest.fixture
def second(studio: Studio, producer: Person) -> Studio:
    found = Studio.objects.create(name="Second Studio", slug="second")
    Membership.objects.create(person=producer, studio=found, role="host")
    return found


def test_the_menu_leads_from_one_studio_to_the_other(client: Client, producer: Person, second: Studio) -> None:
    client.force_login(producer)
    page = client.get("/sessions").content.decode()
    assert 'action="/studios/second/switch"' in page
    assert 'href="/studios/pavoi/invitations"' in page  # a producer's only page of the studio
    assert client.post("/studios/second/switch")["Location"] == "/home"
    page = client.get("/sessions").content.decode()
    assert 'action="/studios/pavoi/switch"' in page
    assert 'action="/studios/second/switch"' not in page
    assert "/studios/second/invitations" not in page  # a host has none


def test_nobody_switches_to_a_studio_they_do_not_belong_to(client: Client, studio: Studio, stranger: Person) -> None:
    client.force_login(stranger)
    for slug in ("pavoi", "nowhere"):
        assert client.post(f"/studios/{slug}/switch").status_code == 404
    assert client.get("/studios/pavoi/switch").status_code == 405
    assert Client().post("/studios/pavoi/switch").status_code == 302


def test_a_new_studio_is_ones_own(client: Client, producer: Person) -> None:
    client.force_login(producer)
    assert client.post("/studios/new", {"name": "  "}).status_code == 422
    sent = {"name": "Café Zoë", "studio_id": "1", "slug": "pavoi", "role": "host", "currency": "EUR"}
    done = client.post("/studios/new", sent)
    made = Studio.objects.get(slug="cafe-zoe")
    assert (done["Location"], made.name, made.currency) == ("/studios/cafe-zoe/invitations", "Café Zoë", "USD")
    assert queries.roles(producer.pk, made.pk) == {"admin"}
    assert "Café Zoë" in client.get("/sessions").content.decode()
    assert AuditEntry.objects.get(kind="studio_created").person_id == producer.pk


@pytest.mark.parametrize(
    ("name", "slug"),
    [("Mia's Studio", "mias-studio"), ("Ёжик", "studio"), ("  --  ", "studio"), ("x" * 200, "x" * 54)],
)
def test_a_short_name_is_made_from_the_name(name: str, slug: str) -> None:
    assert slug_from(name) == slug


def test_everybody_gets_a_studio_of_their_own_with_a_short_name_nobody_has(
    db: None, person: Callable[..., Person]
) -> None:
    ids = []
    for number in range(3):
        mia = Person.objects.create_user(f"mia{number}@studio.example", "Mia")
        ids.append(actions.create_personal_studio(mia.pk))
        assert queries.roles(mia.pk, ids[-1]) == {"admin"}
    studios = list(Studio.objects.filter(id__in=ids).order_by("id").values_list("name", "slug"))
    assert studios == [
        ("Mia's studio", "mia"),
        ("Mia's studio", "mia-2"),
        ("Mia's studio", "mia-3"),
    ]


def test_an_admin_changes_name_short_name_and_currency(client: Client, studio: Studio, admin: Person) -> None:
    client.force_login(admin)
    done = client.post("/studios/pavoi/settings", {"name": "Pavoi", "slug": "pavoi-live", "currency": "EUR"})
    assert (done.status_code, done["Location"]) == (302, "/studios/pavoi-live/settings")
    studio.refresh_from_db()
    assert (studio.name, studio.slug, studio.currency) == ("Pavoi", "pavoi-live", "EUR")
    entry = AuditEntry.objects.get(kind="studio_changed")
    assert entry.detail == {"before": {"name": "Pavoi Live", "slug": "pavoi", "currency": "USD"}}


def test_a_currency_that_is_not_in_the_list_is_kept(client: Client, studio: Studio, admin: Person) -> None:
    Studio.objects.update(currency="ISK")
    client.force_login(admin)
    assert client.post("/studios/pavoi/settings", {"name": "P", "slug": "pavoi", "currency": "ISK"}).status_code == 302
    studio.refresh_from_db()
    assert (studio.name, studio.currency) == ("P", "ISK")


@pytest.mark.parametrize(
    ("slug", "currency", "sentence"),
    [
        ("elsewhere", "USD", "Another studio has this short name already."),
        ("Pavoi Live", "USD", "small letters, digits and hyphens"),
        ("-pavoi", "USD", "small letters, digits and hyphens"),
        ("pavoi", "XXX", "Select a valid choice"),
    ],
)
def test_a_profile_that_will_not_do_is_refused_beside_the_field(
    client: Client, studio: Studio, admin: Person, stranger: Person, slug: str, currency: str, sentence: str
) -> None:
    client.force_login(admin)
    page = client.post("/studios/pavoi/settings", {"name": "New name", "slug": slug, "currency": currency})
    assert (page.status_code, sentence in page.content.decode()) == (422, True)
    assert 'value="New name"' in page.content.decode()
    studio.refresh_from_db()
    assert (studio.name, studio.slug) == ("Pavoi Live", "pavoi")


@pytest.mark.parametrize(("name", "status"), [("producer", 403), ("host", 403), ("cataloger", 403), ("stranger", 404)])
def test_nobody_else_changes_the_profile(
    client: Client, request: pytest.FixtureRequest, studio: Studio, name: str, status: int
) -> None:
    client.force_login(request.getfixturevalue(name))
    sent = {"name": "Mine now", "slug": "mine", "currency": "USD"}
    assert client.post("/studios/pavoi/settings", sent).status_code == status
    studio.refresh_from_db()
    assert studio.name == "Pavoi Live"


def test_leaving_is_asked_about_and_then_done(client: Client, studio: Studio, producer: Person, admin: Person) -> None:
    actions.grant(producer.pk, studio.pk, "host")
    client.force_login(producer)
    assert b"To come back you need an invitation." in client.get("/studios/pavoi/leave").content
    assert queries.roles(producer.pk, studio.pk) == {"producer", "host"}
    assert client.post("/studios/pavoi/leave")["Location"] == "/"
    assert queries.roles(producer.pk, studio.pk) == frozenset()
    assert client.get("/studios/pavoi/leave").status_code == 404
    assert AuditEntry.objects.get(kind="member_left").person_id == producer.pk


def test_a_deleted_studio_is_not_there(client: Client, studio: Studio, admin: Person) -> None:
    Studio.objects.filter(pk=studio.pk).update(deleted_at="2026-01-01T00:00:00Z")
    client.force_login(admin)
    for path in ("settings", "members", "invitations", "passphrases", "tokens", "leave"):
        assert client.get(f"/studios/pavoi/{path}").status_code == 404, path
