"""The pages of sessions: who gets which, and what they do with odd addresses."""

import pytest
from django.test import Client

from cuelight.accounts.models import Person
from cuelight.sessions.models import Session


def test_every_page_is_authorised_by_role_and_studio(
    client: Client,
    session: Session,
    producer: Person,
    host: Person,
    admin: Person,
    cataloger: Person,
    stranger: Person,
) -> None:
    pages = [f"/sessions/{session.pk}/producer", f"/sessions/{session.pk}/host", "/sessions", "/imports"]
    expected = {
        producer: [200, 200, 200, 200],
        admin: [200, 200, 200, 200],
        host: [403, 200, 200, 404],
        cataloger: [404, 404, 302, 200],
        stranger: [404, 404, 200, 200],
    }
    for person, statuses in expected.items():
        client.force_login(person)
        found = [client.get(page).status_code for page in pages]
        assert (person.name, found) == (person.name, statuses)
    client.logout()
    assert [client.get(page).status_code for page in pages] == [302] * 4


def test_the_menu_has_what_one_may_open(client: Client, session: Session, producer: Person, host: Person) -> None:
    for person, there in ((producer, True), (host, False)):
        client.force_login(person)
        assert (b'href="/imports"' in client.get("/sessions").content) is there


def test_a_stranger_sees_no_session_of_another_studio(client: Client, session: Session, stranger: Person) -> None:
    client.force_login(stranger)
    assert session.name.encode() not in client.get("/sessions").content


def test_the_old_address_leads_to_the_two_pages(client: Client, session: Session, producer: Person) -> None:
    client.force_login(producer)
    old = f"/sessions/{session.pk}/run"
    assert client.get(f"{old}?view=producer&sp=3")["Location"] == f"/sessions/{session.pk}/producer?sp=3"
    assert client.get(f"{old}?view=talent")["Location"] == f"/sessions/{session.pk}/host"
    assert client.get(old)["Location"] == f"/sessions/{session.pk}/host"


@pytest.mark.parametrize("number", ["0", "99999", "9223372036854775807", "99999999999999999999", "1.5", "-1", "١"])
def test_a_session_that_is_not_there_is_not_found(client: Client, producer: Person, number: str) -> None:
    client.force_login(producer)
    assert client.get(f"/sessions/{number}/producer").status_code == 404


def test_a_page_tells_its_island_who_and_what_and_no_more(client: Client, session: Session, host: Person) -> None:
    client.force_login(host)
    page = client.get(f"/sessions/{session.pk}/host").content.decode()
    assert f'"sessionId": {session.pk}' in page
    assert "Ask Ada" not in page  # the notes are not the host's


def test_somebody_without_a_studio_gets_a_sentence(client: Client, db: None) -> None:
    client.force_login(Person.objects.create_user("new@studio.example", "New"))
    answer = client.get("/sessions")
    assert (answer.status_code, b"Ask a colleague for a link" in answer.content) == (404, True)
