"""Who gets where: every path, topic and push of the application, tried by everybody, compared with the one table.

The walk is read off the application: a new page or push is in it by itself, and fails until it has a row.
``docs/rights.md`` shows the table; ``CUELIGHT_RECORD=1`` writes it anew.
"""

import os
from collections.abc import Callable
from copy import deepcopy
from datetime import timedelta
from http.cookies import SimpleCookie
from pathlib import Path

import pytest
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from cuelight.accounts import actions as accounts
from cuelight.accounts import policy
from cuelight.accounts.access import Access
from cuelight.accounts.models import Invitation, Person, Studio
from cuelight.accounts.policy import GRANTS, KINDS, ROLES, SCOPES
from cuelight.catalog.models import Brand, ChangeSet, Product, ProductImage, ShopifyShop
from cuelight.documents import actions as documents
from cuelight.documents.models import Share, ShareLink
from cuelight.live.db import run_db
from cuelight.live.testing import connect
from cuelight.sessions import actions as sessions
from cuelight.sessions.models import Session, SheetImport
from cuelight.streams.models import OrderImport, Stream
from cuelight.studio.models import StudioExport
from cuelight.tests.cast import Caller, everybody
from cuelight.tests.entrances import Page, channels, pages, pushes
from cuelight.widgets import actions as widgets
from cuelight.widgets.models import Dock, ObsScene, WidgetFile

RECORDED = Path(settings.ROOT) / "docs" / "rights.md"
METHODS = ("get", "post")
NOT_OFFERED = 405
TO_SIGN_IN, FORBIDDEN, NOT_THERE, LET_IN = "to sign-in", "forbidden", "not there", "let in"


@pytest.fixture
def world(studio: Studio, brand: Brand, products: Callable[..., list[Product]]) -> dict[str, object]:
    """A value for every parameter that a path or topic has: things of the studio that are really there."""
    made = products(3)
    session_id = sessions.create_session(studio.pk, name="Spring Sparkle", slug="spring")
    with transaction.atomic():
        sessions.add_products(session_id, studio.pk, [(n, p.pk) for n, p in enumerate(made, start=1)], actor_id=None)
    change_set = ChangeSet.objects.create(studio=studio, kind="bulk")
    ShopifyShop.objects.create(studio=studio, domain="pavoi.myshopify.com", client_id="client")
    run = SheetImport.objects.create(studio=studio, brand=brand, filename="show.csv", path="imports/none.csv")
    ways = ways_in(studio)
    overlay = widgets.create_overlay("Main", 1920, 1080, access=Access(studio.pk, frozenset({"admin"}), None))
    return {
        "session_id": session_id,
        "recording": "recorded-show.jsonl",
        **a_document(studio, int(str(ways["person_id"]))),
        "studio_id": studio.pk,
        "import_id": run.pk,
        "order_import_id": OrderImport.objects.create(studio=studio, source="shopify", filename="orders.csv").pk,
        "stream_id": Stream.objects.create(studio=studio, started_at=timezone.now()).pk,
        "overlay_id": overlay.pk,
        "type": "product_card",
        "product_id": made[0].pk,
        "image_id": ProductImage.objects.create(product=made[0], position=0, path="products/1/full/none.jpg").pk,
        "brand_id": brand.pk,
        "change_set_id": change_set.pk,
        "export_id": StudioExport.objects.create(studio=studio, status=StudioExport.Status.DONE).pk,
        "slug": studio.slug,
        **ways,
        # Pages for everybody: what they answer here is their own business.
        "token": "no-such-link",
        "dock_id": Dock.objects.create(studio=studio, name="Desk").pk,
        "scene_id": ObsScene.objects.create(studio=studio, product_id=made[0].pk, scene="Wide").pk,
        "key": "no-such-link",
        "secret": "no-such-link",
        "uidb36": "1",
        "status": 404,
        "version": 1,
        "suffix": "md",
        "stored": "products/1/full/none.jpg",
        "thread_id": "00000000-0000-4000-8000-000000000001",
        "message_id": "00000000-0000-4000-8000-000000000002",
        "widget": "product_card",
        "file_id": WidgetFile.objects.create(studio=studio, kind="sound", name="Bell", stored="0.mp3", size=1).pk,
        "shop": "00000000-0000-4000-8000-000000000000",
    }


def a_document(studio: Studio, person_id: int) -> dict[str, object]:
    """A document that was shared with a person, and has a link."""
    made = documents.create_document(studio.pk, title="Script", by=None)
    link = ShareLink.objects.create(document_id=made, digest=b"x", right="read", expires_at=timezone.now())
    Share.objects.create(document_id=made, person_id=person_id, right="read", link=link, as_member=True)
    return {"document_id": made, "link_id": link.pk}


def ways_in(studio: Studio) -> dict[str, object]:
    """A member, also a guest for some hours in another role; what a studio gives to come in by."""
    member = Person.objects.create_user("member@studio.example", "Member")
    soon = timezone.now() + timedelta(hours=4)
    accounts.grant(member.pk, studio.pk, "host")
    accounts.grant(member.pk, studio.pk, "producer", ends_at=soon)
    invitation = Invitation.objects.create(studio=studio, roles=["host"], nonce="x", expires_at=soon)
    accounts.set_passphrase(studio.pk, "host", "four odd words here")
    station = Person.objects.get(kind=Person.Kind.STATION)
    device = UserSession.objects.create(user=station, session_key="device", ip="127.0.0.1")
    token_id, _ = accounts.create_token(studio.pk, name="OBS", scopes=["overlay"])
    return {
        "person_id": member.pk,
        "invitation_id": invitation.pk,
        "role": "host",
        "device_id": device.pk,
        "token_id": token_id,
    }


@pytest.fixture
def cast(studio: Studio, person: Callable[..., Person], world: dict[str, object]) -> list[Caller]:
    other = sessions.create_session(studio.pk, name="Another show", slug="another")
    return everybody(studio, person, other)


def test_every_page_says_what_it_needs() -> None:
    silent = [page.route for page in pages() if page.needs is None]
    assert silent == []
    known = {row.action for row in policy.rows()} | {"public"}
    assert [page.route for page in pages() if page.needs and page.needs.action not in known] == []


def test_every_topic_and_push_says_what_it_needs() -> None:
    known = {row.action for row in policy.rows()}
    needs = [(channel.topic, event, need) for channel in channels() for event, need in pushes(channel)]
    needs += [(channel.topic, "phx_join", channel.needs) for channel in channels()]
    assert [cell for cell in needs if cell[2] not in known] == []


def test_every_row_is_needed_by_something_or_about_seeing() -> None:
    """A row that nothing asks for is a promise nobody keeps. Those asked for within a page are named here."""
    asked = {page.needs.action for page in pages() if page.needs}
    asked |= {need for channel in channels() for _, need in pushes(channel)} | {channel.needs for channel in channels()}
    asked |= {row.under for row in policy.rows()}
    within = {
        "session.undo_others", "session.read_notes", "session.create", "session.delete", "catalog.edit",
        "studio.invite", "document.list", "document.suggest", "document.edit",
    }  # fmt: skip
    assert {row.action for row in policy.rows()} - asked - within == set()


@pytest.mark.timeout(600)  # some 2,000 requests
@pytest.mark.django_db
def test_every_page_lets_in_whom_the_table_names_and_nobody_else(world: dict[str, object], cast: list[Caller]) -> None:
    wrong = []
    for caller in cast:
        cookies = caller.browser().cookies
        for page in pages():
            path = page.at(world)
            for method in METHODS:
                answer = asked(caller, cookies, method, path)
                if answer.status_code == NOT_OFFERED:
                    continue
                found, due = outcome(answer), expected(page, caller)
                if found != due:
                    wrong.append(f"{method} {path} as {caller.name}: {found} ({answer.status_code}), but {due}")
    assert wrong == []


@pytest.mark.parametrize("may_drive", [False, True])
async def test_every_topic_and_push_lets_in_whom_the_table_names_and_nobody_else(
    live: None, world: dict[str, object], cast: list[Caller], may_drive: bool
) -> None:
    await run_db(_let_hosts_drive, int(str(world["session_id"])), may_drive)
    wrong = []
    for caller in cast:
        identity = await run_db(caller.identify)
        if identity is None:
            continue
        async with connect(identity) as socket:
            for channel in channels():
                topic = _topic(channel.topic, world)
                joined = await socket.join(topic)
                due = joins(channel.needs, topic, caller)
                if (joined.status == "ok") != due:
                    wrong.append(f"join {topic} as {caller.name}: {joined}, but {'let in' if due else 'not'}")
                for event, need in pushes(channel):
                    reply = await socket.push(topic, event, {})
                    refused = reply.response.get("reason") in ("forbidden", "unmatched topic", "not_found")
                    allowed = due and policy.allows(caller.grants, need, Facts(may_drive))
                    if refused == allowed:
                        wrong.append(f"{event} on {topic} as {caller.name}: {reply}, but {allowed}")
    assert wrong == []


def test_the_table_in_the_docs_is_the_table() -> None:
    text = table()
    if os.environ.get("CUELIGHT_RECORD"):
        RECORDED.write_text(text)
    assert RECORDED.read_text() == text


class Facts:
    """What the conditions of the table are asked of."""

    def __init__(self, host_may_drive: bool) -> None:
        self.host_may_drive = host_may_drive


def asked(caller: Caller, cookies: SimpleCookie, method: str, path: str) -> HttpResponse:
    """One request of somebody; what it would have changed is taken back."""
    browser = Client(raise_request_exception=False)
    browser.cookies = deepcopy(cookies)
    with transaction.atomic():
        answer: HttpResponse = getattr(browser, method)(path, headers=caller.headers)
        transaction.set_rollback(True)
    return answer


def outcome(answer: HttpResponse) -> str:
    if answer.status_code == 302 and answer["Location"].startswith("/sign-in?next="):
        return TO_SIGN_IN
    return {401: TO_SIGN_IN, 403: FORBIDDEN, 404: NOT_THERE}.get(answer.status_code, LET_IN)


def expected(page: Page, caller: Caller) -> str:
    assert page.needs is not None
    action, of = page.needs
    if of == "none":
        return outcome_of_public(page)
    if caller.is_anonymous:
        return TO_SIGN_IN
    if of == "account":
        return _due(caller.kind, action)
    if action in OF_WHAT_IS_NOT:
        return NOT_THERE
    is_of_current = not OF_ONE_STUDIO & set(page.parameters)
    held = caller.at_home if is_of_current else caller.grants
    if held is None or (caller.elsewhere and "session_id" in page.parameters):
        return NOT_THERE
    return _due(held, action)


#: Parameters of paths that say which studio the page is of.
OF_ONE_STUDIO = {
    "slug",
    "session_id",
    "import_id",
    "order_import_id",
    "stream_id",
    "product_id",
    "brand_id",
    "change_set_id",
    "image_id",
    "document_id",
    "dock_id",
    "scene_id",
    "overlay_id",
    "file_id",
}
#: What is done to something that the world has not: a deleted studio, a document in the bin.
#: ``studio/tests/test_deletion.py`` and ``documents/tests/test_bin.py`` try these.
OF_WHAT_IS_NOT = {"studio.restore", "document.restore"}


def outcome_of_public(page: Page) -> str:
    """A page for everybody lets everybody in; what it is asked for here may not be there."""
    return NOT_THERE if page.route in NOTHING_THERE else LET_IN


#: Public pages that have nothing to show for the world's values.
NOTHING_THERE = {
    "/w/<str:secret>",
    "/dock/<str:secret>",
    "/widget-files/<str:stored>",
    "/media/(?P<stored>(?s:.*))",
    "/dev/look/<int:status>",
    "/shopify/webhooks/<uuid:shop>",
}
NOTHING_THERE |= {f"/oauth/{site}{way}" for site in settings.OAUTH_KEYS for way in ("", "/callback")}  # without keys


def joins(needs: str, topic: str, caller: Caller) -> bool:
    if caller.elsewhere and not topic.startswith(("import:", "catalog:")):
        return False
    return policy.allows(caller.grants, needs)


def _due(held: frozenset[str], action: str) -> str:
    if policy.allows(held, action):
        return LET_IN
    return FORBIDDEN if policy.allows(held, policy.row(action).under) else NOT_THERE


def _topic(pattern: str, world: dict[str, object]) -> str:
    return pattern.format(**world)


def _let_hosts_drive(session_id: int, may_drive: bool) -> None:
    Session.objects.filter(id=session_id).update(host_may_drive=may_drive)


def table() -> str:
    """The rights as a page: actions × who may, and what asks for each."""
    asks: dict[str, list[str]] = {}
    for page in pages():
        if page.needs is not None:
            asks.setdefault(page.needs.action, []).append(f"`{page.route}`")
    for channel in channels():
        asks.setdefault(channel.needs, []).append(f"join `{channel.topic}`")
        for event, need in pushes(channel):
            asks.setdefault(need, []).append(f"push `{event}`")
    lines = ["# Who may do what", "", _INTRODUCTION, ""]
    for title, columns, rows in (
        ("In a studio", (*ROLES, *SCOPES), [row for row in policy.rows() if row.grants.isdisjoint(KINDS)]),
        ("By oneself", KINDS, [row for row in policy.rows() if row.grants & set(KINDS)]),
    ):
        lines += [f"## {title}", "", f"| action | {' | '.join(columns)} |", f"|---|{'---|' * len(columns)}"]
        lines += [f"| `{row.action}`: {row.says} | {' | '.join(_cell(row, one) for one in columns)} |" for row in rows]
        lines.append("")
    lines += ["## What asks for it", "", "| action | pages, topics, pushes |", "|---|---|"]
    for row in policy.rows():
        asking = dict.fromkeys(asks.get(row.action, ["within a page"]))
        lines.append(f"| `{row.action}` | {', '.join(asking)} |")
    lines += ["", "For everybody, signed in or not: " + ", ".join(asks["public"]) + ".", ""]
    return "\n".join(lines)


def _cell(row: policy.Row, grant: str) -> str:
    assert grant in GRANTS
    if grant in row.grants:
        return "yes"
    return f"where {row.where[grant].replace('_', ' ')}" if grant in row.where else ""


_INTRODUCTION = """\
Read off the application by `cuelight/tests/test_rights.py`, which also tries every cell. Admin, producer, host and
cataloger are roles of people; overlay, watch, control and catalog are scopes of tokens. An empty cell is a no: to who
may not even see what it is about, nothing is there; to everybody else it is forbidden."""
