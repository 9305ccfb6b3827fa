"""The tokens page: a secret that is shown once, tokens that are listed, and revoked by who may."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.sessions.models import Session as SignIn
from django.test import Client

from cuelight.accounts import actions
from cuelight.accounts.models import AccessToken, AuditEntry, Person, Studio
from cuelight.catalog.models import Product
from cuelight.sessions.models import Session

PAGE = "/studios/pavoi/tokens"


def make(client: Client, **sent: Any) -> Any:
    return client.post(PAGE, {"name": "OBS main", "scopes": ["overlay"]} | sent)


def shown(page: Any) -> str:
    found = re.search(r'id="secret" class="mono" readonly value="([^"]+)"', page.content.decode())
    return found[1] if found else ""


@pytest.fixture
def session(studio: Studio, products: Callable[..., list[Product]]) -> Session:
    return Session.objects.create(studio=studio, name="Tuesday", slug="tuesday")


def test_the_secret_is_shown_once_and_kept_nowhere(client: Client, studio: Studio, admin: Person) -> None:
    client.force_login(admin)
    page = make(client)
    secret = shown(page)
    assert (page.status_code, secret[:4], "no-store" in page["Cache-Control"]) == (201, "cue_", True)
    assert secret not in client.get(PAGE).content.decode()
    rows: list[Any] = [*AccessToken.objects.values(), *AuditEntry.objects.values()]
    rows += [one.get_decoded() for one in SignIn.objects.all()]
    assert not any(secret in str(row) for row in rows)
    assert all(secret not in cookie.value for cookie in client.cookies.values())
    assert client.get("/palette", headers={"Authorization": f"Bearer {secret}"}).status_code == 404  # it is good
    assert Client().get("/palette", headers={"Authorization": f"Bearer {secret}x"}).status_code == 401


def test_loading_the_answer_again_makes_no_other_token(client: Client, studio: Studio, admin: Person) -> None:
    client.force_login(admin)
    [once] = re.findall(r'name="once" value="([^"]+)"', client.get(PAGE).content.decode())
    assert make(client, once=once).status_code == 201
    again = make(client, once=once)
    assert (again.status_code, again["Location"]) == (302, PAGE)
    assert AccessToken.objects.count() == 1
    [other] = re.findall(r'name="once" value="([^"]+)"', client.get(PAGE).content.decode())
    assert make(client, once=other).status_code == 201


def test_a_token_has_scopes_a_session_and_an_end(client: Client, admin: Person, session: Session) -> None:
    client.force_login(admin)
    page = make(client, scopes=["watch", "control"], session=session.pk, expires="7")
    assert page.status_code == 201
    made = AccessToken.objects.get()
    assert (made.scopes, made.session_id, made.created_by) == (["control", "watch"], session.pk, admin)
    assert made.expires_at is not None
    listed = client.get(PAGE).content.decode()
    for words in (f"…{made.hint}", "Watch", "Control", "Tuesday", "Ada", "Never"):
        assert words in listed


@pytest.mark.parametrize(
    "sent",
    [{"name": ""}, {"name": "x" * 61}, {"scopes": []}, {"scopes": ["admin"]}, {"session": "999"}, {"expires": "9999"}],
)
def test_a_token_that_will_not_do_is_refused(
    client: Client, studio: Studio, admin: Person, sent: dict[str, Any]
) -> None:
    client.force_login(admin)
    page = make(client, **sent)
    assert (page.status_code, shown(page)) == (422, "")
    assert not AccessToken.objects.exists()


def test_a_session_of_elsewhere_is_neither_offered_nor_taken(
    client: Client, stranger: Person, session: Session
) -> None:
    client.force_login(stranger)
    page = "/studios/elsewhere/tokens"
    assert b"Tuesday" not in client.get(page).content
    sent = {"name": "Spy", "scopes": ["watch"], "session": session.pk, "studio_id": session.studio_id}
    assert client.post(page, sent).status_code == 422
    assert not AccessToken.objects.exists()


def test_revoking_ends_a_token(client: Client, studio: Studio, admin: Person) -> None:
    client.force_login(admin)
    secret = shown(make(client, scopes=["watch"]))
    headers = {"Authorization": f"Bearer {secret}"}
    assert Client().get("/sessions", headers=headers).status_code == 200
    assert client.post(f"{PAGE}/{AccessToken.objects.get().pk}/revoke").status_code == 302
    assert Client().get("/sessions", headers=headers).status_code == 401
    page = client.get(PAGE).content.decode()
    assert ('<span class="muted">Revoked</span>' in page, "/revoke" in page) == (True, False)
    entry = AuditEntry.objects.get(kind="token_revoked")
    assert (entry.person_id, entry.address, entry.target) == (admin.pk, "127.0.0.1", "OBS main")


def test_whose_maker_has_left_is_said(client: Client, studio: Studio, admin: Person, producer: Person) -> None:
    actions.create_token(studio.pk, name="Old deck", scopes=["control"], by=producer.pk)
    client.force_login(admin)
    assert b"has left" not in client.get(PAGE).content
    actions.remove_member(producer.pk, studio.pk)
    assert b"has left" in client.get(PAGE).content


@pytest.mark.parametrize(("name", "status"), [("producer", 403), ("host", 403), ("cataloger", 403), ("stranger", 404)])
def test_nobody_else_makes_sees_or_revokes_tokens(
    client: Client, request: pytest.FixtureRequest, studio: Studio, name: str, status: int
) -> None:
    token_id, _ = actions.create_token(studio.pk, name="OBS", scopes=["overlay"])
    client.force_login(request.getfixturevalue(name))
    assert client.get(PAGE).status_code == make(client).status_code == status
    assert client.post(f"{PAGE}/{token_id}/revoke").status_code == status
    assert AccessToken.objects.get().revoked_at is None


def test_no_token_of_elsewhere_is_revoked_by_its_number(client: Client, studio: Studio, stranger: Person) -> None:
    token_id, _ = actions.create_token(studio.pk, name="OBS", scopes=["overlay"])
    client.force_login(stranger)
    for number in (token_id, 10**30):
        assert client.post(f"/studios/elsewhere/tokens/{number}/revoke").status_code == 404
    assert AccessToken.objects.get().revoked_at is None
