"""Invitations: signed, bound, counted and over when they are over; nobody invites beyond what they may."""

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any
from urllib.parse import unquote

import pytest
from allauth.account.models import EmailAddress
from django.conf import settings
from django.core import signing
from django.db import connections
from django.template.loader import render_to_string
from django.test import Client
from django.utils import timezone

from cuelight.accounts import access, actions, invitations, mail, queries
from cuelight.accounts.models import AuditEntry, Invitation, Membership, Person, Studio
from cuelight.accounts.testing import who
from cuelight.errors import Forbidden, Gone, Invalid

PAGE = "/studios/pavoi/invitations"


@pytest.fixture
def invite(studio: Studio, admin: Person) -> Callable[..., Invitation]:
    """An invitation by the studio's admin."""

    def make(*roles: str, **how: Any) -> Invitation:
        return actions.invite(access.read_access(who(admin), studio.pk), roles=roles or ("host",), **how)

    return make


@pytest.fixture
def noor(db: None) -> Person:
    """Somebody with an account and a confirmed address, in no studio."""
    noor = Person.objects.create_user("noor@home.example", "Noor")
    EmailAddress.objects.create(user=noor, email="noor@home.example", verified=True, primary=True)
    return noor


def token(invitation: Invitation, *, mailed: bool = False) -> str:
    return invitations.path(invitation, mailed=mailed).removeprefix("/invitation/")


def accept(client: Client, invitation: Invitation) -> Any:
    return client.post(f"{invitations.path(invitation)}/accept")


# --- making


def test_an_admin_makes_a_link_on_the_page(client: Client, studio: Studio, admin: Person) -> None:
    client.force_login(admin)
    sent = {"way": "link", "roles": ["host", "producer"], "max_uses": "3", "lasts_hours": "24"}
    page = client.post(PAGE, sent, follow=True).content.decode()
    made = Invitation.objects.get()
    assert (made.roles, made.max_uses, made.created_by, made.email) == (["producer", "host"], 3, admin, None)
    assert timedelta(hours=23) < made.expires_at - timezone.now() <= timedelta(hours=24)
    [link] = re.findall(r'readonly value="([^"]+)"', page)
    assert link == f"{settings.PUBLIC_URL}{invitations.path(made)}"
    assert invitations.read(link.rpartition("/")[2]).invitation == made
    assert AuditEntry.objects.get(kind="invitation_made").detail == {"roles": made.roles, "uses": 3, "hours": 24}


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({"roles": []}, "Choose a role."),
        ({"roles": ["overlord"]}, "not one of the available choices"),
        ({"max_uses": "0"}, "greater than or equal to 1"),
        ({"max_uses": "51"}, "less than or equal to 50"),
        ({"lasts_hours": "721"}, "not one of the available choices"),
        ({"way": "email"}, "Give the address to invite."),
        ({"way": "email", "email": "noor"}, "valid email"),
        ({"guest_hours": "4", "roles": ["admin"]}, "Guests can be hosts or producers."),
        ({"guest_hours": "4", "roles": ["host", "cataloger"]}, "Guests can be hosts or producers."),
        ({"opens": "7"}, "not one of the available choices"),
    ],
)
def test_what_will_not_do_is_said_beside_the_field(
    client: Client, studio: Studio, admin: Person, sent: dict[str, Any], sentence: str
) -> None:
    client.force_login(admin)
    whole = {"way": "link", "roles": ["host"], "max_uses": "1", "lasts_hours": "24"} | sent
    page = client.post(PAGE, whole)
    assert (page.status_code, sentence in page.content.decode()) == (422, True), page.content.decode()
    assert not Invitation.objects.exists()


def test_a_producer_invites_hosts_and_sees_no_other_invitation(
    client: Client, studio: Studio, producer: Person, invite: Callable[..., Invitation]
) -> None:
    others, hosts = invite("admin"), invite("host")
    client.force_login(producer)
    page = client.get(PAGE).content.decode()
    assert (invitations.path(hosts) in page, invitations.path(others) in page) == (True, False)
    for roles in (["admin"], ["host", "admin"], ["producer"]):
        sent = {"way": "link", "roles": roles, "max_uses": "1", "lasts_hours": "24", "role": "admin", "studio_id": "1"}
        assert client.post(PAGE, sent).status_code == 422, roles
        with pytest.raises(Forbidden):
            actions.invite(access.read_access(who(producer), studio.pk), roles=roles)
    sent = {"way": "link", "roles": ["host"], "max_uses": "1", "lasts_hours": "24", "created_by": "1", "uses": "-9"}
    assert client.post(PAGE, sent).status_code == 302
    made = Invitation.objects.latest("id")
    assert (made.roles, made.created_by, made.uses) == (["host"], producer, 0)
    for what in ("renew", "revoke"):
        assert client.post(f"{PAGE}/{others.pk}/{what}").status_code == 404
        assert client.post(f"{PAGE}/{hosts.pk}/{what}").status_code == 302


@pytest.mark.parametrize(("name", "status"), [("host", 403), ("cataloger", 403), ("stranger", 404)])
def test_nobody_else_invites_anybody(
    client: Client, request: pytest.FixtureRequest, invite: Callable[..., Invitation], name: str, status: int
) -> None:
    made = invite()
    client.force_login(request.getfixturevalue(name))
    sent = {"way": "link", "roles": ["host"], "max_uses": "1", "lasts_hours": "24"}
    assert client.get(PAGE).status_code == client.post(PAGE, sent).status_code == status
    for what in ("renew", "revoke"):
        assert client.post(f"{PAGE}/{made.pk}/{what}").status_code == status
    assert list(Invitation.objects.values_list("revoked_at", "nonce")) == [(None, made.nonce)]


def test_no_invitation_of_elsewhere_is_reached_by_its_number(
    client: Client, stranger: Person, invite: Callable[..., Invitation]
) -> None:
    made = invite()
    client.force_login(stranger)
    for number in (made.pk, 10**30):
        for what in ("renew", "revoke"):
            assert client.post(f"/studios/elsewhere/invitations/{number}/{what}").status_code == 404
    assert invitations.path(made) not in client.get("/studios/elsewhere/invitations").content.decode()


@pytest.mark.parametrize("path", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"])
def test_an_invitation_leads_nowhere_else(
    client: Client, noor: Person, invite: Callable[..., Invitation], path: str
) -> None:
    made = invite(path=path)
    assert made.path == ""
    Invitation.objects.update(path=path)  # and if it were there
    client.force_login(noor)
    assert accept(client, made)["Location"] == "/home"


# --- accepting


def test_who_has_an_account_comes_in_by_a_link(
    client: Client, studio: Studio, noor: Person, invite: Callable[..., Invitation]
) -> None:
    made = invite("host", "producer", path="/sessions/7/host")
    client.force_login(noor)
    page = client.get(invitations.path(made)).content.decode()
    assert "Join Pavoi Live" in page
    assert "Ada invites you" in page
    done = accept(client, made)
    assert (done.status_code, done["Location"]) == (302, "/sessions/7/host")
    assert queries.roles(noor.pk, studio.pk) == {"host", "producer"}
    assert client.session["studio"] == studio.pk
    kinds = AuditEntry.objects.filter(person_id=noor.pk).values_list("kind", flat=True)
    assert sorted(kinds) == ["invitation_accepted", "role_granted", "role_granted"]


def test_nobody_comes_in_by_looking(client: Client, noor: Person, invite: Callable[..., Invitation]) -> None:
    """A link that is opened by a mail scanner or a preview is not used up."""
    made = invite()
    client.force_login(noor)
    for path in (invitations.path(made), f"{invitations.path(made)}/accept", f"{invitations.path(made)}/guest"):
        client.get(path)
    made.refresh_from_db()
    assert (made.uses, Membership.objects.filter(person=noor).exists()) == (0, False)


def test_who_is_not_signed_in_is_led_back_to_the_invitation(client: Client, invite: Callable[..., Invitation]) -> None:
    made = invite()
    path = invitations.path(made)
    page = client.get(path).content.decode()
    assert [unquote(way) for way in re.findall(r'href="(/sign-[^"]+)"', page)] == [
        f"/sign-in?next={path}",
        f"/sign-up?next={path}",
    ]
    assert client.session["invitation"] == made.pk
    assert accept(client, made)["Location"].startswith("/sign-in?next=/invitation/")
    assert client.post(f"{path}/guest", {"name": "Gus"}).status_code == 403  # an account is needed
    assert not Person.objects.filter(kind="guest").exists()


def test_a_replayed_link_is_used_up(
    client: Client, noor: Person, stranger: Person, invite: Callable[..., Invitation]
) -> None:
    made = invite()
    client.force_login(noor)
    assert accept(client, made).status_code == 302
    client.force_login(stranger)
    for answer in (client.get(invitations.path(made)), accept(client, made)):
        assert (answer.status_code, b"It was used already." in answer.content) == (410, True)
    assert not Membership.objects.filter(person=stranger, studio=made.studio).exists()


def test_who_has_all_of_it_uses_nothing_up(client: Client, host: Person, invite: Callable[..., Invitation]) -> None:
    made = invite("host")
    client.force_login(host)
    assert accept(client, made).status_code == 302
    made.refresh_from_db()
    assert made.uses == 0


def test_of_two_people_racing_for_the_last_use_one_wins(
    transactional_db: None, studio: Studio, invite: Callable[..., Invitation]
) -> None:
    for number in range(5):
        made = invite(max_uses=2)
        racers = [Person.objects.create_user(f"r{number}{n}@studio.example", "Racer") for n in range(4)]
        together = Barrier(4)

        def race(racer: Person, link: str = token(made), together: Barrier = together) -> str:
            try:
                together.wait(10)
                actions.accept(link, racer.pk)
            except Gone as error:
                return error.reason
            finally:
                connections.close_all()
            return "in"

        with ThreadPoolExecutor(4) as threads:
            assert sorted(threads.map(race, racers)) == ["in", "in", "invitation_over", "invitation_over"]
        assert Membership.objects.filter(person__in=racers, studio=studio).count() == 2
        made.refresh_from_db()
        assert made.uses == 2


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"revoked_at": timezone.now()}, b"It was taken back."),
        ({"expires_at": timezone.now() - timedelta(seconds=1)}, b"It has run out."),
        ({"uses": 1}, b"It was used already."),
    ],
)
def test_what_is_over_lets_nobody_in_and_does_not_tell_whose_it_was(
    client: Client, noor: Person, invite: Callable[..., Invitation], change: dict[str, Any], why: bytes
) -> None:
    made = invite(guest_hours=4)
    Invitation.objects.update(**change)
    answers = [client.get(invitations.path(made)), client.post(f"{invitations.path(made)}/guest", {"name": "Gus"})]
    client.force_login(noor)
    answers += [accept(client, made)]
    for answer in answers:
        assert (answer.status_code, why in answer.content, b"Pavoi" in answer.content) == (410, True, False)
    with pytest.raises(Gone):
        actions.accept(token(made), noor.pk)
    with pytest.raises(Gone):
        actions.accept_as_guest(token(made), "Gus")
    assert Membership.objects.count() == 1


def test_a_link_that_was_changed_or_is_for_another_purpose_is_refused(
    client: Client, noor: Person, invite: Callable[..., Invitation]
) -> None:
    made, other = invite(), invite("admin")
    good = token(made)
    payload, _, rest = good.partition(":")
    ours = signing.Signer(salt=invitations.SALT)
    forged = [
        good[:-1] + ("A" if good[-1] != "A" else "B"),
        f"{token(other).partition(':')[0]}:{rest}",
        payload,
        signing.dumps([made.pk, made.nonce], salt=invitations.SALT),
        signing.Signer(salt="cuelight.link").sign_object([made.pk, made.nonce]),
        *(ours.sign_object(said) for said in ([made.pk, "guessed"], {"id": made.pk}, [], [None, None], ["x", "y"], 7)),
        "x",
    ]
    client.force_login(noor)
    for link in forged:
        assert client.get(f"/invitation/{link}").status_code == 422, link
        assert client.post(f"/invitation/{link}/accept").status_code == 422, link
        with pytest.raises(Invalid):
            actions.accept_as_guest(link, "Gus")
    assert not Membership.objects.filter(person=noor).exists()


def test_an_admin_who_was_taken_out_does_not_come_back_by_a_link_put_aside(
    client: Client, studio: Studio, admin: Person, person: Callable[..., Person]
) -> None:
    """Nor one who was made a producer; but what they made for hosts goes on then, and all of it with the role."""
    olga = person("Olga", studio, "admin")
    by_olga = access.read_access(who(olga), studio.pk)
    for_admins, for_hosts = (actions.invite(by_olga, roles=[role]) for role in ("admin", "host"))
    actions.remove_member(olga.pk, studio.pk)
    client.force_login(olga)
    for made in (for_admins, for_hosts):
        answer = accept(client, made)
        assert (answer.status_code, b"no longer there to invite" in answer.content) == (410, True)
        with pytest.raises(Gone):
            actions.accept(token(made), olga.pk)
    actions.grant(olga.pk, studio.pk, "producer")
    assert [accept(client, made).status_code for made in (for_admins, for_hosts)] == [410, 302]
    client.force_login(admin)
    assert b"Olga may no longer invite" in client.get(PAGE).content
    assert queries.roles(olga.pk, studio.pk) == {"producer", "host"}


def test_a_new_link_makes_a_stolen_one_worthless(
    client: Client, studio: Studio, admin: Person, noor: Person, invite: Callable[..., Invitation]
) -> None:
    made = invite()
    stolen = invitations.path(made)
    client.force_login(admin)
    assert client.post(f"{PAGE}/{made.pk}/renew").status_code == 302
    client.force_login(noor)
    assert client.post(f"{stolen}/accept").status_code == 422
    made.refresh_from_db()
    assert accept(client, made).status_code == 302


def test_taking_back_can_be_undone(
    client: Client, admin: Person, noor: Person, invite: Callable[..., Invitation]
) -> None:
    made = invite()
    client.force_login(admin)
    client.post(f"{PAGE}/{made.pk}/revoke")
    page = client.get(PAGE).content.decode()
    assert invitations.path(made) not in page
    [value] = re.findall(r'name="undo" value="([^"]+)"', page)
    assert client.post(f"{PAGE}/undo", {"undo": value}).status_code == 302
    client.force_login(noor)
    assert accept(client, made).status_code == 302


def test_an_invitation_of_a_deleted_studio_is_none(
    client: Client, noor: Person, invite: Callable[..., Invitation]
) -> None:
    made = invite()
    Studio.objects.update(deleted_at=timezone.now())
    client.force_login(noor)
    assert accept(client, made).status_code == 422


def test_a_device_or_guest_accepts_nothing(client: Client, studio: Studio, invite: Callable[..., Invitation]) -> None:
    made = invite("producer")
    actions.set_passphrase(studio.pk, "host", "four odd words here")
    client.post("/login", {"studio": "pavoi", "role": "host", "passphrase": "four odd words here"})
    assert b"An invitation is for a person." in client.get(invitations.path(made)).content
    assert accept(client, made).status_code == 403
    station = Person.objects.get(kind="station")
    with pytest.raises(Forbidden):
        actions.accept(token(made), station.pk)
    assert queries.roles(station.pk, studio.pk) == {"host"}


# --- by e-mail


def test_an_invitation_by_mail_is_sent_to_its_address(
    client: Client, studio: Studio, admin: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[tuple[str, str, dict[str, Any]]] = []
    monkeypatch.setattr(mail, "send", lambda name, to, values: sent.append((name, to, values)))
    client.force_login(admin)
    form = {"way": "email", "email": "Noor@Home.example", "roles": ["host"], "max_uses": "40", "lasts_hours": "24",
            "guest_hours": "4"}  # fmt: skip
    assert client.post(PAGE, form).status_code == 302
    made = Invitation.objects.get()
    assert (made.email, made.max_uses, made.guest_hours) == ("noor@home.example", 1, None)
    [(name, to, values)] = sent
    assert (name, to) == ("invitation", "noor@home.example")
    letter = render_to_string("accounts/mail/invitation.txt", values)
    assert letter.startswith("Ada invites you to Pavoi Live\n\n")
    assert f"\n{settings.PUBLIC_URL}{invitations.path(made, mailed=True)}\n" in letter


def test_only_who_owns_the_address_accepts_an_invitation_by_mail(
    client: Client, studio: Studio, noor: Person, stranger: Person, invite: Callable[..., Invitation]
) -> None:
    made = invite(email="Noor@home.example")
    client.force_login(stranger)
    page = client.get(invitations.path(made)).content
    assert (b"with another address" in page, b"n\xe2\x80\xa6@home.example" in page, b"noor@" in page) == (
        True, True, False)  # fmt: skip
    assert accept(client, made).status_code == 403
    assert queries.roles(stranger.pk, studio.pk) == frozenset()
    client.force_login(noor)
    assert accept(client, made).status_code == 302
    assert queries.roles(noor.pk, studio.pk) == {"host"}


def test_an_address_that_was_never_confirmed_is_not_ones_own(
    client: Client, noor: Person, invite: Callable[..., Invitation]
) -> None:
    EmailAddress.objects.update(verified=False)
    made = invite(email="noor@home.example")
    client.force_login(noor)
    assert accept(client, made).status_code == 403


def test_who_was_made_on_the_command_line_owns_the_address_they_were_made_with(
    client: Client, studio: Studio, invite: Callable[..., Invitation]
) -> None:
    ned = Person.objects.get(id=actions.create_person("ned@home.example", "Ned"))
    made = invite(email="ned@home.example")
    client.force_login(ned)
    assert accept(client, made).status_code == 302


def test_only_the_link_of_the_mail_proves_the_mailbox(client: Client, invite: Callable[..., Invitation]) -> None:
    """An admin may look the link up on the page: by that one they could else confirm an address that is not theirs."""
    made = invite(email="noor@home.example")
    client.get(invitations.path(made))
    assert "account_verified_email" not in client.session
    client.get(invitations.path(made, mailed=True))
    assert client.session["account_verified_email"] == "noor@home.example"


# --- guests


def test_a_guest_comes_in_by_name_for_some_hours(
    client: Client, studio: Studio, admin: Person, invite: Callable[..., Invitation]
) -> None:
    made = invite("host", guest_hours=4, max_uses=2, path="/sessions/1/host")
    assert b"Your name" in client.get(invitations.path(made)).content
    empty = client.post(f"{invitations.path(made)}/guest", {"name": " "})
    assert (empty.status_code, b"Give your name." in empty.content) == (422, True)
    done = client.post(f"{invitations.path(made)}/guest", {"name": "  Gus   Guest ", "role": "admin"})
    assert done["Location"] == "/sessions/1/host"
    gus = Person.objects.get(kind="guest")
    assert (gus.name, gus.email, gus.has_usable_password()) == ("Gus Guest", None, False)
    membership = Membership.objects.get(person=gus)
    assert membership.ends_at is not None
    assert timedelta(hours=3.9) < membership.ends_at - timezone.now() <= timedelta(hours=4)
    assert client.session.get_expiry_age() <= 4 * 3600
    assert client.get("/sessions").status_code == 200
    assert client.get("/studios/new").status_code == 403
    assert client.post(f"{invitations.path(made)}/guest", {"name": "Again"}).status_code == 403


def test_a_guests_time_ends_by_itself(client: Client, studio: Studio, invite: Callable[..., Invitation]) -> None:
    made = invite("host", guest_hours=4)
    client.post(f"{invitations.path(made)}/guest", {"name": "Gus"})
    Membership.objects.filter(ends_at__isnull=False).update(ends_at=timezone.now() - timedelta(seconds=1))
    assert client.get("/sessions").content.count(b"Holiday") == 0
    assert queries.roles(Person.objects.get(kind="guest").pk, studio.pk) == frozenset()


def test_an_admin_ends_a_guests_time_now(
    client: Client, studio: Studio, admin: Person, invite: Callable[..., Invitation]
) -> None:
    guest = Client()
    guest.post(f"{invitations.path(invite('host', guest_hours=4))}/guest", {"name": "Gus"})
    assert guest.get("/sessions").status_code == 200
    client.force_login(admin)
    page = client.get("/studios/pavoi/members").content.decode()
    gus = Person.objects.get(kind="guest")
    assert f'action="/studios/pavoi/members/{gus.pk}/end"' in page
    assert client.post(f"/studios/pavoi/members/{gus.pk}/role", {"role": "admin", "on": "1"}).status_code == 404
    assert client.post(f"/studios/pavoi/members/{gus.pk}/end").status_code == 302
    assert guest.get("/sessions").status_code == 302
    assert AuditEntry.objects.get(kind="guest_ended").target == "Gus"


def test_a_guest_link_never_shortens_what_somebody_has(
    client: Client, studio: Studio, host: Person, noor: Person, invite: Callable[..., Invitation]
) -> None:
    made = invite("host", guest_hours=4, max_uses=5)
    for person in (host, noor):
        client.force_login(person)
        assert accept(client, made).status_code == 302
    assert Membership.objects.get(person=host).ends_at is None
    assert Membership.objects.get(person=noor).ends_at is not None
    client.force_login(noor)
    assert accept(client, invite("host")).status_code == 302
    assert Membership.objects.get(person=noor).ends_at is None
