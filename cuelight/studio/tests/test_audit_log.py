"""The audit log: what stands in it, who may see how much of it, how it is read in pages and taken along."""

import csv
import io
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test import AsyncClient, Client
from django.utils import timezone

from cuelight.accounts import audit
from cuelight.accounts.models import AuditEntry, Membership, Person, Studio
from cuelight.accounts.testing import secret_of_token
from cuelight.live.models import Aggregate, JournalEntry
from cuelight.sessions import actions as sessions
from cuelight.sessions.command_types import Jump, Next, RemoveItem, SetStatus
from cuelight.sessions.models import LineupItem
from cuelight.studio import jobs, log
from cuelight.studio.log import Filter
from cuelight.studio.tests.conftest import Full, body_of, do

PAGES = ("audit", "audit.csv", "audit.json")


def told(full: Full, wanted: Filter | None = None) -> list[str]:
    return [line.what for line in log.page(full.studio.pk, wanted or Filter()).lines]


def test_what_was_written_down_and_what_was_done_live_are_one_list(full: Full) -> None:
    lines = log.page(full.studio.pk, Filter()).lines
    assert [line.at for line in lines] == sorted((line.at for line in lines), reverse=True)
    said = {(line.group, line.what, line.of, line.who) for line in lines}
    producer = full.people["producer"].name
    assert ("live", "Went live", "Spring Sparkle", producer) in said
    assert ("live", "Jumped to 2 · Huggies, “small”", "Spring Sparkle", producer) in said
    assert ("live", "Sent “=12 left”", "Spring Sparkle", producer) in said
    assert ("people", "Gave a role", "Tom", full.people["admin"].name) in said
    assert ("ways", "Made a token", "OBS main", full.people["admin"].name) in said
    assert ("signing", "Signed in", "", "Host device") in said


def test_a_line_that_was_taken_out_keeps_its_name(full: Full) -> None:
    item = LineupItem.objects.get(session_id=full.session_id, position=2)
    do(full.session_id, RemoveItem(item.pk), by=full.people["admin"])
    assert told(full)[0].startswith("Took 2 · Huggies, “small” out of the lineup")


def test_pages_of_any_size_hold_every_entry_once(full: Full) -> None:
    now = timezone.now()
    for _ in range(7):  # at one moment, as one batch of key presses has it
        AuditEntry.objects.create(kind="sign_in_failed", studio=full.studio, at=now)
    other = sessions.create_session(full.studio.pk, name="Autumn", slug="autumn")
    do(other, SetStatus("rehearsal"), SetStatus("draft"))
    do(full.session_id, *[Jump(number) for number in (1, 2, 3, 1, 2, 3)], by=full.people["producer"])
    JournalEntry.objects.filter(version__gte=3).update(at=now)
    whole = log.page(full.studio.pk, Filter(), size=500).lines
    assert len(whole) > 20
    for size in (1, 2, 3, 10):
        read, before = [], None
        while True:
            page = log.page(full.studio.pk, Filter(), before=before, size=size)
            read += page.lines
            if page.after is None:
                break
            before = log.parse_cursor(page.after.text)
            assert before == page.after
        assert read == whole


def test_filters_by_kind_person_token_and_day(full: Full) -> None:
    do(full.session_id, Next(), by=full.people["admin"], source=f"token:{full.token_id}")
    assert set(told(full, Filter(groups=frozenset({"ways"})))) == {"Made a token", "Accepted an invitation"}
    assert {line.group for line in log.page(full.studio.pk, Filter(groups=frozenset({"live", "people"}))).lines} == {
        "live",
        "people",
    }
    producer = log.page(full.studio.pk, Filter(who=f"person:{full.people['producer'].pk}")).lines
    assert {line.who for line in producer} == {full.people["producer"].name}
    [by_token] = log.page(full.studio.pk, Filter(who=f"token:{full.token_id}")).lines
    assert (by_token.via, by_token.group) == ("OBS main", "live")
    today = timezone.now().date()
    old = datetime.now(UTC) - timedelta(days=40)
    AuditEntry.objects.filter(kind="token_made").update(at=old)
    JournalEntry.objects.filter(version=1).update(at=old)
    assert "Made a token" not in told(full, Filter(first=today))
    assert set(told(full, Filter(last=today - timedelta(days=1)))) == {"Made a token", "Added 3 products"}
    assert told(full, Filter(first=old.date(), last=old.date())) == told(full, Filter(last=old.date()))


def test_another_studios_entries_are_nowhere_in_it(full: Full, stranger: Person) -> None:
    elsewhere = stranger.studios.get()
    audit.record("role_granted", studio_id=elsewhere.pk, person_id=full.people["admin"].pk, target="Secret Sue")
    session_id = sessions.create_session(elsewhere.pk, name="Elsewhere show", slug="there")
    do(session_id, SetStatus("live"), by=full.people["admin"])
    audit.record("sign_in", person_id=stranger.pk)
    lines = log.page(full.studio.pk, Filter(), size=500).lines
    assert not {line.of for line in lines} & {"Secret Sue", "Elsewhere show"}
    assert stranger.name not in {line.who for line in lines}
    assert [line.of for line in log.page(elsewhere.pk, Filter(), size=500).lines].count("Secret Sue") == 1
    for key in (f"person:{stranger.pk}", f"token:{full.token_id + 99}"):
        assert log.page(full.studio.pk, Filter(who=key)).lines == []


def signed_in_from(person: Person, address: str = "203.0.113.5", **values: object) -> AuditEntry:
    return AuditEntry.objects.create(kind="sign_in", person_id=person.pk, address=address, target="by mail", **values)


def test_of_a_person_of_several_studios_only_that_they_signed_in_is_shown(full: Full, stranger: Person) -> None:
    admin = full.people["admin"]
    signed_in_from(admin)
    wanted = Filter(groups=frozenset({"signing"}), who=f"person:{admin.pk}")
    [line] = log.page(full.studio.pk, wanted).lines
    assert (line.address, line.of) == ("203.0.113.5", "by mail")
    Membership.objects.create(person=admin, studio=stranger.studios.get(), role="host")
    [line] = log.page(full.studio.pk, wanted).lines
    assert (line.what, line.address, line.of, line.detail) == ("Signed in", "", "", "")


def test_what_somebody_did_before_they_joined_is_their_own(full: Full) -> None:
    producer = full.people["producer"]
    signed_in_from(producer, at=timezone.now() - timedelta(days=3))
    assert log.page(full.studio.pk, Filter(groups=frozenset({"signing"}), who=f"person:{producer.pk}")).lines == []


def test_a_studio_device_is_shown_with_its_address(full: Full, stranger: Person) -> None:
    signed_in_from(full.people["station"], "198.51.100.1")
    line = log.page(full.studio.pk, Filter(who=f"person:{full.people['station'].pk}")).lines[0]
    assert line.address == "198.51.100.1"


def test_who_is_gone_is_somebody_who_has_left(full: Full) -> None:
    full.people["producer"].delete()
    assert {line.who for line in log.page(full.studio.pk, Filter(groups=frozenset({"live"}))).lines} == {
        "Somebody who has left"
    }


def test_the_page_is_for_admins_of_this_studio(
    full: Full, signed_in: Callable[[str], Client], client: Client, stranger: Person
) -> None:
    path = f"/studios/{full.studio.slug}"
    page = signed_in("admin").get(f"{path}/audit").content.decode()
    assert "Jumped to 2" in page
    assert "Gave a role" in page
    guesser = Client()
    guesser.force_login(stranger, backend="django.contrib.auth.backends.ModelBackend")
    bearer = {"Authorization": f"Bearer {secret_of_token(full.studio.pk, 'control', by=full.people['admin'])}"}
    for name in PAGES:
        assert client.get(f"{path}/{name}").status_code == 302
        assert guesser.get(f"{path}/{name}").status_code == 404
        assert client.get(f"{path}/{name}", headers=bearer).status_code == 404
        for role in ("producer", "host", "station", "guest"):
            assert signed_in(role).get(f"{path}/{name}").status_code == 403
        assert signed_in("admin").get(f"/studios/elsewhere/{name}").status_code == 404


def test_who_is_asked_for_stays_asked_for_after_they_left(full: Full, signed_in: Callable[[str], Client]) -> None:
    producer = full.people["producer"]
    Membership.objects.filter(person=producer).delete()
    page = signed_in("admin").get(f"/studios/{full.studio.slug}/audit?who=person:{producer.pk}").content.decode()
    assert f'<option value="person:{producer.pk}" selected>Somebody who has left</option>' in page


@pytest.mark.parametrize(
    "query",
    [
        "before=x", "before=~~", "before=2026-01-01~a~x", "before=2026-01-01~l~session:1~9999999999999999999999",
        "before=0001-01-01T00:00:00%2B14:00~a~1", "before=2026-01-01~a~-999999999999999999999", "from=x&to=9999-12-31",
        "who=person:x", "who=person:99999999999999999999", "who=robot:1", "kind=nothing", "from=0001-01-01",
        "before=2026-01-01~l~%20~1", "before=9999-12-31T23:59:59~a~1",
    ],
)  # fmt: skip
def test_an_address_with_nonsense_in_it_still_opens(full: Full, signed_in: Callable[[str], Client], query: str) -> None:
    assert signed_in("admin").get(f"/studios/{full.studio.slug}/audit?{query}").status_code == 200


def test_entries_are_forgotten_after_the_days_that_are_set(full: Full, settings: object) -> None:
    settings.AUDIT_DAYS = 30  # type: ignore[attr-defined]
    now = timezone.now()
    kept = AuditEntry.objects.create(kind="sign_in", at=now - timedelta(days=29))
    for days in (31, 400):
        AuditEntry.objects.create(kind="sign_in", at=now - timedelta(days=days))
    there, live = AuditEntry.objects.count(), JournalEntry.objects.count()
    jobs.forget_old_audit(timestamp=0)
    assert AuditEntry.objects.count() == there - 2
    assert AuditEntry.objects.filter(pk=kept.pk).exists()
    assert JournalEntry.objects.count() == live


def test_no_secret_is_in_any_row(full: Full, signed_in: Callable[[str], Client]) -> None:
    browser = signed_in("admin")
    browser.post(f"/studios/{full.studio.slug}/exports")
    rows = json.dumps(list(AuditEntry.objects.values()), default=str)
    assert "studio_exported" in rows
    for secret in [*full.secrets, str(browser.session.session_key), "correct horse battery"]:
        assert secret not in rows


@pytest.mark.parametrize("name", ["password", "new_passphrase", "token_digest", "totp_secret", "api_key"])
def test_a_detail_that_sounds_like_a_secret_is_refused(db: None, name: str) -> None:
    with pytest.raises(ValueError, match="must not be written down"):
        audit.record("sign_in", **{name: "x"})  # type: ignore[arg-type]


@pytest.mark.django_db(transaction=True)
async def test_files_hold_what_is_filtered_and_run_nothing(full: Full, admin_client: AsyncClient) -> None:
    path = f"/studios/{full.studio.slug}"
    answer = await admin_client.get(f"{path}/audit.csv?kind=live")
    assert answer["Content-Disposition"].startswith('attachment; filename="pavoi-audit-')
    text = (await body_of(answer)).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert {row["Kind"] for row in rows} == {"Live"}
    assert len(rows) == 4
    await AuditEntry.objects.acreate(kind="token_made", studio=full.studio, target='=HYPERLINK("x")')
    answer = await admin_client.get(f"{path}/audit.csv?kind=ways")
    text = (await body_of(answer)).decode("utf-8-sig")
    assert '"\'=HYPERLINK(""x"")"' in text
    answer = await admin_client.get(f"{path}/audit.json")
    found = json.loads(await body_of(answer))
    assert found[0]["of"] == '=HYPERLINK("x")'
    assert {one["group"] for one in found} >= {"live", "ways", "people"}


@pytest.fixture
def admin_client(full: Full) -> AsyncClient:
    client = AsyncClient()
    client.force_login(full.people["admin"], backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_the_last_page_of_a_long_journal_reads_few_rows(studio: Studio) -> None:
    """Rows are found by halving versions: the plan of the oldest page touches hundreds of them, not all."""
    count = 20_000
    Aggregate.objects.create(id="session:1", kind="session", studio=studio, version=count)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO journal (aggregate_id, version, op_id, format, event, actor_id, source, payload_hash, at,"
            ' studio_id) SELECT \'session:1\', n, gen_random_uuid(), 1, \'{"kind": "next", "changes": {}}\', NULL,'
            " 'key', 0, now() - make_interval(secs => %s - n), %s FROM generate_series(1, %s) n",
            [count, studio.pk, count],
        )
        cursor.execute("ANALYZE journal")
        before = log.Cursor(timezone.now() - timedelta(seconds=count - 300), 0, None)
        found = log.page(studio.pk, Filter(), before=before, size=50)
        assert len(found.lines) == 50
        cursor.execute("SELECT pg_stat_force_next_flush()")
        cursor.execute("SELECT idx_tup_fetch + seq_tup_read FROM pg_stat_xact_user_tables WHERE relname = 'journal'")
        (read,) = cursor.fetchone()
    assert 50 <= read < 1000
