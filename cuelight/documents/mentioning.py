"""Who and what can be mentioned in a document, and what a product's chip shows now."""

from collections.abc import Collection
from typing import TypedDict

from cuelight.accounts import access as accounts_access
from cuelight.accounts import queries as accounts
from cuelight.accounts.identity import PersonIdentity
from cuelight.catalog import queries as catalog
from cuelight.catalog import searching
from cuelight.catalog.models import Product
from cuelight.catalog.words import fold
from cuelight.documents.access import DocumentAccess
from cuelight.documents.models import Share

MOST_PEOPLE, MOST_PRODUCTS = 4, 6
MOST_CARDS = 100


class Suggestion(TypedDict):
    """Somebody or something to be mentioned; ``label`` is what the document keeps, ``detail`` tells namesakes apart."""

    kind: str
    id: int
    label: str
    detail: str
    picture: str | None


class Card(TypedDict):
    """A product as a chip shows it. The price is what is charged, in minor units."""

    id: int
    name: str
    price_cents: int
    currency: str
    picture: str | None


def suggestions(who: PersonIdentity, document: DocumentAccess, typed: str) -> list[Suggestion]:
    """What fits the beginning of a word. Who is not of the studio is offered the people of this document, and no
    products."""
    inside = _is_inside(who, document)
    people = accounts.members(document.studio_id) if inside else _people_of(document)
    start = fold(typed.strip())
    fitting = [
        Suggestion(kind="person", id=person_id, label=name, detail="", picture=None)
        for person_id, name in people.items()
        if any(word.startswith(start) for word in (fold(name), *fold(name).split()))
    ]
    products: list[Suggestion] = []
    if inside:
        found = searching.find_products(document.studio_id, typed, limit=MOST_PRODUCTS)["products"]
        products = [
            Suggestion(
                kind="product",
                id=row["id"],
                label=row["name"][:200],
                detail=f"#{row['display_number']}" if row["display_number"] else row["brand_name"],
                picture=row["thumbnail_url"],
            )
            for row in found
        ]
    return fitting[:MOST_PEOPLE] + products


def cards(who: PersonIdentity, document: DocumentAccess, ids: Collection[int]) -> list[Card]:
    """The studio's products among ``ids``; none for who is not of the studio."""
    if not _is_inside(who, document):
        return []
    currency = accounts.studio(document.studio_id)["currency"]
    wanted = Product.objects.filter(studio_id=document.studio_id, pk__in=list(ids)[:MOST_CARDS])
    return [
        Card(
            id=row["id"],
            name=row["name"],
            price_cents=row["original_price_cents"] if row["sale_price_cents"] is None else row["sale_price_cents"],
            currency=currency,
            picture=row["thumbnail_url"],
        )
        for row in catalog.product_rows(wanted)
    ]


def _is_inside(who: PersonIdentity, document: DocumentAccess) -> bool:
    return accounts_access.read_access(who, document.studio_id).may("document.list")


def _people_of(document: DocumentAccess) -> dict[int, str]:
    ids = Share.objects.filter(document_id=document.document_id).values_list("person_id", flat=True)
    return accounts.names(ids)
