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
    own = f"/sessions/{session.pk}"
    pages = [f"{own}/producer", f"{own}/host", "/sessions", "/imports", f"{own}/paper"]
    expected = {
        producer: [200, 200, 200, 200, 200],
        admin: [200, 200, 200, 200, 200],
        host: [403, 200, 200, 404, 403],
        cataloger: [404, 404, 404, 200, 404],
        stranger: [404, 404, 200, 200, 404],
    }
    for person, statuses in expected.items():
        client.force_login(person)
        found = [client.get(page).status_code for page in pages]
        assert (person.name, found) == (person.name, statuses)
    client.logout()
    assert [client.get(page).status_code for page in pages] == [302] * 5


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
    assert f'"sessionId":{session.pk}' in page
    assert "Ask Ada" not in page  # the notes are not the host's


def test_somebody_without_a_studio_gets_a_sentence(client: Client, db: None) -> None:
    client.force_login(Person.objects.create_user("new@studio.example", "New"))
    answer = client.get("/sessions")
    assert (answer.status_code, b"Ask a colleague for an invitation" in answer.content) == (404, True)


def test_the_paper_has_every_line_as_the_crew_sees_it_with_its_own_prices_and_notes(
    client: Client, session: Session, producer: Person
) -> None:
    line = session.items.order_by("position").first()
    assert line is not None
    session.items.filter(pk=line.pk).update(
        name="Only tonight <b>", original_price_cents=5000, sale_price_cents=4250, notes="Ask Ada", section="Opening",
        talking_points_md="- one\n- <script>alert(1)</script>", planned_seconds=270,
    )  # fmt: skip
    client.force_login(producer)
    page = client.get(f"/sessions/{session.pk}/paper").content.decode()
    for text in ("Only tonight &lt;b&gt;", "$42.50", "<s>$50.00</s>", "Ask Ada", "Opening", "<li>one</li>", ">4:30<"):
        assert text in page
    assert "<script>alert" not in page
    assert page.count('class="number"') == session.items.count()
