"""What overlay pages tell of themselves, who hears it, and what the crew asks of them."""

from typing import Any

import pytest

from cuelight.accounts.models import Person, Studio
from cuelight.accounts.testing import who
from cuelight.errors import Invalid
from cuelight.live.db import run_db
from cuelight.live.testing import connect
from cuelight.sessions import actions as sessions
from cuelight.sessions.models import Session
from cuelight.widgets import on_air, queries, reports
from cuelight.widgets.tests.test_channels import BOX, joined, make

REPORT = {
    "build": "abc123",
    "visible": True,
    "active": None,
    "width": 1920,
    "height": 1080,
    "obs": True,
    "frame_ms": 12,
}


def test_a_report_is_kept_to_what_it_may_say() -> None:
    assert reports.checked({**REPORT, "op_id": "x", "html": "<b>"}) == REPORT
    assert reports.checked({**REPORT, "frame_ms": None})["frame_ms"] is None


@pytest.mark.parametrize(
    "wrong",
    [{"build": "<script>"}, {"build": "x" * 41}, {"width": -1}, {"height": 10**9}, {"visible": 1}, {"obs": None}, {}],
)
def test_what_is_no_report_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(Invalid):
        reports.checked({**REPORT, **wrong} if wrong else {})


@pytest.mark.django_db(transaction=True)
async def test_the_crew_sees_which_pages_are_connected(live: None, studio: Studio, producer: Person) -> None:
    overlay, token = await run_db(make, producer, studio)
    own, pages = f"overlay:{overlay.pk}", f"overlay_pages:{studio.pk}"
    async with connect(who(producer)) as mia:
        await joined(mia, pages)
        assert await mia.receive(pages, "presence_state") == {}
        async with connect(token) as page:
            await joined(page, own)
            assert (await page.push(own, "report", REPORT)).status == "ok"
            [came] = (await mia.receive(pages, "presence_diff"))["joins"][str(overlay.pk)]["metas"]
            assert {name: came[name] for name in REPORT} == REPORT
            await page.push(own, "report", {**REPORT, "visible": False})
            diff = await mia.receive(pages, "presence_diff")
            [left], [again] = (diff[way][str(overlay.pk)]["metas"] for way in ("leaves", "joins"))
            assert left["phx_ref"] == came["phx_ref"]
            assert (again["visible"], again["since"]) == (False, came["since"])
            assert (await page.push(own, "report", {"build": 1})).status == "error"
        gone = await mia.receive(pages, "presence_diff")
        assert gone["leaves"][str(overlay.pk)]["metas"][0]["phx_ref"] == again["phx_ref"]
    await run_db(overlay.refresh_from_db)
    assert overlay.seen_at is not None


@pytest.mark.django_db(transaction=True)
async def test_an_overlay_hears_of_no_other_and_changes_nothing(live: None, studio: Studio, producer: Person) -> None:
    overlay, token = await run_db(make, producer, studio)
    own = f"overlay:{overlay.pk}"
    async with connect(token) as page:
        assert (await page.join(f"overlay_pages:{studio.pk}")).status == "error"
        await joined(page, own)
        for event, payload in (("save_layout", {"boxes": []}), ("show_test", {"what": "bars"})):
            reply = await page.push(own, event, payload)
            assert (reply.status, reply.response["reason"]) == ("error", "forbidden"), event


@pytest.mark.django_db(transaction=True)
async def test_a_layout_is_saved_whole_and_reaches_everybody(live: None, studio: Studio, producer: Person) -> None:
    overlay, token = await run_db(make, producer, studio)
    own = f"overlay:{overlay.pk}"
    async with connect(token) as page, connect(who(producer)) as mia:
        await joined(page, own)
        await joined(mia, own)
        saved = await mia.push(own, "save_layout", {"boxes": [BOX | {"x": 7}]})
        assert saved.response == {"version": 2}
        assert (await page.receive(own, "overlay_changed"))["boxes"] == [BOX | {"x": 7}]
        refused = await mia.push(own, "save_layout", {"boxes": [BOX | {"onclick": "x"}]})
        assert (refused.status, refused.response["reason"]) == ("error", "invalid_layout")
        assert (await mia.push(own, "save_layout", {})).response["reason"] == "invalid_layout"
    assert (await run_db(queries.overlay, studio.pk, overlay.pk)).version == 2


@pytest.mark.django_db(transaction=True)
async def test_on_air_a_test_picture_is_asked_for_twice(live: None, studio: Studio, producer: Person) -> None:
    overlay, token = await run_db(make, producer, studio)
    session_id = await run_db(lambda: sessions.create_session(studio.pk, name="Spring", slug="spring"))
    own = f"overlay:{overlay.pk}"
    async with connect(token) as page, connect(who(producer)) as mia:
        await joined(page, own)
        await joined(mia, own)
        assert (await mia.push(own, "show_test", {"what": "bars"})).status == "ok"
        assert await page.receive(own, "overlay_test") == {"what": "bars", "seconds": 10}
        await run_db(lambda: Session.objects.filter(pk=session_id).update(status="live"))
        assert await run_db(on_air.is_on_air, studio.pk)
        reply = await mia.push(own, "show_test", {"what": "identify"})
        assert (reply.status, reply.response["reason"]) == ("error", "on_air")
        assert (await mia.push(own, "show_test", {"what": "identify", "confirmed": True})).status == "ok"
        assert await page.receive(own, "overlay_test") == {"what": "identify", "seconds": 3}
        assert (await mia.push(own, "show_test", {"what": "explode"})).response["reason"] == "invalid"
