"""Order files read in: once, again, changed, taken back and put back."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from pytest_django import Settings

from cuelight.accounts.models import Studio
from cuelight.catalog.models import Product
from cuelight.errors import Conflict, NotFound
from cuelight.streams.events import Amount, Event, User
from cuelight.streams.models import OrderImport, OrderLine
from cuelight.streams.orders import counted, importing, staging
from cuelight.streams.orders.arriving import from_events
from cuelight.streams.store import Incoming, Stored
from cuelight.streams.tests.orders import SAMPLES, access, line, looked_at, more, read_in, stands, written


@pytest.fixture(autouse=True)
def data_folder(tmp_path: Path, settings: Settings) -> Path:
    settings.DATA_DIR = tmp_path
    return tmp_path


def counts(made: dict[str, Any]) -> tuple[int, int, int, int]:
    return made["added"], made["changed"], made["same"], made["gone"]


def test_nothing_counts_before_somebody_says_so(studio: Studio) -> None:
    made = looked_at(studio.pk, written([line("#1", "A", 2), line("#2", "B", **{"Cancelled at": "now"})]))
    assert stands(studio.pk) == []
    waiting = OrderImport.objects.get(pk=made)
    found = waiting.counts
    assert (waiting.state, found["added"], found["units"], found["skipped"]) == ("preview", 1, 2, {"cancelled": 1})
    assert found["amounts"] == {"USD": 2000}
    assert [(one["sku"], one["units"]) for one in found["unmatched"]] == [("A", 2)]
    importing.apply(made, access=access(studio.pk))
    assert stands(studio.pk) == [("1", 0, "A", 2, 2000)]


def test_the_same_file_twice_is_no_change(studio: Studio) -> None:
    content = (SAMPLES / "shopify-orders.csv").read_bytes()
    first = read_in(studio.pk, content)
    before = stands(studio.pk)
    again = read_in(studio.pk, content)
    assert counts(again) == (0, 0, first["added"], 0)
    assert stands(studio.pk) == before
    assert first["added"] == len(before) > 10
    assert OrderImport.objects.get(pk=again["id"]).counts["changed_lines"] == []


def test_a_file_is_read_in_once(studio: Studio) -> None:
    made = read_in(studio.pk, written([line("#1")]))
    with pytest.raises(Conflict):
        importing.apply(made["id"], access=access(studio.pk))
    with pytest.raises(Conflict):
        importing.discard(made["id"], access=access(studio.pk))


def test_a_changed_quantity_and_a_cancelled_order_are_taken_over(studio: Studio) -> None:
    read_in(studio.pk, written([line("#1", "A", 3), line("#2", "B"), line("#3", "C")]))
    newer = [line("#1", "A", 2), line("#2", "B", **{"Financial Status": "refunded"}), line("#3", "C"), line("#4", "D")]
    assert counts(read_in(studio.pk, written(newer))) == (1, 1, 1, 1)
    assert [one[2:4] for one in stands(studio.pk)] == [("A", 2), ("B", 0), ("C", 1), ("D", 1)]
    assert counted.lines(studio.pk).count() == 3


def test_a_repaired_line_finds_its_place(studio: Studio) -> None:
    read_in(studio.pk, written([line("#1", "A"), more("#1", "B", quantity="?"), more("#1", "C")]))
    again = read_in(studio.pk, written([line("#1", "A"), more("#1", "B"), more("#1", "C")]))
    assert (counts(again), [one[1:3] for one in stands(studio.pk)]) == ((1, 0, 2, 0), [(0, "A"), (1, "B"), (2, "C")])


def test_what_an_import_brought_goes_with_it_and_comes_back(studio: Studio) -> None:
    first = read_in(studio.pk, written([line("#1", "A", 3), line("#2", "B")]))
    second = read_in(studio.pk, written([line("#1", "A", 1), line("#3", "C")]))
    after = counted_lines(studio.pk)
    assert after == [("A", 1), ("B", 1), ("C", 1)]
    importing.revert(second["id"], access=access(studio.pk))
    assert counted_lines(studio.pk) == [("A", 3), ("B", 1)]
    importing.put_back(second["id"], access=access(studio.pk))
    assert counted_lines(studio.pk) == after
    importing.revert(first["id"], access=access(studio.pk))
    assert counted_lines(studio.pk) == [("C", 1)]
    with pytest.raises(Conflict):
        importing.revert(first["id"], access=access(studio.pk))


def test_what_was_taken_back_can_be_read_in_again(studio: Studio) -> None:
    content = written([line("#1", "A", 3), line("#2", "B")])
    first = read_in(studio.pk, content)
    importing.revert(first["id"], access=access(studio.pk))
    again = read_in(studio.pk, content)
    assert (counts(again), counted_lines(studio.pk)) == ((2, 0, 0, 0), [("A", 3), ("B", 1)])
    importing.put_back(first["id"], access=access(studio.pk))  # its lines are the newer import's now
    importing.revert(again["id"], access=access(studio.pk))
    assert counted_lines(studio.pk) == []


def test_a_line_that_a_third_file_changed_stays_as_that_one_left_it(studio: Studio) -> None:
    read_in(studio.pk, written([line("#1", "A", 1)]))
    second = read_in(studio.pk, written([line("#1", "A", 2)]))
    read_in(studio.pk, written([line("#1", "A", 5)]))
    importing.revert(second["id"], access=access(studio.pk))
    assert counted_lines(studio.pk) == [("A", 5)]


def test_products_are_found_by_sku_by_pid_and_by_a_variants_sku(
    studio: Studio, products: Callable[..., list[Product]]
) -> None:
    one, two, three = products(3)
    Product.objects.filter(pk=one.pk).update(sku="gh-1")
    Product.objects.filter(pk=two.pk).update(pid="1729384756102938471")
    Product.objects.filter(pk=three.pk).update(variants=[{"title": "S", "sku": "V-S"}, {"title": "M", "sku": "V-M"}])
    rows = [line("#1", "GH-1"), line("#2", "v-m"), line("#3", "1"), line("#4", "1729384756102938471"), line("#5", "")]
    made = read_in(studio.pk, written(rows))
    found = OrderLine.objects.order_by("order_id").values_list("product_id", flat=True)
    # "1" is a product's number in the lineup, and no article number.
    assert list(found) == [one.pk, three.pk, None, two.pk, None]
    assert made["unmatched_total"] == 2


def test_an_article_number_of_two_products_is_nobodys(studio: Studio, products: Callable[..., list[Product]]) -> None:
    products(2, sku="GH-1")
    read_in(studio.pk, written([line("#1", "GH-1")]))
    assert OrderLine.objects.get().product_id is None


def test_a_product_added_later_is_found_by_reading_the_file_again(
    studio: Studio, products: Callable[..., list[Product]]
) -> None:
    read_in(studio.pk, written([line("#1", "GH-1")]))
    [product] = products(1, sku="GH-1")
    again = read_in(studio.pk, written([line("#1", "GH-1")]))
    assert (counts(again), OrderLine.objects.get().product_id) == ((0, 1, 0, 0), product.pk)


def test_studios_do_not_mix(studio: Studio, products: Callable[..., list[Product]]) -> None:
    products(1, sku="GH-1")
    other = Studio.objects.create(name="Elsewhere", slug="elsewhere")
    mine = read_in(studio.pk, written([line("#1", "GH-1", 3)]))
    read_in(other.pk, written([line("#1", "GH-1", 2)]))
    assert [one[3] for one in stands(studio.pk) + stands(other.pk)] == [3, 2]
    assert OrderLine.objects.get(studio=other).product_id is None
    for act in (importing.revert, importing.put_back, importing.apply, importing.discard):
        with pytest.raises(NotFound):
            act(mine["id"], access=access(other.pk))


def test_what_nobody_read_in_is_forgotten(studio: Studio, data_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old = looked_at(studio.pk, written([line("#1")]))
    monkeypatch.setattr(staging, "KEPT_S", -1)
    looked_at(studio.pk, written([line("#2")]))
    assert not OrderImport.objects.filter(pk=old).exists()
    assert [path.stem for path in (data_folder / "orders").iterdir()] == [str(OrderImport.objects.get().pk)]


def test_nothing_stays_of_a_file_that_was_refused(studio: Studio, data_folder: Path) -> None:
    with pytest.raises(Exception, match="no column"):
        looked_at(
            studio.pk, written([{"Name": "#1"}], ["Name", "Lineitem quantity", "Lineitem name", "Financial Status"])
        )
    assert not OrderImport.objects.exists()
    assert not list(data_folder.rglob("*.jsonl"))


def counted_lines(studio_id: int) -> list[tuple[str, int]]:
    return list(counted.lines(studio_id).order_by("sku").values_list("sku", "quantity"))


# Events


AT = datetime(2026, 11, 22, 18, 30, tzinfo=UTC)


def stored(studio_id: int, number: int, **fields: Any) -> Stored:
    given: dict[str, Any] = {"platform": "simulator", "kind": "order", "at": AT, "platform_id": f"o{number}"}
    event = Event(**{**given, "user": User(id="u1", name="Zelda Marker"), "count": 1, **fields})
    return Stored(number, Incoming(studio_id, event, AT), b"{}")


def test_orders_of_a_platform_become_lines(studio: Studio, products: Callable[..., list[Product]]) -> None:
    one, two = products(2, sku="")
    Product.objects.filter(pk=one.pk).update(sku="GH-1")
    arrived = [
        stored(
            studio.pk, 1, count=2, amount=Amount(value=9600, currency="USD"), detail={"sku": "gh-1", "item": "Hoops"}
        ),
        stored(studio.pk, 2, rehearsal=True, detail={"product_id": two.pk}),
        stored(studio.pk, 3, kind="chat", text="hello"),
        stored(studio.pk, 4, amount=Amount(value=500, currency="COINS")),
    ]
    assert from_events(studio.pk, arrived) == 3
    assert from_events(studio.pk, arrived) == 0
    rows = OrderLine.objects.order_by("order_id").values_list(
        "order_id", "product_id", "quantity", "amount_cents", "currency", "rehearsal", "name"
    )
    assert list(rows) == [
        ("o1", one.pk, 2, 9600, "USD", False, "Hoops"),
        ("o2", two.pk, 1, 0, "", True, ""),
        ("o4", None, 1, 0, "", False, ""),
    ]
    assert [counted.lines(studio.pk).count(), counted.lines(studio.pk, rehearsal=True).count()] == [2, 1]


def test_a_product_of_another_studio_is_not_taken_for_ours(
    studio: Studio, products: Callable[..., list[Product]]
) -> None:
    [product] = products(1)
    other = Studio.objects.create(name="Elsewhere", slug="elsewhere")
    assert from_events(other.pk, [stored(other.pk, 1, detail={"product_id": product.pk, "sku": "\0" * 300})]) == 1
    assert from_events(other.pk, [stored(studio.pk, 2)]) == 0
    assert OrderLine.objects.get().product_id is None


def test_lines_of_one_order_that_the_event_names(studio: Studio) -> None:
    arrived = [stored(studio.pk, n, detail={"order_id": "77", "line": n, "sku": f"S{n}"}) for n in (0, 1)]
    assert from_events(studio.pk, arrived) == 2
    assert [one[:3] for one in stands(studio.pk)] == [("77", 0, "S0"), ("77", 1, "S1")]


def test_an_absurd_order_does_not_stop_the_others(studio: Studio) -> None:
    absurd: dict[str, Any] = {"sku": 7, "item": "a\0b", "product_id": 2**80, "order_id": [], "line": -1}
    arrived = [
        stored(studio.pk, 1, count=10**30, amount=Amount(value=10**30, currency="usd"), detail=absurd),
        stored(studio.pk, 2, count=-5, amount=Amount(value=-5, currency="USD")),
    ]
    assert from_events(studio.pk, arrived) == 2
    assert [one[3:] for one in stands(studio.pk)] == [(2**31 - 1, 2**53), (1, 0)]


def test_a_character_that_no_database_takes_is_left_out(studio: Studio) -> None:
    read_in(studio.pk, written([line("#1", "A", **{"Lineitem name": "Ring\0 of gold"})]))
    assert OrderLine.objects.get().name == "Ring of gold"


def test_an_amount_that_nobody_pays_is_refused_by_line(studio: Studio) -> None:
    made = read_in(studio.pk, written([line("#1", "A", 2_000_000_000, "9999999999.99"), line("#2", "B")]))
    assert ([one["line"] for one in made["errors"]], made["added"]) == ([2], 1)
