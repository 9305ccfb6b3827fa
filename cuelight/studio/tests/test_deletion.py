"""Deleting a studio: everybody is out at once, an admin can bring it back for a while, then nothing of it is left."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from cuelight.accounts import access, actions, identity, queries
from cuelight.accounts.models import AuditEntry, Person, Studio
from cuelight.accounts.testing import secret_of_token, who
from cuelight.catalog.actions import erasing as catalog_erasing
from cuelight.errors import Gone, NotFound
from cuelight.live import erasing as live_erasing
from cuelight.live import process
from cuelight.live.db import run_db
from cuelight.live.handshake import Handshake
from cuelight.live.models import JournalEntry
from cuelight.live.testing import connect
from cuelight.sessions import sample
from cuelight.sessions.command_types import Next
from cuelight.studio import contexts, erasing, jobs
from cuelight.studio.tests.conftest import Full

#: Rows that belong to no studio: the schema's, the queue's, and what Django keeps for itself.
NOBODYS = ("django_migrations", "procrastinate_", "django_content_type", "auth_permission")


def overdue(studio: Studio, days: int = 8) -> None:
    Studio.objects.filter(pk=studio.pk).update(deleted_at=timezone.now() - timedelta(days=days))


def counts() -> dict[str, int]:
    """Rows of every table there is."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
        tables = [name for (name,) in cursor.fetchall() if not name.startswith(NOBODYS)]
        found = {}
        for table in tables:
            cursor.execute(f'SELECT count(*) FROM "{table}"')
            found[table] = cursor.fetchone()[0]
    return found


def naming(studio_id: int) -> dict[str, int]:
    """Rows of any table that name a studio: by a column called ``studio_id``, or by a foreign key to studios."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT table_name, column_name FROM information_schema.columns
            WHERE table_schema = 'public' AND column_name = 'studio_id'
            UNION
            SELECT r.relname, a.attname FROM pg_constraint c JOIN pg_class r ON r.oid = c.conrelid
                JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = ANY(c.conkey)
            WHERE c.contype = 'f' AND c.confrelid = 'accounts_studio'::regclass
            """
        )
        found = {}
        for table, column in cursor.fetchall():
            cursor.execute(f'SELECT count(*) FROM "{table}" WHERE "{column}" = %s', [studio_id])
            found[table] = cursor.fetchone()[0]
    return found


def test_an_admin_types_the_short_name_and_everybody_is_out(full: Full, signed_in: Callable[[str], Client]) -> None:
    admin, path = signed_in("admin"), f"/studios/{full.studio.slug}"
    for typed, sentence in (("Pavoi", "That is not the short name. It is pavoi."), ("", "Type the short name")):
        refused = admin.post(f"{path}/delete", {"slug": typed})
        assert refused.status_code == 422
        assert sentence in refused.content.decode()
        assert f'value="{typed}"' in refused.content.decode() or not typed
    assert queries.studio_id_by_slug("pavoi") == full.studio.pk
    answer = admin.post(f"{path}/delete", {"slug": "pavoi"})
    assert (answer.status_code, answer["Location"]) == (302, f"{path}/restore")
    for role in full.people:
        assert queries.roles(full.people[role].pk, full.studio.pk) == frozenset()
        assert signed_in(role).get(f"/sessions/{full.session_id}/host").status_code == 404
    assert admin.get(f"{path}/danger").status_code == 404
    entry = AuditEntry.objects.get(kind="studio_deleted")
    assert (entry.person_id, entry.target, entry.address) == (full.people["admin"].pk, "Pavoi Live", "127.0.0.1")


def test_only_its_former_admins_can_restore_it(
    full: Full, signed_in: Callable[[str], Client], stranger: Person, client: Client
) -> None:
    path = f"/studios/{full.studio.slug}/restore"
    assert signed_in("admin").get(path).status_code == 404  # it is not deleted
    secret = secret_of_token(full.studio.pk, "control", by=full.people["admin"])
    actions.delete_studio(full.studio.pk, by=None)
    guesser = Client()
    guesser.force_login(stranger, backend="django.contrib.auth.backends.ModelBackend")
    for browser in (guesser, *(signed_in(role) for role in ("producer", "host", "station", "guest"))):
        assert browser.get(path).status_code == 404
        assert browser.post(path).status_code == 404
        assert "is deleted and will be erased" not in browser.get("/home").content.decode()
    assert client.get(path).status_code == 302
    assert client.post(path, headers={"Authorization": f"Bearer {secret}"}).status_code == 401
    admin = signed_in("admin")
    assert "is deleted and will be erased on" in admin.get("/home").content.decode()
    assert "Pavoi Live" in admin.get(path).content.decode()
    assert admin.post(path)["Location"] == "/home"
    assert "Pavoi Live is back" in admin.get("/home").content.decode()
    assert signed_in("host").get(f"/sessions/{full.session_id}/host").status_code == 200
    assert AuditEntry.objects.filter(kind="studio_restored", person_id=full.people["admin"].pk).exists()


def test_a_demo_whose_studio_is_deleted_can_be_entered_to_restore_it(
    full: Full, client: Client, settings: Settings
) -> None:
    settings.DEMO = True
    actions.delete_studio(full.studio.pk, by=None)
    assert client.post("/sign-in", {"role": "admin"}).status_code == 302
    assert client.post(f"/studios/{full.studio.slug}/restore").status_code == 302
    assert not sample.is_missing()


def test_a_start_adds_no_samples_to_a_studio_that_is_deleted(full: Full) -> None:
    actions.delete_studio(full.studio.pk, by=None)
    before = counts()
    sample.seed()
    sample.seed_large()
    assert counts() == before


def test_a_role_that_was_taken_away_before_restores_nothing(full: Full, signed_in: Callable[[str], Client]) -> None:
    actions.grant(full.people["producer"].pk, full.studio.pk, "admin")
    actions.revoke(full.people["admin"].pk, full.studio.pk, "admin")
    actions.delete_studio(full.studio.pk, by=None)
    assert signed_in("admin").post(f"/studios/{full.studio.slug}/restore").status_code == 404


def test_nobody_else_can_delete_it(full: Full, signed_in: Callable[[str], Client], stranger: Person) -> None:
    path = f"/studios/{full.studio.slug}/delete"
    for role in ("producer", "host", "station", "guest"):
        assert signed_in(role).post(path, {"slug": "pavoi"}).status_code == 403
    guesser = Client()
    guesser.force_login(stranger, backend="django.contrib.auth.backends.ModelBackend")
    assert guesser.post(path, {"slug": "pavoi"}).status_code == 404
    assert queries.studio_id_by_slug("pavoi") == full.studio.pk


def test_when_it_is_too_late_it_is_not_restored(full: Full, signed_in: Callable[[str], Client]) -> None:
    overdue(full.studio)
    admin = signed_in("admin")
    assert admin.get(f"/studios/{full.studio.slug}/restore").status_code == 410
    assert admin.post(f"/studios/{full.studio.slug}/restore").status_code == 410
    with pytest.raises(Gone):
        actions.restore_studio(full.studio.pk, by=None)
    assert "is deleted" not in admin.get("/home").content.decode()


def test_nothing_is_erased_before_its_time(full: Full) -> None:
    actions.delete_studio(full.studio.pk, by=None)
    before = counts()
    jobs.erase_deleted(timestamp=0)
    with pytest.raises(NotFound):
        erasing.erase_studio(full.studio.pk)
    overdue(full.studio, days=6)
    jobs.erase_deleted(timestamp=0)
    assert counts() == before


def test_nothing_of_it_is_left_and_all_of_another(full: Full, furnish: Callable[..., Full], settings: Settings) -> None:
    def files() -> set[Path]:
        return {path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()}

    rows, kept = counts(), files()
    other = furnish(Studio.objects.create(name="Rival TV", slug="rival"))
    people = [person.pk for person in other.people.values() if person.kind == "person"]
    assert min(naming(other.studio.pk).values()) > 0, "there is a table of studios that this test does not fill"
    assert files() > kept
    overdue(other.studio)
    jobs.erase_deleted(timestamp=0)
    assert set(naming(other.studio.pk).values()) == {0}
    assert files() == kept
    # People are not the studio's: they stay, with how they sign in; their devices' sign-ins are gone.
    Person.objects.filter(pk__in=people).delete()
    connection.cursor().execute(
        "DELETE FROM django_session WHERE session_key NOT IN (SELECT session_key FROM usersessions_usersession)"
    )
    assert counts() == rows | {"django_session": counts()["django_session"]}
    assert counts()["django_session"] <= rows["django_session"]


def test_erasing_goes_on_where_it_broke_off(full: Full, monkeypatch: pytest.MonkeyPatch) -> None:
    overdue(full.studio)
    catalog = contexts.CONTEXTS[2]

    def broken(studio_id: int) -> None:
        raise OSError

    half = (*contexts.CONTEXTS[:2], catalog._replace(erase=broken), *contexts.CONTEXTS[3:])
    monkeypatch.setattr(erasing, "CONTEXTS", half)
    assert erasing.erase_due() == []
    assert Studio.objects.filter(pk=full.studio.pk).exists()
    monkeypatch.undo()
    monkeypatch.setattr(catalog_erasing, "BATCH", 1)
    monkeypatch.setattr(live_erasing, "BATCH", 1)
    assert erasing.erase_due() == [full.studio.pk]
    assert set(naming(full.studio.pk).values()) == {0}
    assert erasing.erase_due() == []


def test_one_that_cannot_be_erased_does_not_keep_the_others(
    full: Full, furnish: Callable[..., Full], monkeypatch: pytest.MonkeyPatch
) -> None:
    other = furnish(Studio.objects.create(name="Rival TV", slug="rival"))
    overdue(full.studio)
    overdue(other.studio)
    real = erasing.erase_studio

    def erase(studio_id: int) -> None:
        if studio_id == full.studio.pk:
            raise RuntimeError
        real(studio_id)

    monkeypatch.setattr(erasing, "erase_studio", erase)
    assert erasing.erase_due() == [other.studio.pk]


@pytest.fixture
def alive(full: Full, live: None) -> Full:
    return full


@pytest.mark.django_db(transaction=True)
async def test_sockets_of_everybody_end_and_come_back_with_it(alive: Full) -> None:
    full = alive
    secret = await run_db(secret_of_token, full.studio.pk, "overlay")
    token = await identity.authenticate(Handshake({}, {}, {}, None, secret))
    topic = f"session:{full.session_id}:state"
    host, station = who(full.people["host"]), who(full.people["station"])
    assert token is not None
    async with connect(host) as first, connect(station) as device, connect(token) as overlay:
        assert (await first.join(topic)).status == "ok"
        assert (await device.join(topic)).status == "ok"
        assert (await overlay.join(f"air:{full.studio.pk}")).status == "ok"
        await run_db(actions.delete_studio, full.studio.pk, by=None)
        await first.receive(topic, "phx_close", timeout_s=1)
        await device.until(lambda: device.close_code is not None)
        await overlay.until(lambda: overlay.close_code is not None)
        assert (await first.join(topic)).response["reason"] == "not_found"
    assert await identity.authenticate(Handshake({}, {}, {}, None, secret)) is None
    await run_db(actions.restore_studio, full.studio.pk, by=None)
    async with connect(host) as again:
        assert (await again.join(topic)).status == "ok"
    assert await identity.authenticate(Handshake({}, {}, {}, None, secret)) is not None


@pytest.mark.django_db(transaction=True)
async def test_a_process_that_still_holds_a_session_is_refused(alive: Full) -> None:
    full = alive
    aggregate_id = f"session:{full.session_id}"
    await process.journal.aggregate(aggregate_id)
    await run_db(overdue, full.studio)
    await run_db(erasing.erase_due)
    with pytest.raises(Gone):
        await process.journal.submit(aggregate_id, Next(), actor_id=None)
    assert not await run_db(JournalEntry.objects.exists)
    assert await access.access(who(full.people["admin"]), full.studio.pk) == access.Access(
        full.studio.pk, frozenset(), full.people["admin"].pk
    )
