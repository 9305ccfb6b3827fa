"""What ends by itself each minute: guests, tokens, devices nobody uses. Twice is once."""

from collections.abc import Callable
from datetime import timedelta

from allauth.usersessions.models import UserSession
from django.test import Client
from django.utils import timezone

from cuelight.accounts import access, actions, identity, invitations
from cuelight.accounts.models import AccessToken, AuditEntry, Membership, Person, Studio
from cuelight.accounts.testing import who
from cuelight.live.db import run_db
from cuelight.live.handshake import Handshake
from cuelight.live.testing import connect

NOW = timezone.now()


def test_a_guest_whose_time_is_over_is_out_for_good(client: Client, studio: Studio, admin: Person) -> None:
    made = actions.invite(access.read_access(who(admin), studio.pk), roles=["host"], guest_hours=4, max_uses=2)
    other = Client()
    for browser, name in ((client, "Gus"), (other, "Gina")):
        browser.post(f"{invitations.path(made)}/guest", {"name": name})
    Membership.objects.filter(person__name="Gus").update(ends_at=NOW)
    for _ in range(2):
        actions.end_what_is_over(NOW)
    assert [one.get("/sessions").status_code for one in (client, other)] == [302, 200]
    assert list(AuditEntry.objects.filter(kind="guest_ended").values_list("target", flat=True)) == ["Gus"]
    assert set(UserSession.objects.values_list("user__name", flat=True)) == {"Gina"}


def test_a_member_for_some_hours_keeps_their_account(client: Client, studio: Studio, producer: Person) -> None:
    actions.grant(producer.pk, studio.pk, "host", ends_at=NOW)
    client.force_login(producer)
    actions.end_what_is_over(NOW)
    assert set(Membership.objects.values_list("role", flat=True)) == {"producer"}
    assert client.get("/sessions").status_code == 200


def test_devices_that_nobody_uses_are_signed_out_and_others_are_not(
    client: Client, studio: Studio, person: Callable[..., Person]
) -> None:
    actions.set_passphrase(studio.pk, "host", "four odd words here")
    other = Client()
    for browser in (client, other):
        browser.post("/login", {"studio": "pavoi", "role": "host", "passphrase": "four odd words here"})
    UserSession.objects.filter(session_key=client.cookies["cuelight"].value).update(
        last_seen_at=NOW - timedelta(hours=4)
    )
    actions.end_what_is_over(NOW)
    assert [one.get("/sessions").status_code for one in (client, other)] == [302, 200]


async def test_a_token_that_runs_out_ends_its_sockets(live: None, studio: Studio) -> None:
    later = timezone.now() + timedelta(hours=1)
    make = lambda name: actions.create_token(studio.pk, name=name, scopes=["overlay"], expires_at=later)  # noqa: E731
    (token_id, secret), (_, lasting) = await run_db(make, "Once"), await run_db(make, "Lasting")
    shown = [Handshake({}, {}, {}, None, one) for one in (secret, lasting)]
    first, second = [await identity.authenticate(one) for one in shown]
    async with connect(first) as old, connect(second) as other:
        for socket in (old, other):
            assert (await socket.join(f"air:{studio.pk}")).status == "ok"
        ends_at = timezone.now()
        await run_db(lambda: AccessToken.objects.filter(pk=token_id).update(expires_at=ends_at))
        await run_db(actions.end_what_is_over, ends_at)
        await old.until(lambda: old.close_code is not None)
        assert (await other.join(f"air:{studio.pk}")).status == "ok"
    assert await identity.authenticate(shown[0]) is None
    assert (await run_db(AccessToken.objects.get, pk=token_id)).revoked_at == ends_at
