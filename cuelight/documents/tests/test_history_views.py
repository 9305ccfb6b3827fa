"""Pages and data of a document's history, and documents as files: who may, and what comes."""

from io import BytesIO
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from cuelight.accounts.models import Person
from cuelight.documents import history
from cuelight.documents.models import Document, Share


@pytest.fixture
def mia(client: Client, producer: Person) -> Client:
    client.force_login(producer)
    return client


def posted(client: Client, address: str, **body: Any) -> Any:
    return client.post(address, body, content_type="application/json", headers={"Accept": "application/json"})


def test_the_data_of_a_history(mia: Client, document_id: int, producer: Person) -> None:
    base = f"/documents/{document_id}/history"
    assert b"DocumentHistory" in mia.get(base).content
    all_versions = mia.get(f"{base}/versions").json()
    assert all_versions["version"] == 1
    assert [one["last"] for one in all_versions["stretches"]] == [1]
    assert mia.get(f"{base}/versions/1").json() == {
        "version": 1, "ops": [{"insert": "hello\n"}], "authors": [5, producer.pk, 1, 0]
    }  # fmt: skip
    assert mia.get(f"{base}/diff?from=0&to=1").json()["ops"][0] == {"insert": "hello", "mark": "added"}
    played = [{"insert": "hello", "attributes": {"by": producer.pk}}]
    assert mia.get(f"{base}/steps").json() == {"steps": [{"version": 1, "change": played}]}
    assert mia.get(f"{base}/steps?after=1").json() == {"steps": []}
    assert posted(mia, f"{base}/name", version=1, name="First").json()["named"][0]["name"] == "First"
    did = posted(mia, f"{base}/restore", version=0, op_id=str(uuid4())).json()
    assert did == {"version": 2, "first": 2, "last": 2}
    assert posted(mia, f"{base}/undo", first=2, last=2).json()["version"] == 3
    assert history.contents_at(document_id, 3) == [{"insert": "hello\n"}]


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("versions/2", None),
        ("versions?before=x", None),
        ("diff?from=0", None),
        ("diff?from=-1&to=1", None),
        ("name", {"version": True, "name": "x"}),
        ("name", {"version": 1, "name": 3}),
        ("restore", {"version": 7}),
        ("restore", {"version": 0, "op_id": 3}),
        ("undo", {"first": 1, "last": 1}),
    ],
)
def test_what_makes_no_sense_is_refused_in_a_sentence(
    mia: Client, document_id: int, path: str, body: dict[str, Any] | None
) -> None:
    address = f"/documents/{document_id}/history/{path}"
    answer = mia.get(address, headers={"Accept": "application/json"}) if body is None else posted(mia, address, **body)
    assert answer.status_code in (400, 422)
    assert answer.json()["message"].endswith(".")
    assert history.newest_version(document_id) == 1


PATHS = ["history", "history/versions", "history/versions/1", "history/steps", "history/diff?from=0&to=1", "export.md"]


def test_strangers_see_nothing_and_who_was_invited_sees_it(
    client: Client, document_id: int, stranger: Person, producer: Person
) -> None:
    client.force_login(stranger)
    for path in PATHS:
        assert client.get(f"/documents/{document_id}/{path}").status_code == 404
    Share.objects.create(document_id=document_id, person=stranger, right="read", invited_by=producer)
    for path in PATHS:
        assert client.get(f"/documents/{document_id}/{path}").status_code == 200
    for path in ("name", "restore", "undo"):
        assert posted(client, f"/documents/{document_id}/history/{path}", version=0, name="x").status_code == 403


def test_nobody_sees_it_without_signing_in(client: Client, document_id: int) -> None:
    for path in PATHS:
        assert client.get(f"/documents/{document_id}/{path}").status_code == 302


@pytest.mark.parametrize(
    ("key", "wanted"),
    [
        ("md", b"hello\n"),
        ("txt", b"hello\n"),
        ("json", b'{"ops":[{"insert":"hello\\n"}]}'),
        ("html", b"<p>hello</p>"),
    ],
)
def test_a_document_is_a_file(mia: Client, document_id: int, key: str, wanted: bytes) -> None:
    answer = mia.get(f"/documents/{document_id}/export.{key}")
    assert wanted in answer.content
    assert answer["Content-Disposition"] == f'attachment; filename="script.{key}"'
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert mia.get(f"/documents/{document_id}/export.{key}?version=0").status_code == 200


def test_there_is_no_other_format(mia: Client, document_id: int) -> None:
    assert mia.get(f"/documents/{document_id}/export.exe").status_code == 404


def upload(client: Client, name: str, data: bytes) -> Any:
    file = BytesIO(data)
    file.name = name
    return client.post("/documents/import", {"file": file}, headers={"Accept": "application/json"})


def test_a_file_becomes_a_document(mia: Client, document_id: int) -> None:
    answer = upload(mia, "Opening words.md", "# Hi\r\n\r\n- **one**".encode("utf-16"))
    made = Document.objects.get(pk=answer.json()["id"])
    assert made.title == "Opening words"
    assert mia.get(f"/documents/{made.pk}/export.md").content == b"# Hi\n\n- **one**\n"


def test_a_word_file_goes_out_and_comes_in(mia: Client, document_id: int) -> None:
    sent = mia.get(f"/documents/{document_id}/export.docx")
    assert sent["Content-Type"] == "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    answer = upload(mia, "Script.docx", sent.content).json()
    assert answer["notes"] == []
    assert mia.get(f"/documents/{answer['id']}/export.txt").content == b"hello\n"


@pytest.mark.parametrize(
    ("name", "data"),
    [("a.png", b"x"), ("a.docx", b"PK"), ("a.doc", b"x"), ("a.json", b"{"), ("a.txt", b"\x89PNG\0\0\0\x01\xff")],
)
def test_a_file_that_cannot_be_read_makes_nothing(mia: Client, document_id: int, name: str, data: bytes) -> None:
    answer = upload(mia, name, data)
    assert answer.status_code in (400, 422)
    assert answer.json()["message"].endswith(".")
    assert Document.objects.count() == 1
