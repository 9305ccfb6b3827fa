"""Five tries a minute for an address, studio and role; then none for five minutes, and nobody else is locked."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from ipaddress import ip_network

import pytest
from django.db import connections
from django.test import Client, RequestFactory
from django.utils import timezone
from pytest_django import Settings

from cuelight.accounts import actions, lockout, passphrases
from cuelight.accounts.lockout import LockedOut
from cuelight.accounts.models import AuditEntry, SignInAttempts, Studio
from cuelight.errors import Invalid

RIGHT, WRONG = "four odd words here", "four other words here"
NOW = timezone.now()


@pytest.fixture
def host_passphrase(studio: Studio) -> None:
    actions.set_passphrase(studio.pk, "host", RIGHT)


def post(client: Client, passphrase: str, *, studio: str = "pavoi", role: str = "host", **request: str) -> int:
    sent = {"studio": studio, "role": role, "passphrase": passphrase}
    return client.post("/login", sent, **request).status_code  # type: ignore[arg-type]


def test_the_sixth_try_is_locked_even_with_the_right_passphrase(client: Client, host_passphrase: None) -> None:
    assert [post(client, WRONG) for _ in range(5)] == [422] * 5
    answer = client.post("/login", {"studio": "pavoi", "role": "host", "passphrase": RIGHT})
    assert (answer.status_code, b"Too many tries. Wait 5 minutes" in answer.content) == (429, True)
    assert 290 <= int(answer["Retry-After"]) <= 300
    assert client.get("/sessions").status_code == 302


def test_the_lock_is_for_one_address_studio_and_role(client: Client, studio: Studio, host_passphrase: None) -> None:
    actions.set_passphrase(studio.pk, "producer", RIGHT)
    for _ in range(5):
        post(client, WRONG)
    assert post(client, RIGHT) == 429
    assert post(client, RIGHT, role="producer") == 302
    assert post(Client(), RIGHT, REMOTE_ADDR="203.0.113.9") == 302


def test_behind_a_proxy_the_lock_is_for_the_address_it_names(
    client: Client, host_passphrase: None, settings: Settings
) -> None:
    """T20: else whoever types it wrong at home locks the whole studio."""
    settings.TRUSTED_PROXIES = [ip_network("10.0.0.1")]
    for _ in range(5):
        post(client, WRONG, REMOTE_ADDR="10.0.0.1", HTTP_X_FORWARDED_FOR="203.0.113.9")
    assert post(client, RIGHT, REMOTE_ADDR="10.0.0.1", HTTP_X_FORWARDED_FOR="203.0.113.9") == 429
    assert post(client, RIGHT, REMOTE_ADDR="10.0.0.1", HTTP_X_FORWARDED_FOR="203.0.113.10") == 302


def test_nobody_escapes_the_lock_by_writing_the_header_themselves(client: Client, host_passphrase: None) -> None:
    for number in range(5):
        post(client, WRONG, HTTP_X_FORWARDED_FOR=f"203.0.113.{number}")
    assert post(client, RIGHT, HTTP_X_FORWARDED_FOR="203.0.113.99") == 429


def test_the_lock_ends_after_five_minutes(db: None) -> None:
    assert [lockout.count("door", NOW) for _ in range(5)] == [False] * 4 + [True]
    almost = NOW + timedelta(minutes=5) - timedelta(seconds=1)
    with pytest.raises(LockedOut, match="Wait a minute"):
        lockout.count("door", almost)
    later = NOW + timedelta(minutes=5)
    assert [lockout.count("door", later) for _ in range(5)] == [False] * 4 + [True]


def test_four_tries_a_minute_are_never_locked(db: None) -> None:
    for minute in range(10):
        for second in (0, 1, 2, 3):
            assert not lockout.count("door", NOW + timedelta(minutes=minute, seconds=second))


def test_the_right_passphrase_begins_anew(client: Client, host_passphrase: None) -> None:
    for _ in range(3):
        assert [post(client, WRONG) for _ in range(4)] == [422] * 4
        assert post(client, RIGHT) == 302
    assert not SignInAttempts.objects.filter(key__contains=":host@").exists()


def test_a_hundred_tries_at_the_same_moment_get_five_looks(
    transactional_db: None, studio: Studio, host_passphrase: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks: list[str] = []

    def look(secret: str, hash_: str | None) -> bool:
        looks.append(secret)
        return False

    monkeypatch.setattr(passphrases, "is_right", look)
    request = RequestFactory().post("/login")

    def attempt(number: int) -> str:
        try:
            actions.check_passphrase("pavoi", "host", f"guess number {number}", request=request, now=NOW)
        except (Invalid, LockedOut) as error:
            return error.reason
        finally:
            connections.close_all()
        return "in"

    with ThreadPoolExecutor(8) as threads:
        reasons = list(threads.map(attempt, range(100)))
    assert (reasons.count("wrong"), reasons.count("locked_out"), len(looks)) == (5, 95, 5)
    kinds = list(AuditEntry.objects.filter(studio=studio).values_list("kind", flat=True))
    assert (kinds.count("sign_in_failed"), kinds.count("locked_out")) == (5, 1)


def test_old_counts_are_forgotten_and_locks_are_not(db: None) -> None:
    lockout.count("old", NOW - timedelta(hours=2))
    lockout.count("new", NOW)
    SignInAttempts.objects.create(
        key="locked", locked_until=NOW + timedelta(minutes=1), updated_at=NOW - timedelta(days=1)
    )
    assert lockout.delete_old(NOW) == 1
    assert set(SignInAttempts.objects.values_list("key", flat=True)) == {"new", "locked"}


def test_a_studio_that_is_not_there_is_locked_like_any_other(client: Client, db: None) -> None:
    assert [post(client, WRONG, studio="nowhere") for _ in range(6)] == [422] * 5 + [429]


def test_one_address_cannot_try_ever_new_doors(client: Client, db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each costs a slow hash, so that it tells nothing; sixty a minute are enough for all devices of a studio."""
    monkeypatch.setattr(lockout, "TRIES_OF_ADDRESS", 7)
    assert [post(client, WRONG, studio=f"studio-{n}") for n in range(9)] == [422] * 7 + [429] * 2
    assert post(client, WRONG, studio="studio-1", REMOTE_ADDR="203.0.113.77") == 422
