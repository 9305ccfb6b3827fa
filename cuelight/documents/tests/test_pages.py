"""The pages around documents: the list, a new one, its page, the palette, and what outsiders see of a studio."""

import json
from collections.abc import Callable

import pytest
from django.db import connection, transaction
from django.test import Client

from cuelight.accounts.models import Person, Studio
from cuelight.accounts.testing import secret_of_token, sign_in, who
from cuelight.documents import actions, formats, readers, reading
from cuelight.documents.access import read_access
from cuelight.documents.delta import Delta
from cuelight.documents.models import Document, Share
from cuelight.documents.state import Update
from cuelight.live.transactional import state_of, submit_in
from cuelight.ui import manifest

JSON = {"Accept": "application/json"}


def browser(person: Person) -> Client:
    client = Client()
    sign_in(client, person)
    return client


def titles(client: Client, query: str = "") -> list[str]:
    answer = client.get(f"/documents?{query}")
    assert answer.status_code == 200
    return [row.title for row in answer.context["found"].rows]


@pytest.fixture
def made(studio: Studio, host: Person) -> Callable[..., int]:
    def make(title: str, by: Person | None = None, everyone: str = "edit") -> int:
        return actions.create_document(studio.pk, title=title, by=(by or host).pk, everyone=everyone)

    return make


def test_a_document_is_made_by_name_and_opened(host: Person, studio: Studio) -> None:
    tom = browser(host)
    assert 'action="/documents/new"' in tom.get("/home").content.decode()
    assert tom.get("/documents/new").status_code == 200
    for name in ("", "  ", "x" * 201):
        assert tom.post("/documents/new", {"title": name}).status_code == 422
    answer = tom.post("/documents/new", {"title": "  Spring \n script "})
    document = Document.objects.get()
    assert answer["Location"] == f"/documents/{document.pk}"
    assert (document.title, document.created_by, document.studio) == ("Spring script", host, studio)
    page = tom.get(answer["Location"]).content.decode()
    assert "Spring script" in page


def test_a_document_leads_to_its_history_and_to_a_file_of_every_kind(host: Person, made: Callable[..., int]) -> None:
    tom, document_id = browser(host), made("Script")
    page = tom.get(f"/documents/{document_id}").content.decode()
    assert f'href="/documents/{document_id}/history"' in page
    for ending in formats.FORMATS:
        assert f'href="/documents/{document_id}/export.{ending}"' in page
        assert tom.get(f"/documents/{document_id}/export.{ending}").status_code == 200
        assert f".{ending}" in tom.get("/documents/new").content.decode()


def test_pressed_twice_it_is_made_once(host: Person) -> None:
    tom = browser(host)
    form = {"title": "Script", "op_id": "7d5e9a52-8f39-44be-9a3f-0e8d7c0e1a11"}
    assert tom.post("/documents/new", form)["Location"] == tom.post("/documents/new", form)["Location"]


def test_the_tabs_hold_what_is_mine_shared_and_readable(
    made: Callable[..., int], host: Person, producer: Person, admin: Person
) -> None:
    made("Open")
    hidden = made("Hidden", everyone="")
    theirs = made("Of Mia", producer, everyone="")
    Share.objects.create(document_id=theirs, person=host, right="read", as_member=True)
    tom, mia, ada = browser(host), browser(producer), browser(admin)
    assert sorted(titles(tom, "tab=mine")) == ["Hidden", "Open"]
    assert titles(tom, "tab=shared") == ["Of Mia"]
    assert sorted(titles(tom, "tab=all")) == ["Hidden", "Of Mia", "Open"]
    assert sorted(titles(mia, "tab=all")) == ["Of Mia", "Open"]
    assert sorted(titles(ada, "tab=all")) == ["Hidden", "Of Mia", "Open"]
    assert titles(tom, "tab=all&q=hid") == ["Hidden"]
    assert titles(mia, "tab=all&q=hid") == []
    assert mia.get(f"/documents/{hidden}").status_code == 404


def test_the_last_that_was_changed_stands_first(made: Callable[..., int], host: Person) -> None:
    first = made("First")
    made("Second")
    assert titles(browser(host), "tab=mine") == ["Second", "First"]
    with transaction.atomic():
        submit_in(connection, f"document:{first}", Update([{"insert": "x"}], 0), actor_id=host.pk)
    connection.cursor().execute(
        "UPDATE live_aggregate SET updated_at = now() + interval '1 s' WHERE id = %s", [f"document:{first}"]
    )
    assert titles(browser(host), "tab=mine") == ["First", "Second"]


def test_the_list_asks_the_same_number_of_questions_whatever_its_length(
    made: Callable[..., int], host: Person, django_assert_max_num_queries: Callable[..., object]
) -> None:
    tom = browser(host)
    for number in range(12):
        made(f"Number {number}")
    with django_assert_max_num_queries(16):  # type: ignore[attr-defined]
        tom.get("/documents?tab=all")


def test_a_name_is_changed_by_who_manages_it(
    made: Callable[..., int], host: Person, producer: Person, admin: Person
) -> None:
    path = f"/documents/{made('Script')}/rename"
    assert browser(host).post(path, {"title": " New  name "}, headers=JSON).json() == {"title": "New name"}
    assert browser(host).post(path, {"title": " "}, headers=JSON).status_code == 422
    assert browser(producer).post(path, {"title": "Mine"}).status_code == 403
    assert browser(admin).post(path, {"title": "Admin's"}).status_code == 302
    assert Document.objects.get().title == "Admin's"


def test_a_copy_has_the_text_and_not_the_comments(studio: Studio, host: Person, stranger: Person) -> None:
    mark = {"comment": "7d5e9a52-8f39-44be-9a3f-0e8d7c0e1a11", "bold": True}
    contents: Delta = [{"insert": "Hello", "attributes": mark}, {"insert": " you\n"}]
    made = actions.create_document(studio.pk, title="Script", by=host.pk, contents=contents, everyone="read")
    path = browser(host).post(f"/documents/{made}/duplicate")["Location"]
    copy = Document.objects.exclude(pk=made).get()
    assert (path, copy.title, copy.everyone) == (f"/documents/{copy.pk}", "Copy of Script", "read")
    state = state_of(connection, f"document:{copy.pk}")[1]
    assert state.text.contents() == [{"insert": "Hello", "attributes": {"bold": True}}, {"insert": " you\n"}]
    Share.objects.create(document_id=made, person=stranger, right="edit")
    assert browser(stranger).post(f"/documents/{made}/duplicate").status_code == 403


def test_the_text_can_be_read_where_no_script_runs(studio: Studio, host: Person) -> None:
    contents = [{"insert": "<script>alert(1)</script>\nSecond line\n"}]
    made = actions.create_document(studio.pk, title="Script", by=host.pk, contents=contents)
    for path in (f"/documents/{made}", f"/documents/{made}/text"):
        page = browser(host).get(path).content.decode()
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
        assert "<script>alert" not in page
        assert "Second line" in page


def test_the_editor_is_told_what_it_needs_and_the_text_is_there_without_it(
    studio: Studio, host: Person, producer: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(manifest, "has_island", lambda name: name == "Editor")
    contents: Delta = [{"insert": "</script><b>One\n"}]
    made = actions.create_document(studio.pk, title="Script", by=host.pk, contents=contents, everyone="comment")
    page = browser(producer).get(f"/documents/{made}").content.decode()
    props = json.loads(page.partition('id="props-Editor" type="application/json">')[2].partition("</script>")[0])
    assert props == {
        "document_id": made,
        "title": "Script",
        "right": "comment",
        "manages": False,
        "person": {"id": producer.pk, "name": "Mia"},
        "studio": {"id": studio.pk, "name": "Pavoi Live"},
        "urls": {
            "list": "/documents",
            "page": f"/documents/{made}",
            "rename": f"/documents/{made}/rename",
            "sharing": f"/documents/{made}/sharing",
            "suggest": f"/documents/{made}/suggest",
            "products": f"/documents/{made}/products",
        },
    }
    without = page.partition("<noscript>")[2].partition("</noscript>")[0]
    assert "&lt;/script&gt;&lt;b&gt;One" in without
    assert "Comments only" in page
    monkeypatch.setattr(reading, "SHORT", 3)
    page = browser(producer).get(f"/documents/{made}").content.decode()
    assert "One" not in page
    assert f"/documents/{made}/text" in page.partition("<noscript>")[2]


def test_the_palette_knows_documents_by_name(made: Callable[..., int], host: Person, stranger: Person) -> None:
    shown = made("Talking points")
    entries = browser(host).get("/palette").json()["entries"]
    assert {"title": "Talking points", "detail": "Document", "href": f"/documents/{shown}"} in entries
    assert {"title": "New document", "detail": "Page", "href": "/documents/new"} in entries
    assert "Talking points" not in browser(stranger).get("/palette").content.decode()


def test_somebody_outside_sees_the_one_document_and_nothing_else_of_the_studio(
    made: Callable[..., int], person: Callable[..., Person], producer: Person, studio: Studio
) -> None:
    shown, other = made("Shown"), made("Other")
    nia = person("Nia")
    Share.objects.create(document_id=shown, person=nia, right="edit")
    client = browser(nia)
    assert titles(client) == ["Shown"]
    assert [tab.key for tab in client.get("/documents").context["found"].tabs] == ["shared"]
    page = client.get(f"/documents/{shown}")
    assert page.status_code == 200
    for path in (
        f"/documents/{other}", f"/documents/{other}/sharing", f"/documents/{other}/text", "/documents/new",
        "/sessions", "/products", f"/studios/{studio.slug}/members", f"/studios/{studio.slug}/settings",
    ):  # fmt: skip
        assert client.get(path).status_code == 404, path
    for path in ("rename", "bin", "sharing/everyone", "sharing/invite", "sharing/links"):
        assert client.post(f"/documents/{shown}/{path}").status_code == 403, path
        assert client.post(f"/documents/{other}/{path}").status_code == 404, path
    assert client.post(f"/documents/{shown}/duplicate").status_code == 403
    everything = "".join(
        client.get(path).content.decode()
        for path in ("/documents", f"/documents/{shown}", f"/documents/{shown}/sharing", "/palette", "/home")
    )
    assert producer.name not in everything
    assert "Other" not in everything


def test_a_token_that_reads_on_a_screen_opens_no_page(
    made: Callable[..., int], studio: Studio, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = made("Shown")
    monkeypatch.setattr(readers, "_readers", [lambda who, document_id: True])
    bearer = {"Authorization": f"Bearer {secret_of_token(studio.pk, 'watch')}"}
    for path in (f"/documents/{shown}", f"/documents/{shown}/text", f"/documents/{shown}/sharing", "/documents"):
        assert client.get(path, headers=bearer).status_code == 404


def test_leaving_is_the_end_of_it(made: Callable[..., int], person: Callable[..., Person]) -> None:
    shown, nia = made("Shown"), person("Nia")
    Share.objects.create(document_id=shown, person=nia, right="edit")
    client = browser(nia)
    assert client.post(f"/documents/{shown}/leave")["Location"] == "/documents?tab=shared"
    assert client.get(f"/documents/{shown}").status_code == 404
    assert titles(client) == []
    assert read_access(who(Person.objects.get(name="Tom")), shown).manages
