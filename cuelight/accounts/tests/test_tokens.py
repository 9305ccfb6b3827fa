"""Tokens: shown once, kept as a hash, good for what their scopes say, and over within a second."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client as Browser
from django.utils import timezone

from cuelight.accounts import actions, identity, policy
from cuelight.accounts.models import AccessToken, AuditEntry, Person, Studio
from cuelight.accounts.testing import secret_of_token
from cuelight.errors import Invalid, NotFound
from cuelight.live.db import run_db
from cuelight.live.handshake import Handshake
from cuelight.live.testing import connect


def shown(secret: str) -> Handshake:
    return Handshake({}, {}, {}, None, secret)


def test_only_a_hash_of_a_token_is_kept(studio: Studio, admin: Person) -> None:
    token_id, secret = actions.create_token(studio.pk, name="OBS", scopes=["overlay"], by=admin.pk)
    row = AccessToken.objects.values_list().get(pk=token_id)
    assert secret not in str(row)
    assert AccessToken.objects.get(pk=token_id).hint == secret[-4:]
    entry = AuditEntry.objects.get(kind="token_made")
    assert (entry.studio_id, entry.person_id, entry.target) == (studio.pk, admin.pk, "OBS")
    assert secret not in str(entry.detail)


@pytest.mark.parametrize(
    ("name", "scopes", "session_id"),
    [("", ["watch"], None), ("x" * 61, ["watch"], None), ("OBS", [], None), ("OBS", ["admin"], None),
     ("OBS", ["overlay"], 7)],
)  # fmt: skip
def test_a_token_that_would_not_do_is_refused(
    studio: Studio, name: str, scopes: list[str], session_id: int | None
) -> None:
    with pytest.raises(Invalid):
        actions.create_token(studio.pk, name=name, scopes=scopes, session_id=session_id)
    assert not AccessToken.objects.exists()


def test_the_use_of_a_token_is_seen(client: Browser, studio: Studio) -> None:
    headers = {"Authorization": f"Bearer {secret_of_token(studio.pk, 'watch')}"}
    assert client.get("/sessions", headers=headers).status_code == 200
    used_at = AccessToken.objects.get().last_used_at
    assert used_at is not None
    client.get("/sessions", headers=headers)
    assert AccessToken.objects.get().last_used_at == used_at  # not written for each request


def test_a_token_is_nobody(client: Browser, studio: Studio, admin: Person) -> None:
    """It may what its scopes say, never what its maker may; and no page of an account is its own."""
    headers = {"Authorization": f"Bearer {secret_of_token(studio.pk, 'overlay', by=admin)}"}
    for page in ("/sessions", "/imports", "/palette", "/home"):
        assert client.get(page, headers=headers).status_code == 404, page


async def test_revoking_a_token_ends_its_sockets_and_no_others(
    live: None, studio: Studio, person: Callable[..., Person]
) -> None:
    kept = await run_db(secret_of_token, studio.pk, "overlay")
    token_id, secret = await run_db(lambda: actions.create_token(studio.pk, name="Old OBS", scopes=["overlay"]))
    air = f"air:{studio.pk}"
    first, second = await identity.authenticate(shown(secret)), await identity.authenticate(shown(kept))
    async with connect(first) as old, connect(second) as other:
        assert (await old.join(air)).status == "ok"
        assert (await other.join(air)).status == "ok"
        await run_db(actions.revoke_token, studio.pk, token_id)
        await old.until(lambda: old.close_code is not None)
        assert other.close_code is None
        assert (await other.join(air)).status == "ok"
    assert await identity.authenticate(shown(secret)) is None
    assert await identity.authenticate(shown(kept)) is not None


async def test_a_token_that_has_run_out_lets_nobody_in(live: None, studio: Studio) -> None:
    soon = timezone.now() + timedelta(hours=1)
    made = lambda: actions.create_token(studio.pk, name="Once", scopes=["watch"], expires_at=soon)  # noqa: E731
    token_id, secret = await run_db(made)
    remembered = await identity.authenticate(shown(secret))
    assert remembered is not None
    past = timezone.now() - timedelta(seconds=1)
    await run_db(lambda: AccessToken.objects.filter(pk=token_id).update(expires_at=past))
    identity.forget(remembered.key)
    assert await identity.authenticate(shown(secret)) is None


def test_no_token_is_revoked_from_another_studio(studio: Studio, stranger: Person) -> None:
    token_id, _ = actions.create_token(studio.pk, name="OBS", scopes=["overlay"])
    elsewhere = Studio.objects.get(slug="elsewhere")
    with pytest.raises(NotFound):
        actions.revoke_token(elsewhere.pk, token_id)
    assert AccessToken.objects.get().revoked_at is None


def test_a_row_of_the_policy_names_only_what_can_be_held() -> None:
    with pytest.raises(ValueError, match="nobody can hold"):
        policy.register("session.dance", "dance", to="dancer")
    with pytest.raises(ValueError, match="already"):
        policy.register("session.drive", "drive", to="admin")
    assert all(row.under in {known.action for known in policy.rows()} for row in policy.rows())
