"""The show on paper: its times, what can be left out, and the file that stands alone."""

import base64
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import storages
from django.db import connection, transaction
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from cuelight.accounts.models import Person
from cuelight.catalog.models import ProductImage
from cuelight.live.transactional import state_of, submit_in
from cuelight.sessions import paper
from cuelight.sessions.command_types import OverrideItem, SetStatus, UpdateSettings
from cuelight.sessions.models import Session

START = datetime(2026, 11, 27, 18, 0, tzinfo=UTC)


def item(number: int, planned: int | None = None, *, section: str = "", skipped: bool = False) -> dict[str, Any]:
    return {"id": number, "planned_seconds": planned, "section": section, "skipped": skipped}


def laid(*items: dict[str, Any], minutes: int = 60, begins_at: datetime | None = START) -> paper.Paper:
    return paper.lay_out(items, duration_minutes=minutes, begins_at=begins_at, on_air=None)


def test_lines_begin_one_after_the_other_and_the_rest_is_shared() -> None:
    [section] = laid(item(1, 600), item(2), item(3), minutes=60).sections
    assert [(line.planned_s, line.is_share, line.after_s) for line in section.lines] == [
        (600, False, 0),
        (1500, True, 600),
        (1500, True, 2100),
    ]
    assert section.lines[2].at == START + timedelta(minutes=35)


def test_shares_that_do_not_come_out_even_fill_the_show_to_the_second() -> None:
    whole = laid(*(item(number) for number in range(7)), minutes=180)
    assert [line.planned_s for line in whole.sections[0].lines] == [1543] * 6 + [1542]
    assert whole.planned_s == 3 * 60 * 60


def test_what_is_passed_over_takes_no_time_and_is_there() -> None:
    whole = laid(item(1, 600), item(2, 600, skipped=True), item(3, skipped=True), item(4, 300))
    assert [line.after_s for line in whole.sections[0].lines] == [0, 600, 600, 600]
    assert (whole.planned_s, whole.products, whole.skipped) == (900, 2, 2)
    assert whole.ends_at == START + timedelta(minutes=15)


def test_sections_have_their_own_totals_and_come_again() -> None:
    whole = laid(item(1, 60, section="A"), item(2, 90, section="A", skipped=True), item(3, 30), item(4, 5, section="A"))
    assert [(one.name, one.products, one.planned_s, one.after_s) for one in whole.sections] == [
        ("A", 1, 60, 0),
        ("", 1, 30, 60),
        ("A", 1, 5, 90),
    ]


def test_without_a_day_there_are_no_times_of_the_clock() -> None:
    whole = laid(item(1, 60), item(2, 60), begins_at=None)
    assert (whole.ends_at, whole.sections[0].lines[1].at, whole.sections[0].lines[1].after_s) == (None, None, 60)


def test_a_share_is_never_less_than_a_minute_and_nothing_is_no_show() -> None:
    assert laid(item(1, 3600), item(2), minutes=60).planned_s == 3660
    assert laid() == paper.Paper([], 0, START, START, 0, 0)


@given(
    st.lists(st.tuples(st.none() | st.integers(1, 86400), st.sampled_from("AB"), st.booleans()), max_size=30),
    st.integers(1, 1440),
)
def test_every_line_is_there_once_in_order_and_the_sums_fit(
    lines: list[tuple[int | None, str, bool]], minutes: int
) -> None:
    items = [
        item(number, planned, section=section, skipped=skipped)
        for number, (planned, section, skipped) in enumerate(lines)
    ]
    whole = laid(*items, minutes=minutes)
    flat = [line for section in whole.sections for line in section.lines]
    assert [line.item["id"] for line in flat] == list(range(len(items)))
    assert whole.planned_s == sum(line.planned_s for line in flat)
    assert [line.after_s for line in flat] == [sum(one.planned_s for one in flat[:place]) for place in range(len(flat))]
    assert whole.products + whole.skipped == len(items)


@pytest.mark.parametrize(
    ("asked", "left_out"),
    [
        ({}, set()),
        ({"pictures": "no"}, {"pictures"}),
        ({"points": "no", "columns": "time,price"}, {"points", "ids", "stock", "notes"}),
        ({"columns": "none"}, set(paper.COLUMNS)),
        ({"columns": "<b>,time"}, set(paper.COLUMNS) - {"time"}),
    ],
)
def test_what_is_left_out_is_in_the_address(asked: dict[str, str], left_out: set[str]) -> None:
    options = paper.options(asked)
    assert set(paper.PARTS) - options.parts == left_out
    query = dict(pair.split("=") for pair in options.query().split("&") if pair)
    assert paper.options(query) == options
    for part in paper.PARTS:
        turned = dict(pair.split("=") for pair in options.query(part).split("&") if pair)
        assert paper.options(turned).parts == options.parts ^ {part}


# The page


def change(session: Session, *commands: Any) -> None:
    with transaction.atomic():
        for command in commands:
            submit_in(connection, f"session:{session.pk}", command, actor_id=None)


@pytest.fixture
def shown(session: Session, host: Person) -> Session:
    first, second, _ = session.items.order_by("position")
    change(
        session,
        UpdateSettings({"scheduled_at": "2026-11-27T18:00:00Z", "hosts": [{"person_id": host.pk}]}),
        OverrideItem(first.pk, {"section": "Opening <1>", "planned_seconds": 270, "notes": "Show the clasp"}),
        OverrideItem(second.pk, {"skipped": True}),
    )
    return session


def test_the_page_says_what_it_is_as_of(client: Client, shown: Session, producer: Person) -> None:
    client.force_login(producer)
    page = client.get(f"/sessions/{shown.pk}/paper").content.decode()
    version, _ = state_of(connection, f"session:{shown.pk}")
    assert f"(v {version})" in page
    for text in (
        "Tom (host)",
        "Opening &lt;1&gt;",
        "1 product · 4:30",
        "SKIP",
        "Show the clasp",
        "Ask Ada",
        "1 skipped",
    ):
        assert text in page
    assert re.search(r'datetime="2026-11-27T18:04:30\+00:00" data-local="hour"', page)


def test_what_is_on_air_is_marked_while_it_is(client: Client, shown: Session, producer: Person) -> None:
    client.force_login(producer)
    paths = f"/sessions/{shown.pk}/paper"
    assert "ON AIR" not in client.get(paths).content.decode()
    change(shown, SetStatus("live"))
    assert client.get(paths).content.decode().count("ON AIR") == 1


@pytest.mark.parametrize(
    ("query", "gone"),
    [
        ("pictures=no", 'class="thumb"'),
        ("points=no", 'class="points"'),
        ("columns=price", "Show the clasp"),
        ("columns=time", 'class="price"'),
        ("columns=price,notes", "Stock 4"),
    ],
)
def test_parts_can_be_left_out(client: Client, shown: Session, producer: Person, query: str, gone: str) -> None:
    client.force_login(producer)
    assert gone in client.get(f"/sessions/{shown.pk}/paper").content.decode()
    assert gone not in client.get(f"/sessions/{shown.pk}/paper?{query}").content.decode()


def test_the_file_stands_alone(
    client: Client, shown: Session, producer: Person, make_picture: Callable[[], bytes]
) -> None:
    data = make_picture()
    stored = f"products/7/thumb/{'a' * 32}.png"
    image = ProductImage.objects.order_by("position", "id").first()
    assert image is not None
    storages["default"].save(stored, BytesIO(data))
    ProductImage.objects.filter(pk=image.pk).update(thumbnail_path=stored)
    client.force_login(producer)
    answer = client.get(f"/sessions/{shown.pk}/paper.html?download&offset=120")
    page = answer.content.decode()
    assert re.fullmatch(r'attachment; filename="spring-\d{4}-\d\d-\d\d-\d{4}\.html"', answer["Content-Disposition"])
    assert f'src="data:image/png;base64,{base64.b64encode(data).decode()}"' in page
    assert ">20:04<" in page  # 18:04:30 UTC by a clock two hours ahead
    assert "times in UTC+2." in page
    assert ".paper-lines" in page  # its own style
    body = page.split("</style>")[1]
    assert not re.search(r'(?:src|href)="(?!data:)', body), "nothing is fetched from us"
    assert "<script" not in page
    assert "@font-face" not in page


@pytest.mark.parametrize("offset", ["", "x", "-99999", "1e3", "²", "9" * 30])
def test_an_odd_offset_is_utc(client: Client, shown: Session, producer: Person, offset: str) -> None:
    client.force_login(producer)
    page = client.get(f"/sessions/{shown.pk}/paper.html?offset={offset}").content.decode()
    assert "times in UTC." in page


def test_a_clock_behind_utc(client: Client, shown: Session, producer: Person) -> None:
    client.force_login(producer)
    page = client.get(f"/sessions/{shown.pk}/paper.html?offset=-210").content.decode()
    assert "times in UTC−3:30." in page
    assert ">14:34<" in page


def test_the_file_is_for_those_who_may_read_notes(client: Client, shown: Session, host: Person) -> None:
    client.force_login(host)
    assert client.get(f"/sessions/{shown.pk}/paper.html").status_code == 403


def test_a_picture_that_is_gone_leaves_its_place_empty(client: Client, shown: Session, producer: Person) -> None:
    client.force_login(producer)
    page = client.get(f"/sessions/{shown.pk}/paper.html").content.decode()
    assert "<img" not in page
    assert page.count('class="thumb"') == 3


def test_the_paper_of_an_empty_show(client: Client, session: Session, producer: Person) -> None:
    session.items.all().delete()
    client.force_login(producer)
    assert "No products yet." in client.get(f"/sessions/{session.pk}/paper").content.decode()


@pytest.fixture
def make_picture() -> Callable[[], bytes]:
    sample = Path(__file__).resolve().parents[3] / "samples" / "pavoi" / "images"
    return lambda: next(sample.iterdir()).read_bytes()
