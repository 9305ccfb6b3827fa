"""Who gets into a document: everyone, by name, by letters and links; and out of it again."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from cuelight.accounts import actions as accounts
from cuelight.accounts import mail
from cuelight.accounts.models import AuditEntry, Person, SignInAttempts, Studio
from cuelight.accounts.testing import sign_in, who
from cuelight.documents import actions, sharing
from cuelight.documents.access import DocumentAccess, read_access
from cuelight.documents.models import Document, Share, ShareLink
from cuelight.errors import Conflict, Forbidden, Gone, Invalid, NotFound


@pytest.fixture
def script(studio: Studio, host: Person) -> int:
    """Made by Tom, a host, and open to nobody else."""
    return actions.create_document(studio.pk, title="Script", by=host.pk, everyone="")


@pytest.fixture
def mine(script: int, host: Person) -> DocumentAccess:
    return read_access(who(host), script)


@pytest.fixture
def letters(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> list[tuple[str, str, str]]:
    """(template, address, link) of what is sent."""
    sent: list[tuple[str, str, str]] = []
    monkeypatch.setattr(mail, "can_send", lambda: True)
    monkeypatch.setattr(mail, "send", lambda name, to, values: sent.append((name, to, values["link"])))
    return sent


def browser(person: Person) -> Client:
    client = Client()
    sign_in(client, person)
    return client


def secret_in(link: str) -> str:
    return link.rpartition("/")[2]


def right(person: Person, document_id: int) -> str | None:
    try:
        return read_access(who(person), document_id).right
    except NotFound:
        return None


def test_what_everyone_may_is_for_the_studio_only(
    mine: DocumentAccess, script: int, producer: Person, stranger: Person
) -> None:
    assert right(producer, script) is None
    actions.open_to_everyone(mine, "comment")
    assert right(producer, script) == "comment"
    assert right(stranger, script) is None
    actions.open_to_everyone(mine, "")
    assert right(producer, script) is None
    with pytest.raises(Invalid):
        actions.open_to_everyone(mine, "manage")


def test_somebody_of_the_studio_is_in_at_once_and_told(
    mine: DocumentAccess, script: int, producer: Person, letters: list[tuple[str, str, str]]
) -> None:
    assert actions.invite(mine, email=" MIA@studio.example ", right="read") == producer.pk
    assert right(producer, script) == "read"
    assert letters == [("document_shared", "mia@studio.example", letters[0][2])]
    assert letters[0][2].endswith(f"/documents/{script}")
    assert not ShareLink.objects.exists()
    entry = AuditEntry.objects.get(kind="document_shared")
    assert (entry.person_id, entry.target, entry.detail["document"]) == (mine.person_id, "Mia", "Script")


def test_who_leaves_the_studio_takes_no_right_along(
    mine: DocumentAccess, script: int, producer: Person, studio: Studio, letters: object
) -> None:
    actions.invite(mine, email="mia@studio.example", right="edit")
    accounts.remove_member(producer.pk, studio.pk)
    assert right(producer, script) is None
    accounts.grant(producer.pk, studio.pk, "host")
    assert right(producer, script) == "edit"


def test_a_letter_is_good_once_and_for_its_address_only(
    mine: DocumentAccess, script: int, stranger: Person, person: Callable[..., Person],
    letters: list[tuple[str, str, str]],
) -> None:  # fmt: skip
    assert actions.invite(mine, email="eve@studio.example", right="comment") is None
    [(name, to, link)] = letters
    assert (name, to) == ("document_invited", "eve@studio.example")
    secret = secret_in(link)
    assert right(stranger, script) is None
    with pytest.raises(Forbidden):
        actions.accept(secret, person("Nia").pk)
    assert actions.accept(secret, stranger.pk) == script
    assert right(stranger, script) == "comment"
    assert actions.accept(secret, stranger.pk) == script  # a second click uses nothing up
    assert Share.objects.filter(person=stranger).count() == 1
    actions.unshare(mine, stranger.pk)
    assert right(stranger, script) is None
    with pytest.raises(Gone, match="used already"):
        actions.accept(secret, stranger.pk)


def test_an_address_that_was_not_shown_to_be_theirs_opens_no_letter(
    mine: DocumentAccess, stranger: Person, letters: list[tuple[str, str, str]]
) -> None:
    EmailAddress.objects.create(user=stranger, email="eve@studio.example", verified=False)
    actions.invite(mine, email="eve@studio.example", right="edit")
    with pytest.raises(Forbidden):
        actions.accept(secret_in(letters[0][2]), stranger.pk)


def test_the_newest_letter_counts(mine: DocumentAccess, stranger: Person, letters: list[tuple[str, str, str]]) -> None:
    actions.invite(mine, email="eve@studio.example", right="edit")
    actions.invite(mine, email="eve@studio.example", right="read")
    with pytest.raises(Gone, match="taken back"):
        actions.accept(secret_in(letters[0][2]), stranger.pk)
    actions.accept(secret_in(letters[1][2]), stranger.pk)
    assert right(stranger, mine.document_id) == "read"


def test_without_mail_a_letter_is_refused_with_a_way_out(mine: DocumentAccess, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mail, "can_send", lambda: False)
    with pytest.raises(Invalid, match="Make a link instead"):
        actions.invite(mine, email="eve@studio.example", right="edit")
    assert not ShareLink.objects.exists()


def test_a_link_lets_in_until_it_is_revoked_and_who_came_stays_unless_asked(
    mine: DocumentAccess, script: int, stranger: Person, person: Callable[..., Person]
) -> None:
    secret = secret_in(actions.make_link(mine, right="edit", days=7))
    nia, zoe = person("Nia"), person("Zoe")
    for one in (stranger, nia):
        actions.accept(secret, one.pk)
        assert right(one, script) == "edit"
    link = ShareLink.objects.get()
    assert secret.encode() not in bytes(link.digest)
    actions.revoke_link(mine, link.pk)
    with pytest.raises(Gone, match="taken back"):
        actions.accept(secret, zoe.pk)
    assert right(stranger, script) == "edit"
    actions.revoke_link(mine, link.pk, shares=True)
    assert (right(stranger, script), right(nia, script)) == (None, None)


def test_a_link_never_lowers_a_right(mine: DocumentAccess, script: int, producer: Person, letters: object) -> None:
    actions.invite(mine, email="mia@studio.example", right="edit")
    actions.accept(secret_in(actions.make_link(mine, right="read", days=1)), producer.pk)
    assert right(producer, script) == "edit"


def test_a_link_ends_with_its_time_with_its_maker_and_with_the_document(
    mine: DocumentAccess, script: int, host: Person, stranger: Person, studio: Studio
) -> None:
    secret = secret_in(actions.make_link(mine, right="edit", days=7))
    link = ShareLink.objects.get()
    ShareLink.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    with pytest.raises(Gone, match="run out"):
        actions.accept(secret, stranger.pk)
    ShareLink.objects.update(expires_at=link.expires_at)
    accounts.revoke(host.pk, studio.pk, "host")
    with pytest.raises(Gone, match="may not invite"):
        actions.accept(secret, stranger.pk)
    accounts.grant(host.pk, studio.pk, "host")
    actions.bin_document(mine)
    with pytest.raises(Gone, match="removed"):
        actions.accept(secret, stranger.pk)
    actions.restore(mine)
    assert actions.accept(secret, stranger.pk) == script


def test_what_was_taken_back_can_be_given_back_for_a_while(
    mine: DocumentAccess, script: int, producer: Person, letters: object, studio: Studio, host: Person
) -> None:
    actions.invite(mine, email="mia@studio.example", right="comment")
    undo = actions.unshare(mine, producer.pk)
    assert right(producer, script) is None
    other = actions.create_document(studio.pk, title="Other", by=host.pk)
    with pytest.raises(Invalid):
        actions.share_again(read_access(who(host), other), undo)
    with pytest.raises(Invalid):
        actions.share_again(mine, undo + "x")
    actions.share_again(mine, undo)
    actions.share_again(mine, undo)
    assert right(producer, script) == "comment"
    actions.change_right(mine, producer.pk, "edit")
    assert right(producer, script) == "edit"
    with pytest.raises(NotFound):
        actions.change_right(mine, 999_999, "edit")


def test_one_can_leave_what_was_shared_by_name_only(
    mine: DocumentAccess, script: int, producer: Person, letters: object
) -> None:
    actions.open_to_everyone(mine, "read")
    with pytest.raises(Conflict):
        actions.leave(read_access(who(producer), script))
    actions.invite(mine, email="mia@studio.example", right="edit")
    actions.leave(read_access(who(producer), script))
    assert right(producer, script) == "read"
    assert AuditEntry.objects.filter(kind="document_left", person_id=producer.pk).exists()


def test_too_many_open_links_are_refused(mine: DocumentAccess, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sharing, "MOST_OPEN", 2)
    for _ in range(2):
        actions.make_link(mine, right="read", days=1)
    with pytest.raises(Conflict):
        actions.make_link(mine, right="read", days=1)


def test_an_erased_person_has_no_right_and_no_way_in(
    mine: DocumentAccess, stranger: Person, producer: Person, script: int, letters: list[tuple[str, str, str]]
) -> None:
    actions.invite(mine, email="mia@studio.example", right="edit")
    EmailAddress.objects.create(user=stranger, email="eve@studio.example", verified=True)
    actions.invite(mine, email="eve@studio.example", right="edit")
    actions.accept(secret_in(letters[1][2]), stranger.pk)
    accounts.erase_person(stranger.pk)
    assert not ShareLink.objects.filter(email="eve@studio.example").exists()
    assert list(Share.objects.values_list("person_id", flat=True)) == [producer.pk]


def test_the_entrance_from_the_letter_to_the_text(
    mine: DocumentAccess, script: int, stranger: Person, letters: list[tuple[str, str, str]]
) -> None:
    actions.invite(mine, email="eve@studio.example", right="read")
    path = sharing.path(secret_in(letters[0][2]))
    outside = Client()
    page = outside.get(path).content.decode()
    assert "Tom" in page
    assert f"/sign-in?next={path}" in page
    assert outside.post(f"{path}/accept").status_code == 302
    eve = browser(stranger)
    assert "Open" in eve.get(path).content.decode()
    assert eve.post(f"{path}/accept")["Location"] == f"/documents/{script}"
    assert eve.get(f"/documents/{script}").status_code == 200
    over = eve.get(path)
    assert (over.status_code, "It was used already." in over.content.decode()) == (410, True)


@pytest.mark.django_db(transaction=True)
def test_guesses_at_the_entrance_are_counted(client: Client) -> None:
    guess = "x" * 43
    answers = [client.get(f"/document-link/{guess}").status_code for _ in range(61)]
    assert answers == [422] * 60 + [429]
    assert client.get("/document-link/short").status_code == 422
    assert SignInAttempts.objects.filter(key="document-link@127.0.0.1").exists()


def test_a_studio_device_opens_no_link(mine: DocumentAccess, studio: Studio) -> None:
    path = actions.make_link(mine, right="read", days=1)
    station = Person.objects.create_user(None, "Host device", kind="station")
    device = browser(station)
    assert "A document is shared with a person" in device.get(path).content.decode()
    assert device.post(f"{path}/accept").status_code == 403


def test_the_panel_tells_others_nothing_about_people_and_ways_in(
    mine: DocumentAccess, script: int, producer: Person, stranger: Person, letters: list[tuple[str, str, str]]
) -> None:
    actions.invite(mine, email="mia@studio.example", right="edit")
    actions.invite(mine, email="someone@else.example", right="edit")
    actions.accept(secret_in(actions.make_link(mine, right="read", days=1)), stranger.pk)
    told = browser(stranger).get(f"/documents/{script}/sharing")
    assert "Mia" not in told.content.decode()
    assert "someone@else.example" not in told.content.decode()
    assert {name: told.json()[name] for name in ("right", "manages", "people", "letters", "links", "everyone")} == {
        "right": "read", "manages": False, "people": [], "letters": [], "links": [], "everyone": None,
    }  # fmt: skip
    owner = browser(Person.objects.get(name="Tom")).get(f"/documents/{script}/sharing").json()
    assert [(one["name"], one["right"], one["is_member"]) for one in owner["people"]] == [
        ("Eve", "read", False), ("Mia", "edit", True),
    ]  # fmt: skip
    assert [one["email"] for one in owner["letters"]] == ["someone@else.example"]
    assert [one["opened"] for one in owner["links"]] == [1]


def test_the_panels_forms_say_what_is_wrong(script: int, host: Person, producer: Person) -> None:
    tom, path = browser(host), f"/documents/{script}/sharing"
    json = {"Accept": "application/json"}
    for tail, typed, sentence in (
        ("/invite", {"email": "nobody", "right": "read"}, "This is not an e-mail address."),
        ("/invite", {"email": "", "right": "read"}, "Give the address to invite."),
        ("/everyone", {"right": "manage"}, "Select a valid choice"),
        ("/links", {"right": "read", "days": "999"}, "Select a valid choice"),
    ):
        answer = tom.post(path + tail, typed, headers=json)
        assert (answer.status_code, sentence in answer.json()["message"]) == (422, True), tail
    made = tom.post(f"{path}/links", {"right": "read", "days": "7"}, headers=json).json()
    assert made["link"].startswith("http")
    assert secret_in(made["link"]) not in tom.get(path).content.decode()
    assert tom.post(f"{path}/everyone", {"right": ""}, headers=json).json()["everyone"] == ""
    assert browser(producer).post(f"{path}/everyone", {"right": "edit"}, headers=json).status_code == 404
    Document.objects.update(everyone="edit")
    assert browser(producer).post(f"{path}/everyone", {"right": "edit"}, headers=json).status_code == 403
