"""The topics of overlays in real frames: an overlay follows, and who may not watch hears nothing."""

from typing import Any

import pytest

from cuelight.accounts import tokens
from cuelight.accounts.access import Access
from cuelight.accounts.models import Person, Studio
from cuelight.accounts.testing import who
from cuelight.accounts.tokens import TokenIdentity
from cuelight.live.db import run_db
from cuelight.live.testing import Client, connect
from cuelight.streams import moderation, running
from cuelight.streams.tests.puppet import message
from cuelight.widgets import actions, queries
from cuelight.widgets.models import Overlay

pytestmark = pytest.mark.django_db(transaction=True)

BOX = {"id": "a", "type": "product_card", "x": 96, "y": 760, "width": 620, "height": 230, "shown": True}


def access_of(person: Person, studio: Studio, *roles: str) -> Access:
    return Access(studio.pk, frozenset(roles), person.pk)


def make(person: Person, studio: Studio) -> tuple[Overlay, TokenIdentity]:
    made = actions.create_overlay("Main", 1920, 1080, access=access_of(person, studio, "producer"), boxes=[BOX])
    found = tokens.by_secret(queries.secret_of(made))
    assert found is not None
    return made, found


def topics(studio: Studio, overlay: Overlay) -> list[str]:
    return [f"overlay:{overlay.pk}", f"overlays:{studio.pk}", f"widget_config:product_card:{studio.pk}"]


async def joined(socket: Client, topic: str) -> dict[str, Any]:
    reply = await socket.join(topic)
    assert reply.status == "ok", reply.response
    return reply.response


async def test_an_overlay_follows_layout_settings_and_panic(live: None, studio: Studio, producer: Person) -> None:
    overlay, token = await run_db(make, producer, studio)
    access = access_of(producer, studio, "producer")
    own, every, config = topics(studio, overlay)
    async with connect(token) as page, connect(who(producer)) as mia:
        first = await joined(page, own)
        assert first["overlay"]["boxes"] == [BOX]
        assert first["configs"]["product_card"]["settings"]["accent"] == "#ffb224"
        assert (await joined(page, every))["panic"] is None
        await joined(page, config)
        await joined(mia, every)

        await run_db(lambda: actions.save_layout(overlay.pk, [BOX | {"x": 0}], access=access))
        assert (await page.receive(own, "overlay_changed"))["boxes"] == [BOX | {"x": 0}]
        await run_db(lambda: actions.save_settings("product_card", {"accent": "#ff0000"}, access=access))
        changed = await page.receive(config, "config_changed")
        assert (changed["version"], changed["settings"]["accent"], changed["settings"]["radius"]) == (2, "#ff0000", 14)

        assert (await mia.push(every, "panic", {})).response == {"version": 1}
        assert (await page.receive(every, "overlays_changed"))["panic"] is not None
        assert (await mia.push(every, "end_panic", {})).response == {"version": 2}
        assert (await page.receive(every, "overlays_changed"))["panic"] is None
        undone = await mia.push(every, "undo", {})
        assert undone.response["undone"]["kind"] == "end_panic"
        assert (await page.receive(every, "overlays_changed"))["panic"] is not None


async def test_an_overlay_may_watch_and_nothing_else(live: None, studio: Studio, producer: Person) -> None:
    overlay, token = await run_db(make, producer, studio)
    every = f"overlays:{studio.pk}"
    async with connect(token) as page:
        assert (await joined(page, every))["can"] == {"hide": False}
        reply = await page.push(every, "panic", {})
        assert (reply.status, reply.response["reason"]) == ("error", "forbidden")
        for closed in (f"stream:{studio.pk}", f"questions:{studio.pk}", f"catalog:{studio.pk}"):
            assert (await page.join(closed)).status == "error", closed
    assert overlay.pk


async def test_who_has_nothing_to_do_with_it_joins_nothing(
    live: None, studio: Studio, producer: Person, stranger: Person, cataloger: Person
) -> None:
    overlay, _ = await run_db(make, producer, studio)
    for outsider in (stranger, cataloger):
        async with connect(who(outsider)) as socket:
            for topic in topics(studio, overlay):
                reply = await socket.join(topic)
                assert (reply.status, reply.response["reason"]) == ("error", "not_found"), topic


async def test_a_new_address_puts_out_whoever_has_the_old_one(live: None, studio: Studio, producer: Person) -> None:
    overlay, token = await run_db(make, producer, studio)
    access = access_of(producer, studio, "producer")
    async with connect(token) as page:
        await joined(page, f"overlay:{overlay.pk}")
        secret = await run_db(lambda: actions.regenerate_address(overlay.pk, access=access))
        await page.until(lambda: page.close_code is not None)
    renewed = await run_db(tokens.by_secret, secret)
    assert renewed is not None
    async with connect(renewed) as page:
        await joined(page, f"overlay:{overlay.pk}")


async def test_an_overlay_reads_the_chat_and_can_do_nothing_in_it(live: None, studio: Studio, producer: Person) -> None:
    _, token = await run_db(make, producer, studio)
    topic = f"chat:{studio.pk}"
    async with connect(token) as page:
        first = await joined(page, topic)
        assert first["can"] == {"send": False, "moderate": False, "questions": False}
        [stored] = await running.ingest.put(studio.pk, [message("1", "hello")])
        assert [event["text"] for event in (await page.receive(topic, "events"))["events"]] == ["hello"]
        for push, payload in (
            ("send", {"text": "x"}),
            ("hide", {"id": stored.id}),
            ("older", {"before_id": stored.id}),
        ):
            reply = await page.push(topic, push, payload)
            assert reply.status == "error", push
        await run_db(lambda: moderation.hide(studio.pk, stored.id, by=producer.pk))
        assert (await page.receive(topic, "removed"))["ids"] == [stored.id]
