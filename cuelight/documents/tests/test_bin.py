"""The bin: out of every list at once, back with everything, and gone for good after thirty days."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from cuelight.accounts.models import AuditEntry, Person, Studio
from cuelight.accounts.testing import sign_in, who
from cuelight.documents import actions, commands, jobs
from cuelight.documents.access import read_access
from cuelight.documents.models import Document, Share, ShareLink, Snapshot
from cuelight.documents.tests.conftest import joined, plain, sent, topic_of
from cuelight.errors import Gone, NotFound
from cuelight.live.db import run_db
from cuelight.live.models import Aggregate, JournalEntry
from cuelight.live.testing import connect


def browser(person: Person) -> Client:
    client = Client()
    sign_in(client, person)
    return client


def overdue(document_id: int, days: int) -> None:
    Document.objects.filter(pk=document_id).update(trashed_at=timezone.now() - timedelta(days=days))


@pytest.mark.django_db
def test_into_the_bin_and_back_by_undo(studio: Studio, host: Person, producer: Person) -> None:
    made = actions.create_document(studio.pk, title="Script", by=host.pk)
    tom, mia = browser(host), browser(producer)
    assert mia.post(f"/documents/{made}/bin").status_code == 403
    answer = tom.post(f"/documents/{made}/bin", {"back": "tab=mine&evil=1"})
    assert answer["Location"] == "/documents?tab=mine"
    page = tom.get("/documents?tab=mine").content.decode()
    assert "“Script” is in the bin." in page
    assert f'action="/documents/{made}/restore"' in page
    assert "is in the bin" not in tom.get("/documents?tab=mine").content.decode()
    for client in (tom, mia):
        assert client.get(f"/documents/{made}").status_code == 404
        assert "Script" not in client.get("/palette").content.decode()
    assert "Script" in tom.get("/documents?tab=bin").content.decode()
    assert "Script" not in mia.get("/documents?tab=bin").content.decode()
    assert mia.post(f"/documents/{made}/restore").status_code == 403
    assert tom.post(f"/documents/{made}/restore").status_code == 302
    assert tom.get(f"/documents/{made}").status_code == 200
    assert tom.post(f"/documents/{made}/restore").status_code == 404
    kinds = AuditEntry.objects.filter(kind__startswith="document_").order_by("id").values_list("kind", "target")
    assert list(kinds) == [("document_binned", "Script"), ("document_restored", "Script")]


@pytest.mark.django_db(transaction=True)
def test_after_thirty_days_nothing_of_it_is_left(studio: Studio, host: Person, producer: Person) -> None:
    kept = actions.create_document(studio.pk, title="Kept", by=host.pk, contents=[{"insert": "kept\n"}])
    made = actions.create_document(studio.pk, title="Script", by=host.pk, contents=[{"insert": "secret words\n"}])
    access = read_access(who(host), made)
    actions.make_link(access, right="read", days=7)
    Share.objects.create(document_id=made, person=producer, right="edit", link=ShareLink.objects.get())
    Snapshot.objects.create(document_id=made, version=1, contents=b"[]", html="", crc=0)
    for one in (kept, made):
        overdue(one, 29)
    jobs.delete_old(timestamp=0)
    assert Document.objects.count() == 2
    overdue(made, 30)
    jobs.delete_old(timestamp=0)
    jobs.delete_old(timestamp=0)
    assert list(Document.objects.values_list("pk", flat=True)) == [kept]
    assert (Share.objects.count(), ShareLink.objects.count(), Snapshot.objects.count()) == (0, 0, 0)
    assert Aggregate.objects.get(pk=topic_of(made)).deleted_at is not None
    with connection.cursor() as cursor:
        cursor.execute("SELECT args->>'document_id' FROM procrastinate_jobs WHERE task_name = 'documents.erase_text'")
        assert cursor.fetchall() == [(str(made),)]
    assert JournalEntry.objects.filter(aggregate_id=topic_of(made)).exists()
    jobs.erase_text(document_id=made)
    jobs.erase_text(document_id=kept)  # asked for by mistake
    assert not JournalEntry.objects.filter(aggregate_id=topic_of(made)).exists()
    assert JournalEntry.objects.filter(aggregate_id=topic_of(kept)).exists()
    assert AuditEntry.objects.get(kind="document_deleted").target == "Script"


@pytest.mark.usefixtures("live")
async def test_whoever_has_it_open_is_out_at_once_and_every_process_refuses_it_in_the_end(
    document_id: int, producer: Person, host: Person
) -> None:
    async with connect(who(producer)) as mia, connect(who(host)) as tom:
        await joined(mia, document_id)
        await joined(tom, document_id)
        access = await run_db(read_access, who(producer), document_id)
        await run_db(actions.bin_document, access)
        for socket in (mia, tom):
            await socket.receive(topic_of(document_id), "phx_close", timeout_s=1)
        assert (await tom.join(topic_of(document_id))).response["reason"] == "not_found"
        await run_db(actions.restore, access)
        assert plain((await joined(tom, document_id))["contents"]) == "hello\n"
        await run_db(overdue, document_id, 31)
        await run_db(actions.delete_old)
        heard = await tom.receive(topic_of(document_id), "document_deleted")
        assert heard == {"version": 2}
        reply = await sent(tom, document_id, [{"insert": "x"}], 1)
        assert reply.status == "error"
        with pytest.raises(Gone):
            await commands.update(access, [{"insert": "x"}], 1, op_id=uuid4())
        assert (await mia.join(topic_of(document_id))).response["reason"] == "not_found"
        with pytest.raises(NotFound):
            await run_db(read_access, who(producer), document_id)
