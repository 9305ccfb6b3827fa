"""What Ctrl+K offers: only what one may open."""

import pytest
from django.test import Client

from cuelight.accounts.models import Person
from cuelight.sessions.models import Session


def offered(client: Client, person: Person) -> list[tuple[str, str]]:
    client.force_login(person)
    return [(entry["title"], entry["detail"]) for entry in client.get("/palette").json()["entries"]]


def test_each_role_is_offered_what_it_may_open(
    client: Client, session: Session, producer: Person, host: Person, cataloger: Person, stranger: Person
) -> None:
    home, live = ("Home", "Page"), ("Live", "Page")
    sessions, imports = ("Sessions", "Page"), ("Imports", "Page")
    new, lineup = ("New session", "Page"), (session.name, "Lineup")
    catalogue = [("Products", "Page"), ("New product", "Page"), ("Brands", "Page")]
    documents = [("Documents", "Page"), ("New document", "Page")]
    console, screen = (session.name, "Console"), (session.name, "Host screen")
    assert offered(client, producer) == [
        home, live, sessions, new, *catalogue, imports, *documents, console, lineup, screen,
    ]  # fmt: skip
    assert offered(client, host) == [home, live, sessions, *documents, screen]
    assert offered(client, cataloger) == [home, *catalogue, imports, *documents]
    assert offered(client, stranger) == [home, live, sessions, new, *catalogue, imports, *documents]


def test_everything_that_is_offered_opens(client: Client, session: Session, producer: Person, host: Person) -> None:
    for person in (producer, host):
        client.force_login(person)
        entries = client.get("/palette").json()["entries"]
        assert [client.get(entry["href"], follow=True).status_code for entry in entries] == [200] * len(entries)


def test_who_is_not_signed_in_is_offered_nothing(client: Client, db: None) -> None:
    assert client.get("/palette").status_code == 302


@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_the_palette_is_only_read(client: Client, producer: Person, method: str) -> None:
    client.force_login(producer)
    assert getattr(client, method)("/palette").status_code == 405
