"""The pages of products: the list, the form that saves itself, edits of several, the way back."""

import json
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.apps import apps
from django.http import HttpResponse
from django.test import Client

from cuelight.accounts.models import Person, Studio
from cuelight.catalog import actions
from cuelight.catalog.models import Brand, ChangeSet, Product
from cuelight.catalog.repricing import Put

Products = Callable[..., list[Product]]


class Island:
    """Asks as an island does: JSON in and out."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def get(self, path: str) -> HttpResponse:
        return self._client.get(path, headers={"Accept": "application/json"})  # type: ignore[return-value]

    def post(self, path: str, sent: object) -> HttpResponse:
        text = sent if isinstance(sent, str) else json.dumps(sent)
        return self._client.post(  # type: ignore[return-value]
            path, text, content_type="application/json", headers={"Accept": "application/json"}
        )


@pytest.fixture
def island(client: Client, cataloger: Person) -> Island:
    client.force_login(cataloger)
    return Island(client)


def answered(response: HttpResponse) -> Any:
    return json.loads(response.content)


def save(island: Island, product_id: int, expected: dict[str, Any], **fields: Any) -> HttpResponse:
    sent = {"fields": fields, "expected": expected, "page": "p"}
    return island.post(f"/products/{product_id}/fields", sent)


def test_each_role_gets_what_it_may(
    client: Client, studio: Studio, products: Products, person: Callable[..., Person], stranger: Person
) -> None:
    product_id = products(1)[0].pk
    pages = ["/products", "/products/new", f"/products/{product_id}/edit", "/brands", f"/products/{product_id}/fields"]
    for role, status in (("admin", 200), ("producer", 200), ("cataloger", 200), ("host", 404)):
        client.force_login(person(role.title(), studio, role))
        assert (role, [client.get(page).status_code for page in pages]) == (role, [status] * 5)
    client.force_login(stranger)
    assert [client.get(page).status_code for page in pages] == [200, 200, 404, 200, 404]


def test_a_new_studio_is_shown_two_ways_in(client: Client, cataloger: Person) -> None:
    client.force_login(cataloger)
    page = client.get("/products").content.decode()
    assert "No product yet" in page
    assert 'href="/products/new"' in page
    assert page.count('href="/imports"') == 2  # the menu's, and the way in


def test_the_list_is_what_its_address_says(island: Island, studio: Studio, products: Products) -> None:
    made = products(3, stock=2)
    actions.update_product(studio.pk, made[1].pk, stock=0, tags=["gold"])
    session = apps.get_model("live_sessions", "Session").objects.create(studio=studio, name="Show", slug="show")
    session.items.create(studio=studio, product_id=made[0].pk, position=1)
    listed = answered(island.get("/products/rows?stock=in"))
    assert [(row["name"], row["used"]) for row in listed["products"]] == [("Product 1", 1), ("Product 3", 0)]
    assert [row["name"] for row in answered(island.get("/products/rows?tag=gold"))["products"]] == ["Product 2"]
    assert answered(island.get("/products/ids?stock=in")) == {"ids": [made[2].pk, made[0].pk], "more": False}
    for odd in ("least=x", "stock=x"):
        assert island.get(f"/products/rows?{odd}").status_code == 422


@pytest.mark.parametrize("address", ["page=0", "page=99999999", "page=-1", "page=%D9%A1", "sort=nothing"])
def test_an_odd_address_is_no_error(island: Island, products: Products, address: str) -> None:
    products(1)
    assert island.get(f"/products/rows?{address}").status_code == 200


def test_the_list_goes_on_over_pages(island: Island, studio: Studio, products: Products) -> None:
    products(60)
    first, second = (answered(island.get(f"/products/rows?page={page}")) for page in (1, 2))
    assert (len(first["products"]), first["more"]) == (50, True)
    assert (len(second["products"]), second["more"]) == (10, False)
    assert len(answered(island.get("/products/ids"))["ids"]) == 60


def test_all_that_match_ends_where_one_edit_ends(
    island: Island, products: Products, monkeypatch: pytest.MonkeyPatch
) -> None:
    products(7)
    monkeypatch.setattr("cuelight.catalog.forms.MOST_IDS", 4)
    monkeypatch.setattr("cuelight.catalog.editing.STRIDE", 3)
    found = answered(island.get("/products/ids"))
    assert (len(set(found["ids"])), found["more"]) == (4, True)


def test_a_product_is_made_as_soon_as_there_is_enough(island: Island, brand: Brand) -> None:
    sent = {"op_id": str(uuid4()), "fields": {"brand_id": brand.pk, "name": "Hoops"}}
    refused = island.post("/products/new", sent)
    assert (refused.status_code, answered(refused)["reason"]) == (422, "incomplete")
    sent["fields"] |= {"original_price_cents": 4999}  # type: ignore[operator]
    first, again = (answered(island.post("/products/new", sent))["product"] for _ in range(2))
    assert first["id"] == again["id"]
    assert Product.objects.get().name == "Hoops"


def test_a_field_is_saved_with_what_it_was(island: Island, product_id: int, cataloger: Person) -> None:
    done = answered(save(island, product_id, {"name": "Huggie hoops"}, name="  Gold   hoops"))
    assert done["product"]["name"] == "Gold hoops"
    assert done["product"]["hand_edited"] == ["name"]
    refused = save(island, product_id, {"name": "Huggie hoops"}, name="Mine")
    assert refused.status_code == 409
    assert answered(refused)["reason"] == "changed_meanwhile"
    assert answered(refused)["product"]["name"] == "Gold hoops"


@pytest.mark.parametrize(
    ("field", "was", "value", "sentence"),
    [
        ("name", "Huggie hoops", "", "blank"),
        ("name", "Huggie hoops", "a\u0000b", "NUL"),
        ("name", "Huggie hoops", 3, "text"),
        ("original_price_cents", 4999, 0, "Price must be positive"),
        ("original_price_cents", 4999, 49.99, "Invalid price format"),
        ("original_price_cents", 4999, 10**15, "Invalid price format"),
        ("sale_price_cents", None, 5000, "above the original price"),
        ("stock", None, -1, "whole number from 0"),
        ("stock", None, True, "whole number"),
        ("display_number", None, 0, "begins at 1"),
        ("pid", None, "1.73E+18", "rounded"),
        ("external_url", "", "javascript:alert(1)", "URL"),
        ("tags", [], ["x" * 51], "50"),
        ("tags", [], "gold", "list"),
        ("variants", [], [{"title": ""}], "Variant 1"),
        ("variants", [], [3], "list"),
        ("variants", [], [{"title": "a\u0000", "x": 1}], "stored"),
        ("cost_cents", None, -5, "Invalid price"),
    ],
)
def test_what_breaks_a_rule_is_said_in_a_sentence(
    island: Island, product_id: int, field: str, was: object, value: object, sentence: str
) -> None:
    refused = save(island, product_id, {field: was}, **{field: value})
    assert (refused.status_code, sentence in answered(refused)["message"]) == (422, True), refused.content


@pytest.mark.parametrize(
    "sent", ["", "[]", "{", '{"fields": {}}', '{"fields": {"studio_id": 1}, "expected": {}}', '{"fields": "\\ud800"}']
)
def test_what_is_no_form_is_refused(island: Island, product_id: int, sent: str) -> None:
    assert island.post(f"/products/{product_id}/fields", sent).status_code == 422


def test_a_form_is_no_json(island: Island, client: Client, product_id: int) -> None:
    for path in ("/products/new", "/products/bulk", f"/products/{product_id}/fields"):
        assert client.post(path, {"fields": "x"}).status_code == 422  # multipart


def test_a_product_is_shown_to_its_studio_only(
    island: Island, client: Client, stranger: Person, product_id: int
) -> None:
    assert island.get("/products/99999/edit").status_code == 404
    client.force_login(stranger)
    for path in ("edit", "fields"):
        assert island.get(f"/products/{product_id}/{path}").status_code == 404
    for path in ("fields", "delete", "duplicate", "follow"):
        assert island.post(f"/products/{product_id}/{path}", {}).status_code == 404
    assert answered(island.post("/products/bulk", {"product_ids": [product_id], "edit": "delete"}))["changed"] == 0
    assert Product.objects.filter(pk=product_id).exists()


def test_the_talking_points_are_drawn_as_the_hosts(island: Island) -> None:
    html = answered(island.post("/products/points", {"text": "- **gold**\n- <script>x</script>"}))["html"]
    assert "<strong>gold</strong>" in html
    assert "<script>" not in html


def test_an_edit_of_several_and_its_way_back(island: Island, products: Products) -> None:
    made = [product.pk for product in products(3)]
    done = answered(island.post("/products/bulk", {"product_ids": made, "edit": "tag", "value": "Gold"}))
    assert (done["changed"], Product.objects.filter(tags=["gold"]).count()) == (3, 3)
    back = answered(island.post(f"/changes/{done['change_set_id']}/revert", {}))
    assert back["message"] == "Undone: 3 products restored."
    assert Product.objects.filter(tags=[]).count() == 3
    twice = island.post(f"/changes/{done['change_set_id']}/revert", {})
    assert (twice.status_code, answered(twice)["reason"]) == (409, "already_reverted")


@pytest.mark.parametrize(
    ("edit", "column", "value"),
    [
        ({"edit": "stock", "value": 7}, "stock", 7),
        ({"edit": "featured", "value": True}, "is_featured", True),
        ({"edit": "price", "field": "sale_price_cents", "value": 500}, "sale_price_cents", 500),
        ({"edit": "reprice", "field": "original_price_cents", "value": -1000}, "original_price_cents", 900),
    ],
)
def test_edits_of_several(island: Island, products: Products, edit: dict[str, Any], column: str, value: object) -> None:
    product_id = products(1)[0].pk
    assert answered(island.post("/products/bulk", {"product_ids": [product_id], **edit}))["changed"] == 1
    assert Product.objects.values_list(column, flat=True).get(pk=product_id) == value


@pytest.mark.parametrize(
    "sent",
    [
        {"product_ids": []},
        {"product_ids": ["1"], "edit": "delete"},
        {"product_ids": [1], "edit": "explode"},
        {"product_ids": [1], "edit": "stock", "value": -1},
        {"product_ids": [1], "edit": "reprice", "field": "sale_price_cents", "value": -10_000},
        {"product_ids": [1], "edit": "price", "field": "cost_cents", "value": 5},
        {"product_ids": list(range(1, 5_002)), "edit": "delete"},
    ],
)
def test_an_edit_that_cannot_be_read_is_refused(island: Island, sent: object) -> None:
    assert island.post("/products/bulk", sent).status_code == 422


def test_a_product_in_a_lineup_says_where(island: Island, studio: Studio, product_id: int) -> None:
    session = apps.get_model("live_sessions", "Session").objects.create(studio=studio, name="Show", slug="show")
    session.items.create(studio=studio, product_id=product_id, position=1)
    refused = island.post(f"/products/{product_id}/delete", {})
    assert refused.status_code == 409
    assert answered(refused)["uses"][0]["href"] == f"/sessions/{session.pk}/edit"
    assert "Show" in answered(refused)["message"]


def test_a_deleted_product_comes_back(island: Island, product_id: int) -> None:
    change_set_id = answered(island.post(f"/products/{product_id}/delete", {}))["change_set_id"]
    assert not Product.objects.exists()
    assert answered(island.post(f"/changes/{change_set_id}/revert", {}))["recreated"] == 1
    assert Product.objects.filter(pk=product_id).exists()


def test_the_form_of_a_page_is_told_what_was_taken_back_and_what_not(
    client: Client, island: Island, studio: Studio, products: Products
) -> None:
    made = [product.pk for product in products(2)]
    done = actions.edit_products(studio.pk, made, Put("stock", 3))
    actions.update_product(studio.pk, made[0], stock=9)
    path = f"/changes/{done['change_set_id']}/revert"
    answer = client.post(path, {"next": "/imports"}, follow=True)
    assert answer.redirect_chain == [("/imports", 302)]
    page = answer.content.decode()
    assert "Undone: 2 products restored. 1 product left as it is:" in page
    assert "was changed since" in page
    assert client.post(path, {"next": "https://evil.example/"})["Location"] == "/products"


def test_nobody_takes_back_what_is_another_studios(client: Client, studio: Studio, stranger: Person) -> None:
    change_set = ChangeSet.objects.create(studio=studio, kind="bulk")
    client.force_login(stranger)
    assert client.post(f"/changes/{change_set.pk}/revert").status_code == 404
    change_set.refresh_from_db()
    assert change_set.reverted_at is None
