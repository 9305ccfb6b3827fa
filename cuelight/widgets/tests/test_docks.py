"""Docks: their pages, their addresses, what they may do, and who speaks for OBS."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from cuelight.accounts import tokens
from cuelight.accounts.access import Access
from cuelight.accounts.models import Person, Studio
from cuelight.accounts.testing import sign_in, who
from cuelight.accounts.tokens import TokenIdentity
from cuelight.catalog.models import Product
from cuelight.errors import Invalid, NotFound
from cuelight.live import process
from cuelight.live.db import run_db
from cuelight.live.testing import Client as Socket
from cuelight.live.testing import connect
from cuelight.streams import alert_actions, encoder, queries
from cuelight.streams.models import Encoder
from cuelight.widgets import dock_actions, dock_queries
from cuelight.widgets.models import Dock

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def access(studio: Studio, producer: Person) -> Access:
    return Access(studio.pk, frozenset({"producer"}), producer.pk)


def token_of(dock: Dock) -> TokenIdentity:
    found = tokens.by_secret(dock_queries.secret_of(dock))
    assert found is not None
    return found


async def joined(socket: Socket, topic: str) -> dict[str, Any]:
    reply = await socket.join(topic)
    assert reply.status == "ok", reply.response
    return reply.response


def test_the_page_of_a_dock_needs_no_sign_in_and_shows_in_no_frame(client: Client, access: Access) -> None:
    made = dock_actions.create_dock("Streaming PC", "control", access=access)
    page = client.get(f"/dock/{dock_queries.secret_of(made)}")
    assert page.status_code == 200
    assert b"Streaming PC" in page.content
    policy = page.headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in policy
    assert "ws://127.0.0.1:* ws://localhost:*" in policy
    assert page.headers["Cache-Control"].startswith("no-store") or "no-cache" in page.headers["Cache-Control"]
    assert page.headers["Referrer-Policy"] == "strict-origin"


def test_no_other_page_may_connect_to_obs(client: Client, access: Access, producer: Person) -> None:
    sign_in(client, producer)
    assert "127.0.0.1" not in client.get("/docks").headers["Content-Security-Policy"]


def test_only_the_set_address_of_obs_is_added_to_the_policy(client: Client, access: Access) -> None:
    made = dock_actions.create_dock("Far", "control", access=access, obs_address="192.168.1.20:4455")
    policy = client.get(f"/dock/{dock_queries.secret_of(made)}").headers["Content-Security-Policy"]
    assert "ws://192.168.1.20:4455" in policy


@pytest.mark.parametrize("address", ["ws://a b:1", "ws://x;script-src *", "http://obs", "ws://obs/path", "ws://*", "'"])
def test_an_address_of_obs_is_an_address(access: Access, address: str) -> None:
    with pytest.raises(Invalid) as refused:
        dock_actions.create_dock("Far", "control", access=access, obs_address=address)
    assert refused.value.reason == "invalid_address"


def test_an_address_that_leads_nowhere_says_so(client: Client, access: Access) -> None:
    made = dock_actions.create_dock("Desk", "control", access=access)
    secret = dock_queries.secret_of(made)
    dock_actions.remove_dock(made.pk, access=access)
    page = client.get(f"/dock/{secret}")
    assert page.status_code == 404
    assert b"This dock is gone" in page.content
    assert secret.encode() not in page.content
    restored = dock_actions.restore_dock(made.pk, access=access)
    assert client.get(f"/dock/{dock_queries.secret_of(restored)}").status_code == 200
    assert client.get(f"/dock/{secret}").status_code == 404


def test_docks_are_made_shown_removed_and_put_back_on_their_page(
    client: Client, studio: Studio, producer: Person
) -> None:
    sign_in(client, producer)
    refused = client.post("/docks", {"name": "Desk", "role": "control", "session": "", "obs_address": "http://x y"})
    assert refused.status_code == 422
    assert b"as OBS shows it" in refused.content
    client.post("/docks", {"name": "Desk", "role": "control", "session": "", "obs_address": ""})
    made = Dock.objects.get()
    address = f"http://testserver/dock/{dock_queries.secret_of(made)}"
    assert address.encode() in client.get("/docks").content
    client.post(f"/docks/{made.pk}/regenerate")
    assert address.encode() not in client.get("/docks").content
    client.post(f"/docks/{made.pk}/remove")
    page = client.get("/docks").content.decode()
    assert "Desk is removed." in page
    undo = page.split('name="undo" value="')[1].split('"')[0]
    client.post(f"/docks/{made.pk}/restore", {"undo": undo})
    assert Dock.objects.get().deleted_at is None


def test_a_dock_of_another_studio_is_not_there(client: Client, access: Access, person: Callable[..., Person]) -> None:
    made = dock_actions.create_dock("Desk", "control", access=access)
    elsewhere = Studio.objects.create(name="Elsewhere", slug="elsewhere-docks")
    sign_in(client, person("Eve", elsewhere, "admin"))
    for what in ("remove", "regenerate", "restore"):
        assert client.post(f"/docks/{made.pk}/{what}").status_code == 404
    made.refresh_from_db()
    assert made.deleted_at is None
    with pytest.raises(NotFound):
        dock_actions.create_dock("X", "control", access=Access(elsewhere.pk, frozenset({"admin"}), None), session_id=1)


async def test_a_dock_may_run_the_show_or_watch_it(live: None, studio: Studio, access: Access) -> None:
    runs = await run_db(lambda: dock_actions.create_dock("Runs", "control", access=access))
    looks = await run_db(lambda: dock_actions.create_dock("Looks", "watch", access=access))
    topic = f"docks:{studio.pk}"
    async with connect(await run_db(token_of, runs)) as one, connect(await run_db(token_of, looks)) as other:
        assert (await joined(one, topic))["can"] == {"obs": True, "hide": True}
        assert (await joined(other, topic))["can"] == {"obs": False, "hide": False}
        for event in ("obs", "obs_gone", "set_scene"):
            assert (await other.push(topic, event, {"page": "p"})).response["reason"] == "forbidden"
        assert (await other.join(f"overlays:{studio.pk}")).status == "error"
        await joined(one, f"overlays:{studio.pk}")
        assert (await one.push(f"overlays:{studio.pk}", "panic", {})).response == {"version": 1}
        await run_db(lambda: dock_actions.regenerate_address(runs.pk, access=access))
        await one.until(lambda: one.close_code is not None)


async def test_who_has_nothing_to_do_with_it_follows_no_dock(
    live: None, studio: Studio, stranger: Person, cataloger: Person
) -> None:
    for outsider in (stranger, cataloger):
        async with connect(who(outsider)) as socket:
            assert (await socket.join(f"docks:{studio.pk}")).response["reason"] == "not_found"


async def test_one_page_speaks_for_obs_until_it_falls_silent(live: None, studio: Studio, access: Access) -> None:
    made = await run_db(lambda: dock_actions.create_dock("Left", "control", access=access))
    topic = f"docks:{studio.pk}"
    async with connect(await run_db(token_of, made)) as one, connect(await run_db(token_of, made)) as other:
        await joined(one, topic)
        await joined(other, topic)
        assert (await one.push(topic, "obs", {"page": "a", "active": True})).response == {"drives": True}
        told = await other.receive(topic, "dock_changed")
        assert (told["driver"]["holder"], told["driver"]["name"], told["driver"]["active"]) == ("a", "Left", True)
        assert (told["air"]["words"], told["air"]["encoder"]) == ("OBS IS STREAMING", True)
        assert (await other.push(topic, "obs", {"page": "b", "active": False})).response == {"drives": False}
        assert await run_db(queries.streaming, studio.pk) is True

        taken = await other.push(topic, "obs", {"page": "b", "active": False, "take": True})
        assert taken.response == {"drives": True}
        assert await run_db(queries.streaming, studio.pk) is False
        await other.push(topic, "obs_gone", {"page": "a"})
        assert await run_db(queries.streaming, studio.pk) is False, "only who speaks for it may stop"

        past = timezone.now() - timedelta(seconds=1)
        await run_db(lambda: Encoder.objects.filter(studio=studio).update(until=past))
        assert await run_db(queries.streaming, studio.pk) is None
        await run_db(encoder.expire)
        await one.until(lambda: any(told["driver"] is None for told in one.unseen(topic, "dock_changed")))
        assert not await run_db(Encoder.objects.filter(studio=studio).exists)


async def test_another_page_speaks_soon_after_one_has_gone(live: None, studio: Studio, access: Access) -> None:
    made = await run_db(lambda: dock_actions.create_dock("Left", "control", access=access))
    topic = f"docks:{studio.pk}"
    async with connect(await run_db(token_of, made)) as one:
        await joined(one, topic)
        await one.push(topic, "obs", {"page": "a", "active": True})
        await one.leave(topic)
        assert (await run_db(Encoder.objects.get)).until <= timezone.now() + encoder.HELD_BY_NOBODY


async def test_scenes_belong_to_products_and_sections_of_the_studio(
    live: None, studio: Studio, access: Access, products: Callable[..., list[Product]]
) -> None:
    [product] = await run_db(products, 1)
    made = await run_db(lambda: dock_actions.create_dock("Left", "control", access=access))
    topic = f"docks:{studio.pk}"
    async with connect(await run_db(token_of, made)) as dock:
        await joined(dock, topic)
        said = await dock.push(topic, "set_scene", {"product_id": product.pk, "scene": "Close-up"})
        assert said.response == {"products": {str(product.pk): "Close-up"}, "sections": {}}
        await dock.push(topic, "set_scene", {"section": "Vault", "scene": "Wide"})
        await dock.push(topic, "set_scene", {"section": "Vault", "scene": "Wider"})
        snapshot = (await run_db(dock_queries.scenes, studio.pk))["sections"]
        assert snapshot == {"Vault": "Wider"}
        cleared = await dock.push(topic, "set_scene", {"product_id": product.pk, "scene": ""})
        assert cleared.response == {"products": {}, "sections": {"Vault": "Wider"}}
        for wrong in ({"scene": "X"}, {"scene": "X", "section": "A", "product_id": product.pk}, {"product_id": 10**9}):
            assert (await dock.push(topic, "set_scene", {"scene": "X", **wrong})).status == "error"


async def test_panic_holds_the_alerts_and_its_end_lets_them_go_on(
    live: None, studio: Studio, access: Access, producer: Person
) -> None:
    every = f"overlays:{studio.pk}"
    async with connect(who(producer)) as mia:
        await joined(mia, every)
        await joined(mia, f"alertbox:{studio.pk}")
        await mia.push(every, "panic", {})
        await mia.until(lambda: held(studio))
        await mia.push(every, "panic", {})
        assert held(studio)
        await mia.push(every, "undo", {})
        await mia.until(lambda: not held(studio))
        await mia.push(every, "redo", {})
        await mia.until(lambda: held(studio))
        await mia.push(every, "end_panic", {})
        await mia.until(lambda: not held(studio))


async def test_alerts_that_a_dead_process_left_standing_go_on_when_somebody_comes(
    live: None, studio: Studio, producer: Person
) -> None:
    await run_db(lambda: alert_actions.hold(studio.pk, by=None, source="panic"))
    async with connect(who(producer)) as mia:
        await joined(mia, f"overlays:{studio.pk}")
        await mia.until(lambda: not held(studio))


def held(studio: Studio) -> bool:
    """What this process knows of the alerts."""
    queues = {one.id: one for one in process.journal.loaded("alerts")}
    return queues[alert_actions.aggregate_id(studio.pk)].state.held_at is not None
