"""Topic ``catalog:{studio_id}`` in real frames: who may listen, and what is heard of a form that was saved."""

from cuelight.accounts.models import Person, Studio
from cuelight.accounts.testing import who
from cuelight.catalog import actions
from cuelight.catalog.models import Brand
from cuelight.live.db import run_db
from cuelight.live.testing import connect


async def test_a_saved_form_is_heard_with_what_was_typed(
    live: None, studio: Studio, brand: Brand, cataloger: Person
) -> None:
    product_id = await run_db(make, studio.pk, brand.pk)
    async with connect(who(cataloger)) as socket:
        assert (await socket.join(f"catalog:{studio.pk}")).status == "ok"
        await run_db(edit, studio.pk, product_id)
        changed = await socket.receive(f"catalog:{studio.pk}", "product_changed")
        edited = await socket.receive(f"catalog:{studio.pk}", "product_edited")
    assert changed == {"product_ids": [product_id]}
    assert edited["values"] == {"name": "New"}
    assert (edited["name"], edited["page"]) == ("Mia", "p1")


async def test_only_who_may_see_products_listens(live: None, studio: Studio, host: Person, stranger: Person) -> None:
    for person in (host, stranger):
        async with connect(who(person)) as socket:
            reply = await socket.join(f"catalog:{studio.pk}")
            assert (reply.status, reply.response["reason"]) == ("error", "not_found")


def make(studio_id: int, brand_id: int) -> int:
    return actions.create_product(studio_id, brand_id, name="Old", original_price_cents=100)


def edit(studio_id: int, product_id: int) -> None:
    actions.edit_product(
        studio_id, product_id, {"name": "New"}, expected={"name": "Old"}, by=None, name="Mia", page="p1"
    )
