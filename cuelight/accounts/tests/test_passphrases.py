"""Studio devices: passphrases kept as hashes, one answer for whatever is wrong, and an end after four hours unused."""

from datetime import timedelta
from typing import Any

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.db.models import F
from django.test import Client
from django.utils import timezone

from cuelight.accounts import actions, identity, queries, station_watch
from cuelight.accounts.models import AuditEntry, Membership, Person, RolePassphrase, Studio
from cuelight.errors import Invalid, NotFound
from cuelight.live.db import run_db
from cuelight.live.handshake import Handshake
from cuelight.live.testing import connect

RIGHT, OTHER = "four odd words here", "four other words here"
PAGE = "/studios/pavoi/passphrases"


@pytest.fixture
def host_passphrase(studio: Studio, admin: Person) -> RolePassphrase:
    actions.set_passphrase(studio.pk, "host", RIGHT, by=admin.pk)
    return RolePassphrase.objects.get()


def sign_in(client: Client, passphrase: str = RIGHT, studio: str = "pavoi", role: str = "host") -> Any:
    return client.post("/login", {"studio": studio, "role": role, "passphrase": passphrase})


def with_cookie(client: Client) -> Handshake:
    return Handshake({name: morsel.value for name, morsel in client.cookies.items()}, {}, {}, None, None)


def unused_for(hours: float) -> None:
    UserSession.objects.update(last_seen_at=timezone.now() - timedelta(hours=hours))


# --- setting


def test_only_the_hash_of_a_passphrase_is_kept(studio: Studio, host_passphrase: RolePassphrase) -> None:
    assert host_passphrase.hash.startswith("argon2$argon2id$")
    everything = [str(row) for row in [*RolePassphrase.objects.values(), *AuditEntry.objects.values()]]
    assert not any(RIGHT in row for row in everything)
    station = host_passphrase.station
    assert (station.kind, station.name, station.email) == ("station", "Host device", None)
    assert queries.roles(station.pk, studio.pk) == {"host"}
    assert not station.has_usable_password()


@pytest.mark.parametrize("secret", ["", "eleven char", "x" * 201])
def test_a_passphrase_that_is_too_short_or_endless_is_refused(studio: Studio, secret: str) -> None:
    with pytest.raises(Invalid):
        actions.set_passphrase(studio.pk, "host", secret)
    assert not Person.objects.filter(kind="station").exists()


def test_an_admin_sets_it_on_the_page_and_never_sees_it_again(client: Client, studio: Studio, admin: Person) -> None:
    client.force_login(admin)
    done = client.post(PAGE, {"role": "host", "passphrase": RIGHT}, follow=True)
    assert (done.status_code, b"The host passphrase is set" in done.content) == (200, True)
    assert RIGHT not in client.get(PAGE).content.decode()
    short = client.post(PAGE, {"role": "producer", "passphrase": "too short"})
    assert (short.status_code, b"12 characters or more" in short.content) == (422, True)
    assert b"too short" not in short.content
    assert client.post(PAGE, {"role": "overlord", "passphrase": RIGHT}).status_code == 422
    assert set(RolePassphrase.objects.values_list("role", "set_by")) == {("host", admin.pk)}


@pytest.mark.parametrize(("who", "status"), [("producer", 403), ("host", 403), ("cataloger", 403), ("stranger", 404)])
def test_nobody_but_an_admin_of_the_studio_sets_one(
    client: Client, request: pytest.FixtureRequest, host_passphrase: RolePassphrase, who: str, status: int
) -> None:
    client.force_login(request.getfixturevalue(who))
    assert client.get(PAGE).status_code == status
    assert client.post(PAGE, {"role": "host", "passphrase": OTHER}).status_code == status
    assert client.post(f"{PAGE}/host/remove").status_code == status
    assert RolePassphrase.objects.get().hash == host_passphrase.hash


# --- signing in


def test_a_device_signs_in_for_its_role_and_no_more(client: Client, host_passphrase: RolePassphrase) -> None:
    done = sign_in(client)
    assert (done.status_code, done["Location"]) == (302, "/home")
    assert client.get("/sessions").status_code == 200
    assert client.get("/studios/pavoi/members").status_code == 403
    assert client.get("/studios/new").status_code == 403  # of people with an account
    entry = AuditEntry.objects.get(kind="sign_in")
    assert (entry.target, entry.address) == ("Host device", "127.0.0.1")


def test_the_device_remembers_studio_and_role_and_not_the_passphrase(
    client: Client, host_passphrase: RolePassphrase
) -> None:
    sign_in(client, studio="PAVOI")
    kept = client.cookies["cuelight-device"]
    assert (kept.value, kept["httponly"], kept["samesite"]) == ("pavoi:host", True, "Lax")
    page = client.get("/login").content.decode()
    assert 'value="pavoi"' in page
    assert '<option value="host" selected>' in page


def test_the_session_gets_a_new_key_when_a_device_signs_in(client: Client, host_passphrase: RolePassphrase) -> None:
    session = client.session
    session["planted"] = "x"
    session.save()
    client.cookies["cuelight"] = session.session_key or ""
    sign_in(client)
    assert client.cookies["cuelight"].value != session.session_key


@pytest.mark.parametrize(
    "wrong", [{"studio": "nowhere"}, {"role": "admin"}, {"passphrase": OTHER}, {"studio": "pavoi-deleted"}]
)
def test_whatever_is_wrong_the_answer_and_the_work_are_the_same(
    client: Client, host_passphrase: RolePassphrase, monkeypatch: pytest.MonkeyPatch, wrong: dict[str, str]
) -> None:
    Studio.objects.create(name="Gone", slug="pavoi-deleted", deleted_at=timezone.now())
    sign_in(Client(REMOTE_ADDR="203.0.113.1"), studio="nowhere")  # makes the dummy once
    hashed: list[str] = []
    verify = Argon2PasswordHasher.verify

    def counting(hasher: Argon2PasswordHasher, password: str, encoded: str) -> bool:
        hashed.append(encoded.split("$")[3])  # memory, time and lanes
        return bool(verify(hasher, password, encoded))

    monkeypatch.setattr(Argon2PasswordHasher, "verify", counting)
    answer = sign_in(client, **({"passphrase": RIGHT} | wrong))
    assert (answer.status_code, b"Studio, role or passphrase is wrong." in answer.content) == (422, True)
    assert hashed == [host_passphrase.hash.split("$")[3]]
    assert RIGHT not in answer.content.decode()
    assert client.get("/sessions").status_code == 302


# --- the end of it


def test_changing_a_passphrase_signs_its_devices_out(
    client: Client, studio: Studio, host_passphrase: RolePassphrase
) -> None:
    sign_in(client)
    actions.set_passphrase(studio.pk, "host", OTHER)
    assert client.get("/sessions").status_code == 302
    assert sign_in(Client(), RIGHT).status_code == 422
    assert sign_in(client, OTHER).status_code == 302


def test_removing_a_passphrase_signs_its_devices_out_and_leaves_nobody_behind(
    client: Client, studio: Studio, host_passphrase: RolePassphrase
) -> None:
    sign_in(client)
    actions.remove_passphrase(studio.pk, "host")
    assert client.get("/sessions").status_code == 302
    assert sign_in(client).status_code == 422
    assert not Membership.objects.filter(person=host_passphrase.station).exists()
    with pytest.raises(NotFound):
        actions.remove_passphrase(studio.pk, "host")
    actions.set_passphrase(studio.pk, "host", OTHER)
    assert sign_in(client, OTHER).status_code == 302


async def test_changing_a_passphrase_ends_the_sockets_of_its_devices(
    live: None, studio: Studio, host: Person, host_passphrase: RolePassphrase
) -> None:
    device = Client()
    await run_db(sign_in, device)
    who = await identity.authenticate(with_cookie(device))
    async with connect(who) as screen:
        assert (await screen.join(f"air:{studio.pk}")).status == "ok"
        await run_db(actions.set_passphrase, studio.pk, "host", OTHER)
        await screen.until(lambda: screen.close_code is not None)
    assert await identity.authenticate(with_cookie(device)) is None


@pytest.mark.parametrize(("hours", "status"), [(3.9, 200), (4.1, 302)])
def test_a_device_that_nobody_uses_for_four_hours_is_signed_out(
    client: Client, host_passphrase: RolePassphrase, hours: float, status: int
) -> None:
    sign_in(client)
    unused_for(hours)
    handshake = with_cookie(client)
    assert (identity.signed_in(handshake.cookies["cuelight"]) is None) == (status == 302)
    assert client.get("/sessions").status_code == status
    if status == 200:  # and that was a use
        unused = timezone.now() - UserSession.objects.get().last_seen_at
        assert unused < timedelta(minutes=1)


def test_a_person_is_not_signed_out_like_a_device(client: Client, admin: Person) -> None:
    client.force_login(admin)
    unused_for(24)
    assert client.get("/sessions").status_code == 200


async def test_an_open_page_is_use(live: None, studio: Studio, host_passphrase: RolePassphrase) -> None:
    """A show of five hours is not cut; a second device of the same role that nobody uses is."""
    shown, unused = Client(), Client()
    for device in (shown, unused):
        await run_db(sign_in, device)
    async with connect(await identity.authenticate(with_cookie(shown))) as screen:
        await screen.join(f"air:{studio.pk}")
        await run_db(unused_for, 3.9)
        await station_watch.note_the_connected()
    seen = [await identity.authenticate(with_cookie(device)) is not None for device in (shown, unused)]
    assert seen == [True, True]
    await run_db(half_an_hour_later)
    seen = [await identity.authenticate(with_cookie(device)) is not None for device in (shown, unused)]
    assert seen == [True, False]


def half_an_hour_later() -> None:
    UserSession.objects.update(last_seen_at=F("last_seen_at") - timedelta(minutes=30))


# --- devices


def test_the_page_lists_devices_and_signs_one_out(
    client: Client, admin: Person, host_passphrase: RolePassphrase
) -> None:
    tablet, screen = Client(headers={"User-Agent": "Mozilla/5.0 (iPad) Version/17 Safari/605"}), Client()
    for device in (tablet, screen):
        sign_in(device)
    client.force_login(admin)
    page = client.get(PAGE).content.decode()
    assert "Safari on iPad" in page
    first = UserSession.objects.get(user_agent__contains="iPad")
    client.post(f"/studios/pavoi/devices/{first.pk}/end")
    assert [device.get("/sessions").status_code for device in (tablet, screen)] == [302, 200]
    assert "Safari on iPad" not in client.get(PAGE).content.decode()


def test_no_device_or_person_of_elsewhere_is_signed_out_by_its_number(
    client: Client, studio: Studio, admin: Person, stranger: Person, host_passphrase: RolePassphrase
) -> None:
    device, colleague = Client(), Client()
    sign_in(device)
    colleague.force_login(admin)
    client.force_login(stranger)
    for row in UserSession.objects.exclude(user=stranger):
        assert client.post(f"/studios/elsewhere/devices/{row.pk}/end").status_code == 404
        assert client.post(f"/studios/pavoi/devices/{row.pk}/end").status_code == 404
    colleague_key = colleague.cookies["cuelight"].value
    own, _ = UserSession.objects.get_or_create(
        session_key=colleague_key, defaults={"user": admin, "ip": "127.0.0.1", "user_agent": ""}
    )
    assert colleague.post(f"/studios/pavoi/devices/{own.pk}/end").status_code == 404  # a person, no device
    assert client.post(f"/studios/elsewhere/devices/{10**30}/end").status_code == 404
    assert [one.get("/sessions").status_code for one in (device, colleague)] == [200, 200]


# --- from the environment


def test_passphrases_of_the_environment_make_a_first_studio(db: None) -> None:
    assert actions.adopt_passphrases({"host": "", "admin": ""}) == []
    assert not Studio.objects.exists()
    assert actions.adopt_passphrases({"host": RIGHT, "admin": OTHER}) == ["host", "admin"]
    assert Studio.objects.get().slug == "studio"
    assert sign_in(Client(), RIGHT, "studio").status_code == 302
    device = Client()
    assert sign_in(device, OTHER, "studio", "admin").status_code == 302
    assert device.get("/studios/studio/members").status_code == 200


def test_passphrases_that_are_stored_already_change_nothing(
    client: Client, studio: Studio, host_passphrase: RolePassphrase
) -> None:
    sign_in(client)
    assert actions.adopt_passphrases({"host": RIGHT}) == []
    assert client.get("/sessions").status_code == 200
    assert actions.adopt_passphrases({"host": OTHER}) == ["host"]
    assert client.get("/sessions").status_code == 302
    assert Studio.objects.count() == 1
