"""What is asked of a shop in GraphQL, and its answers put together: products with all their variants and pictures."""

from collections.abc import Iterator
from typing import Any

from cuelight.catalog.shopify import faults
from cuelight.catalog.shopify.client import Client, TooCostly
from cuelight.catalog.shopify.products import nodes

PAGE = 50
_VARIANTS, _MEDIA = 100, 20
#: Pages of variants or pictures of one product at most; Shopify has 2,048 variants at most.
MOST_PAGES = 25

_VARIANT = """
  pageInfo { hasNextPage endCursor }
  nodes {
    id sku title price compareAtPrice inventoryQuantity inventoryPolicy barcode inventoryItem { tracked }
  }"""
_PICTURE = """
  pageInfo { hasNextPage endCursor }
  nodes { id alt mediaContentType ... on MediaImage { image { url width height } } }"""
_PRODUCT = f"""
  id handle title descriptionHtml vendor productType tags status updatedAt
  media(first: {_MEDIA}) {{{_PICTURE}
  }}
  variants(first: {_VARIANTS}) {{{_VARIANT}
  }}"""

SHOP = "query Shop { shop { name currencyCode } }"
COUNT = "query Count($query: String) { productsCount(query: $query) { count } }"
PRODUCTS = f"""query Products($first: Int!, $after: String, $query: String) {{
 products(first: $first, after: $after, query: $query) {{
  pageInfo {{ hasNextPage endCursor }}
  nodes {{{_PRODUCT}
  }}
 }}
}}"""
ONE = f"query Product($id: ID!) {{ product(id: $id) {{{_PRODUCT}\n }} }}"
MORE = {
    "variants": f"""query Variants($id: ID!, $after: String) {{
 product(id: $id) {{ variants(first: {_VARIANTS}, after: $after) {{{_VARIANT}\n }} }} }}""",
    "media": f"""query Media($id: ID!, $after: String) {{
 product(id: $id) {{ media(first: {_MEDIA}, after: $after) {{{_PICTURE}\n }} }} }}""",
}
SUBSCRIPTIONS = "query Subscriptions { webhookSubscriptions(first: 100) { nodes { id topic uri } } }"
SUBSCRIBE = """mutation Subscribe($topic: WebhookSubscriptionTopic!, $uri: String!) {
 webhookSubscriptionCreate(topic: $topic, webhookSubscription: { uri: $uri, format: JSON }) {
  webhookSubscription { id } userErrors { field message }
 }
}"""


def shop_facts(client: Client) -> tuple[str, str]:
    """A shop's name and its currency. Raises ShopError."""
    shop = client.query(SHOP).get("shop")
    if not isinstance(shop, dict):
        raise faults.unreadable(client.domain)
    return " ".join(str(shop.get("name") or "").split())[:200], str(shop.get("currencyCode") or "")[:3]


def how_many(client: Client, since: str) -> int | None:
    """How many products a run will meet; None when the shop does not say."""
    found = client.query(COUNT, query=since or None).get("productsCount")
    count = found.get("count") if isinstance(found, dict) else None
    return count if isinstance(count, int) and count >= 0 else None


def pages(client: Client, since: str, after: str = "") -> Iterator[tuple[list[dict[str, Any]], str]]:
    """Products page by page with where the next one begins ("" behind the last). ``since`` is a search of Shopify's,
    such as ``updated_at:>='2026-01-01T00:00:00Z'``. Raises ShopError."""
    size = PAGE
    while True:
        try:
            found = client.query(PRODUCTS, first=size, after=after or None, query=since or None).get("products")
        except TooCostly as error:
            if size == 1:
                raise faults.refused("one product is more than it gives at once") from error
            size //= 2
            continue
        after = _next(found, after)
        yield [complete(client, node) for node in nodes(found)], after
        if not after:
            return


def one(client: Client, gid: str) -> dict[str, Any] | None:
    """One product; None when it is not in the shop. Raises ShopError."""
    found = client.query(ONE, id=gid).get("product")
    return complete(client, found) if isinstance(found, dict) else None


def complete(client: Client, node: dict[str, Any]) -> dict[str, Any]:
    """The product with those variants and pictures that did not fit into its first answer."""
    for name, query in MORE.items():
        found = nodes(node.get(name))
        after = _next(node.get(name), "")
        for _ in range(MOST_PAGES):
            if not after:
                break
            more = client.query(query, id=node.get("id"), after=after).get("product")
            if not isinstance(more, dict):
                break  # deleted in between; the next run hears of it
            found += nodes(more.get(name))
            after = _next(more.get(name), after)
        node = {**node, name: {"nodes": found}}
    return node


def subscribe(client: Client, topics: tuple[str, ...], address: str) -> list[str]:
    """Sees to it that the shop sends these topics to the address; what it refuses, as it says it. Raises ShopError."""
    present = nodes(client.query(SUBSCRIPTIONS).get("webhookSubscriptions"))
    have = {one.get("topic") for one in present if one.get("uri") == address}
    wrong = []
    for topic in topics:
        if topic not in have:
            made = client.query(SUBSCRIBE, topic=topic, uri=address).get("webhookSubscriptionCreate")
            errors = made.get("userErrors") if isinstance(made, dict) else None
            wrong += [str(error.get("message", ""))[:200] for error in errors or [] if isinstance(error, dict)]
    return [error for error in wrong if "already been taken" not in error]


def _next(connection: Any, before: str) -> str:
    """Where the next page begins. One that begins where this one did would never end."""
    info = connection.get("pageInfo") if isinstance(connection, dict) else None
    if not isinstance(info, dict) or info.get("hasNextPage") is not True:
        return ""
    cursor = info.get("endCursor")
    return cursor if isinstance(cursor, str) and cursor != before and len(cursor) <= 1000 else ""
