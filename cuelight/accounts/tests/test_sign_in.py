"""Signing in and out: by click in the demo studio, by link, by password, by token."""

import re

import pytest
from django.test import Client
from pytest_django import Settings

from cuelight.accounts import actions, links, queries
from cuelight.accounts.models import Person, Studio


@pytest.fixture
def demo(studio: Studio) -> dict[str, int]:
    return actions.create_demo_people(studio.pk)


def test_a_page_asks_who_one_is_and_leads_back_to_itself(client: Client, demo: dict[str, int]) -> None:
    answer = client.get("/sessions?x=1")
    assert (answer.status_code, answer["Location"]) == (302, "/sign-in?next=/sessions%3Fx%3D1")
    page = client.get(answer["Location"]).content.decode()
    assert re.findall(r'name="role" value="(\w+)"', page) == ["producer", "host", "admin"]
    done = client.post("/sign-in", {"role": "producer", "next": "/sessions?x=1"})
    assert (done.status_code, done["Location"]) == (302, "/sessions?x=1")
    assert client.get("/sessions").status_code == 200


def test_the_session_gets_a_new_key_when_somebody_signs_in(client: Client, demo: dict[str, int]) -> None:
    client.get("/sign-in")
    client.session["planted"] = "x"
    before = client.session.session_key
    client.post("/sign-in", {"role": "host"})
    assert client.session.session_key != before


def test_one_click_is_for_the_demo_studio_only(client: Client, demo: dict[str, int], settings: Settings) -> None:
    settings.DEMO = False
    assert b'name="role"' not in client.get("/sign-in").content
    assert client.post("/sign-in", {"role": "producer"}).status_code == 404
    assert client.post("/sign-in", {"role": "no such role"}).status_code == 404


def test_an_unknown_role_is_not_found(client: Client, demo: dict[str, int]) -> None:
    assert client.post("/sign-in", {"role": "cataloger"}).status_code == 404


def test_a_password_signs_in_and_a_wrong_one_says_no_more_than_that(
    client: Client, studio: Studio, settings: Settings
) -> None:
    settings.DEMO = False
    actions.create_person("Mia@Studio.example", "Mia", "a long secret phrase")
    for email, password in (("mia@studio.example", "wrong"), ("nobody@studio.example", "a long secret phrase")):
        answer = client.post("/sign-in", {"email": email, "password": password})
        assert (answer.status_code, b"E-mail or password is wrong." in answer.content) == (200, True)
    done = client.post("/sign-in", {"email": "MIA@studio.example", "password": "a long secret phrase"})
    assert done.status_code == 302


def test_a_link_signs_in_and_leads_to_its_page(client: Client, demo: dict[str, int]) -> None:
    done = client.get(links.make(demo["host"], "/sessions/1/host"))
    assert (done.status_code, done["Location"]) == (302, "/sessions/1/host")
    assert client.get("/sessions").status_code == 200


def test_a_link_that_was_changed_or_whose_person_is_gone_is_refused(client: Client, demo: dict[str, int]) -> None:
    link = links.make(demo["host"], "/sessions/1/host")
    assert client.get(link[:-2]).status_code == 422
    Person.objects.filter(pk=demo["host"]).update(is_active=False)
    answer = client.get(link)
    assert (answer.status_code, b"can no longer sign in" in answer.content) == (422, True)


def test_a_page_can_ask_whether_anybody_is_signed_in(client: Client, demo: dict[str, int]) -> None:
    assert client.get("/signed-in").json() == {"signed_in": False}
    client.post("/sign-in", {"role": "producer"})
    assert client.get("/signed-in").json() == {"signed_in": True}


def test_signing_out_ends_it(client: Client, demo: dict[str, int]) -> None:
    client.post("/sign-in", {"role": "producer"})
    assert client.get("/sign-out").status_code == 405
    assert client.post("/sign-out")["Location"] == "/sign-in"
    assert client.get("/sessions").status_code == 302


def test_a_token_is_as_good_as_a_cookie_over_http(client: Client, demo: dict[str, int]) -> None:
    studio_id = queries.studio_by_slug()["id"]
    token_id, secret = actions.create_token(studio_id, name="Deck", scopes=["watch"], by=demo["producer"])
    headers = {"Authorization": f"Bearer {secret}"}
    assert client.get("/sessions", headers=headers).status_code == 200
    for wrong in ("Bearer x", "Bearer ", f"Bearer {secret}x"):
        assert client.get("/sessions", headers={"Authorization": wrong}).status_code == 401
    actions.revoke_token(studio_id, token_id)
    assert client.get("/sessions", headers=headers).status_code == 401


def test_a_form_without_its_token_is_refused(demo: dict[str, int]) -> None:
    strict = Client(enforce_csrf_checks=True)
    answer = strict.post("/sign-in", {"role": "producer"})
    assert (answer.status_code, b"open for too long" in answer.content) == (403, True)


def test_signing_out_takes_from_the_browser_what_it_had_kept(client: Client, producer: Person) -> None:
    client.force_login(producer)
    answer = client.post("/sign-out")
    assert (answer.status_code, answer["Location"]) == (302, "/sign-in")
    assert answer["Clear-Site-Data"] == '"cache", "storage"'
