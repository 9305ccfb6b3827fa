"""Comments: who may read, say, change and delete them; repeats; and that every open page hears the new values."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import orjson
import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from cuelight.accounts import actions as accounts
from cuelight.accounts.models import Person, Studio
from cuelight.accounts.testing import sign_in, who
from cuelight.documents import actions, comments, formats
from cuelight.documents.access import read_access
from cuelight.documents.actions import keeping
from cuelight.documents.models import CommentMessage, CommentThread, Document, Share
from cuelight.documents.tests.conftest import joined, topic_of
from cuelight.live import broadcast
from cuelight.live.db import run_db
from cuelight.live.testing import connect

ROLES = ["admin", "producer", "host", "cataloger"]


def browser(person: Person) -> Client:
    client = Client()
    sign_in(client, person)
    return client


def post(client: Client, path: str, sent: Any) -> Any:
    return client.post(path, sent, content_type="application/json")


@pytest.fixture
def script(studio: Studio, host: Person) -> int:
    """Made by Tom, a host; everyone of the studio may comment."""
    return actions.create_document(studio.pk, title="Script", by=host.pk, everyone="comment")


@pytest.fixture
def says(script: int) -> Callable[..., tuple[str, str]]:
    """Somebody begins a thread; returns its id and that of its message."""

    def say(person: Person, text: str = "Too long?") -> tuple[str, str]:
        made, message = uuid4(), uuid4()
        access = read_access(who(person), script)
        actions.comment(access, made, quote="Ring first", message_id=message, text=text)
        return str(made), str(message)

    return say


def opening(**other: Any) -> dict[str, Any]:
    return {"id": str(uuid4()), "quote": "Ring first", "message_id": str(uuid4()), "text": "Too long?", **other}


def texts(document_id: int) -> list[str]:
    return [message["text"] for message in comments.comments(document_id)["messages"]]


def test_a_comment_is_stored_with_its_quote_and_told_to_everybody(
    script: int, producer: Person, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    heard: list[tuple[str, str, Any]] = []
    monkeypatch.setattr(broadcast, "witnesses", [lambda *said: heard.append((*said[:2], orjson.loads(said[2].json)))])
    sent = opening(text="  Too\r\nlong?  ")
    with django_capture_on_commit_callbacks(execute=True):
        answer = post(browser(producer), f"/documents/{script}/comments/add", sent)
    assert answer.status_code == 200
    told = answer.json()
    assert (told["thread"]["id"], told["thread"]["quote"]) == (sent["id"], "Ring first")
    author = {"id": producer.pk, "name": producer.name}
    assert (told["message"]["text"], told["message"]["author"]) == ("Too\nlong?", author)
    assert heard == [(f"document:{script}", "comments_changed", told)]
    listed = browser(producer).get(f"/documents/{script}/comments").json()
    assert listed == {"threads": [told["thread"]], "messages": [told["message"]]}


def test_what_is_sent_again_is_there_once(script: int, producer: Person, host: Person) -> None:
    mia, sent = browser(producer), opening()
    first = post(mia, f"/documents/{script}/comments/add", sent).json()
    again = post(mia, f"/documents/{script}/comments/add", sent)
    assert (again.status_code, again.json()) == (200, first)
    reply = {"id": str(uuid4()), "text": "Yes"}
    path = f"/documents/{script}/comments/{sent['id']}/reply"
    assert post(mia, path, reply).json() == post(mia, path, reply).json()
    assert texts(script) == ["Too long?", "Yes"]
    # Another person's id is not one's own.
    assert post(browser(host), f"/documents/{script}/comments/add", sent).status_code == 409
    assert post(browser(host), path, reply).status_code == 409
    resolve = f"/documents/{script}/comments/{sent['id']}/resolve"
    versions = [post(mia, resolve, {"resolved": True}).json()["thread"]["version"] for _ in range(2)]
    assert versions == [2, 2]


@pytest.mark.parametrize("everyone", ["", "read", "comment", "edit"])
def test_everyone_of_the_studio_may_what_the_document_says(
    script: int, studio: Studio, person: Callable[..., Person], everyone: str
) -> None:
    Document.objects.filter(pk=script).update(everyone=everyone)
    due = {"": (404, 404), "read": (200, 403), "comment": (200, 200), "edit": (200, 200)}[everyone]
    for role in ROLES:
        member = person(f"{role.title()} {everyone}")
        accounts.grant(member.pk, studio.pk, role)
        client = browser(member)
        found = (
            client.get(f"/documents/{script}/comments").status_code,
            post(client, f"/documents/{script}/comments/add", opening()).status_code,
        )
        assert found == ((200, 200) if role == "admin" else due), role


def test_strangers_and_other_studios_see_nothing_and_reach_nothing(
    script: int, host: Person, stranger: Person, says: Callable[..., tuple[str, str]], studio: Studio
) -> None:
    thread, message = says(host)
    rival = Studio.objects.create(name="Rival TV", slug="rival")
    accounts.grant(stranger.pk, rival.pk, "admin")
    theirs = actions.create_document(rival.pk, title="Theirs", by=stranger.pk)
    eve = browser(stranger)
    below = [
        ("add", opening()), (f"{thread}/reply", {"id": str(uuid4()), "text": "x"}),
        (f"{thread}/resolve", {"resolved": True}), (f"messages/{message}/edit", {"text": "x"}),
        (f"messages/{message}/delete", {"deleted": True}),
    ]  # fmt: skip
    assert eve.get(f"/documents/{script}/comments").status_code == 404
    assert [post(eve, f"/documents/{script}/comments/{path}", sent).status_code for path, sent in below] == [404] * 5
    # Nor by way of a document of their own.
    assert [post(eve, f"/documents/{theirs}/comments/{path}", sent).status_code for path, sent in below[1:]] == [
        404
    ] * 4
    taken = post(eve, f"/documents/{theirs}/comments/add", opening(id=thread))
    assert (taken.status_code, texts(script), texts(theirs)) == (409, ["Too long?"], [])
    anonymous = Client()
    assert anonymous.get(f"/documents/{script}/comments").status_code in (302, 401)


def test_an_invited_outsider_comments_and_a_reader_does_not(script: int, person: Callable[..., Person]) -> None:
    nia, zoe = person("Nia"), person("Zoe")
    Share.objects.create(document_id=script, person=nia, right="comment")
    Share.objects.create(document_id=script, person=zoe, right="read")
    assert post(browser(nia), f"/documents/{script}/comments/add", opening()).status_code == 200
    assert post(browser(zoe), f"/documents/{script}/comments/add", opening()).status_code == 403
    assert [one["text"] for one in browser(zoe).get(f"/documents/{script}/comments").json()["messages"]] == [
        "Too long?"
    ]


def test_words_are_changed_by_their_author_only(
    script: int, producer: Person, host: Person, says: Callable[..., tuple[str, str]]
) -> None:
    _, message = says(producer)
    path = f"/documents/{script}/comments/messages/{message}/edit"
    # Tom manages the document: even so, nobody puts words into another's mouth.
    assert post(browser(host), path, {"text": "Perfect"}).status_code == 403
    answer = post(browser(producer), path, {"text": "Far too long"}).json()["message"]
    assert (answer["text"], answer["version"], answer["edited_at"] is not None) == ("Far too long", 2, True)
    assert post(browser(producer), path, {"text": "Far too long"}).json()["message"]["version"] == 2


def test_a_message_is_deleted_by_its_author_or_who_manages_and_comes_back(
    script: int, studio: Studio, producer: Person, host: Person, person: Callable[..., Person],
    says: Callable[..., tuple[str, str]],
) -> None:  # fmt: skip
    thread, message = says(producer)
    path = f"/documents/{script}/comments/messages/{message}/delete"
    cara = person("Cara")
    accounts.grant(cara.pk, studio.pk, "cataloger")
    assert post(browser(cara), path, {"deleted": True}).status_code == 403
    told = post(browser(host), path, {"deleted": True}).json()["message"]
    assert (told["deleted"], told["text"], told["version"]) == (True, "", 2)
    assert comments.comments(script) == {"threads": [], "messages": []}
    reply = {"id": str(uuid4()), "text": "Hm"}
    assert post(browser(cara), f"/documents/{script}/comments/{thread}/reply", reply).status_code == 410
    assert (
        post(browser(producer), f"/documents/{script}/comments/messages/{message}/edit", {"text": "x"}).status_code
        == 410
    )
    back = post(browser(producer), path, {"deleted": False}).json()["message"]
    assert (back["text"], back["version"], texts(script)) == ("Too long?", 3, ["Too long?"])


def test_what_was_deleted_a_day_ago_is_gone(script: int, host: Person, says: Callable[..., tuple[str, str]]) -> None:
    thread, message = says(host)
    kept, _ = says(host, "Stays")
    access = read_access(who(host), script)
    actions.delete_message(access, UUID(message), deleted=True)
    actions.forget_deleted()
    assert CommentThread.objects.filter(pk=thread).exists()
    CommentMessage.objects.filter(pk=message).update(deleted_at=timezone.now() - timedelta(days=1, minutes=1))
    actions.forget_deleted()
    assert [str(one.pk) for one in CommentThread.objects.all()] == [kept]


def test_a_reply_opens_a_resolved_thread_and_its_repeat_does_not(
    script: int, producer: Person, host: Person, says: Callable[..., tuple[str, str]]
) -> None:
    thread, _ = says(host)
    below = f"/documents/{script}/comments/{thread}"
    told = post(browser(producer), f"{below}/resolve", {"resolved": True}).json()["thread"]
    assert (told["resolved_by"], told["resolved_at"] is not None) == (producer.name, True)
    reply = {"id": str(uuid4()), "text": "Not yet"}
    assert post(browser(host), f"{below}/reply", reply).json()["thread"]["resolved_at"] is None
    post(browser(host), f"{below}/resolve", {"resolved": True})
    assert post(browser(host), f"{below}/reply", reply).json()["thread"]["resolved_at"] is not None


@pytest.mark.parametrize(
    "sent",
    [
        {"id": "no", "quote": "q", "message_id": str(uuid4()), "text": "t"},
        opening(id=None), opening(id=7), opening(message_id=["x"]), opening(text=""), opening(text=" \n "),
        opening(text="x" * 4_001), opening(text="😀" * 2_001), opening(text="a\0b"), opening(text=7),
        opening(quote=""), opening(quote="q" * 301), opening(quote="😀" * 151), opening(quote=None), [], None, "x",
    ],
)  # fmt: skip
def test_what_can_be_no_comment_is_refused(script: int, producer: Person, sent: Any) -> None:
    assert post(browser(producer), f"/documents/{script}/comments/add", sent).status_code == 422
    assert CommentThread.objects.count() == 0


def test_odd_bodies_and_lengths_are_refused(script: int, producer: Person) -> None:
    mia, path = browser(producer), f"/documents/{script}/comments/add"
    bodies: list[bytes] = [b"", b"{", b"\xff", b'{"text": "\\ud800"}', b"[" * 20_000]
    for sent in bodies:
        assert mia.post(path, sent, content_type="application/json").status_code == 422
    assert mia.post(path, {"text": "x"}).status_code == 422
    for length in ("x", "-1", "1e9"):
        assert (
            mia.post(path, b"{}", content_type="application/json", headers={"Content-Length": length}).status_code < 500
        )


def test_reading_them_costs_the_same_however_many(
    script: int, host: Person, says: Callable[..., tuple[str, str]], django_assert_num_queries: Any
) -> None:
    for _ in range(3):
        says(host)
    with django_assert_num_queries(2):
        assert len(comments.comments(script)["threads"]) == 3


def test_too_many_are_refused(
    script: int, host: Person, says: Callable[..., tuple[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cuelight.documents.actions.commenting.MOST_THREADS", 1)
    monkeypatch.setattr("cuelight.documents.actions.commenting.MOST_MESSAGES", 1)
    thread, _ = says(host)
    tom = browser(host)
    assert post(tom, f"/documents/{script}/comments/add", opening()).status_code == 409
    reply = {"id": str(uuid4()), "text": "x"}
    assert post(tom, f"/documents/{script}/comments/{thread}/reply", reply).status_code == 409


def test_files_have_the_text_and_not_the_comments() -> None:
    mark = str(uuid4())
    for kind in ("html", "md", "txt"):
        written = formats.FORMATS[kind].write(
            [{"insert": "Ring", "attributes": {"comment": mark}}, {"insert": "\n"}], ""
        )
        assert mark not in written.decode()


def test_a_document_that_ends_takes_its_comments_along(
    script: int, host: Person, says: Callable[..., tuple[str, str]]
) -> None:
    says(host)
    Document.objects.filter(pk=script).update(trashed_at=timezone.now() - timedelta(days=40))
    assert keeping.delete_old() == [script]
    connection.check_constraints()
    assert not CommentThread.objects.exists()


def test_an_erased_persons_comments_stay_without_the_name(
    script: int, producer: Person, says: Callable[..., tuple[str, str]]
) -> None:
    says(producer)
    accounts.erase_person(producer.pk)
    [message] = comments.comments(script)["messages"]
    assert message["author"] == {"id": producer.pk, "name": "Erased person"}


@pytest.mark.usefixtures("live")
async def test_every_open_page_hears_the_new_values(document_id: int, producer: Person, host: Person) -> None:
    access = await run_db(read_access, who(producer), document_id)
    async with connect(who(host)) as tom:
        await joined(tom, document_id)
        made, message = uuid4(), uuid4()

        def say() -> Any:
            return actions.comment(access, made, quote="hello", message_id=message, text="Louder")

        told = await run_db(say)
        assert await tom.receive(topic_of(document_id), "comments_changed") == told
