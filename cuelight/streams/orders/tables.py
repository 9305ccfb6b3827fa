"""Order lines in bulk: a file's lines go into a table of the transaction, and the rest is a few statements over all of
them, however many there are."""

from collections.abc import Iterable
from typing import Any

from django.db import connection

from cuelight.streams.orders.lines import Line
from cuelight.streams.orders.matching import Products, batches

#: Articles without a product that are named; the rest is counted.
MOST_UNMATCHED = 50

_TABLE = """
    DROP TABLE IF EXISTS orders_read;
    CREATE TEMPORARY TABLE orders_read (
        order_id text, line int, at timestamptz, product_id bigint, sku text, pid text, name text, quantity int,
        amount_cents bigint, currency text
    ) ON COMMIT DROP
"""
_COLUMNS = "order_id, line, at, product_id, sku, pid, name, quantity, amount_cents, currency"
_COPY = f"COPY orders_read ({_COLUMNS}) FROM STDIN"

# A product that is not in the catalogue any more stays the line's: it was that.
_VALUES = """
    at = r.at, product_id = coalesce(r.product_id, o.product_id), sku = r.sku, pid = r.pid, name = r.name,
    quantity = r.quantity, amount_cents = r.amount_cents, currency = r.currency
"""
_WAS = "jsonb_build_array(o.at, o.product_id, o.sku, o.pid, o.name, o.quantity, o.amount_cents, o.currency)"
_IS = (
    "jsonb_build_array(r.at, coalesce(r.product_id, o.product_id), r.sku, r.pid, r.name, r.quantity, r.amount_cents,"
    " r.currency)"
)
# ``stands``: the line is there and counts. One of an import that was taken back is there and does not.
_PAIRED = """
    FROM orders_read r
    LEFT JOIN streams_orderline o
        ON o.studio_id = %(studio)s AND o.source = %(source)s AND o.order_id = r.order_id AND o.line = r.line
    LEFT JOIN streams_orderimport i ON i.id = o.imported_id
"""
_STANDS = "(o.id IS NOT NULL AND i.reverted_at IS NULL)"
_COUNT = f"""
    SELECT
        count(*) FILTER (WHERE NOT {_STANDS} AND r.quantity > 0),
        count(*) FILTER (WHERE {_STANDS} AND r.quantity > 0 AND {_WAS} <> {_IS}),
        count(*) FILTER (WHERE {_STANDS} AND r.quantity > 0 AND {_WAS} = {_IS}),
        count(*) FILTER (WHERE {_STANDS} AND r.quantity = 0 AND o.quantity > 0),
        coalesce(sum(r.quantity), 0), min(r.at) FILTER (WHERE r.quantity > 0), max(r.at) FILTER (WHERE r.quantity > 0)
    {_PAIRED}
"""
_AMOUNTS = "SELECT currency, sum(amount_cents) FROM orders_read WHERE quantity > 0 GROUP BY 1 ORDER BY 1"
_UNMATCHED = """
    SELECT sku, pid, min(name), count(*), sum(quantity), count(*) OVER ()
    FROM orders_read WHERE product_id IS NULL AND quantity > 0
    GROUP BY sku, pid, CASE WHEN sku = '' AND pid = '' THEN name END ORDER BY 5 DESC, 3, 1, 2 LIMIT %(most)s
"""
_INSERT = f"""
    INSERT INTO streams_orderline (studio_id, source, imported_id, rehearsal, {_COLUMNS})
    SELECT %(studio)s, %(source)s, %(import)s, false, {_COLUMNS} FROM orders_read WHERE quantity > 0
    ON CONFLICT (studio_id, source, order_id, line) DO NOTHING
"""  # noqa: S608
_REMEMBER = f"""
    UPDATE streams_orderimport SET counts = counts || jsonb_build_object('changed_lines', (
        SELECT coalesce(jsonb_agg(jsonb_build_object('id', o.id, 'was', {_WAS}, 'is', {_IS})), '[]')
        {_PAIRED} WHERE {_STANDS} AND {_WAS} <> {_IS} AND (r.quantity > 0 OR o.quantity > 0)
    )) WHERE id = %(import)s
"""  # noqa: S608
_CHANGE = f"""
    UPDATE streams_orderline o SET {_VALUES} FROM orders_read r
    WHERE o.studio_id = %(studio)s AND o.source = %(source)s AND o.order_id = r.order_id AND o.line = r.line
        AND (r.quantity > 0 OR o.quantity > 0) AND {_WAS} <> {_IS}
        AND NOT EXISTS (SELECT 1 FROM streams_orderimport i WHERE i.id = o.imported_id AND i.reverted_at IS NOT NULL)
"""  # noqa: S608
_TAKE_OVER = f"""
    UPDATE streams_orderline o SET imported_id = %(import)s, {_VALUES}
    FROM orders_read r, streams_orderimport i
    WHERE o.studio_id = %(studio)s AND o.source = %(source)s AND o.order_id = r.order_id AND o.line = r.line
        AND i.id = o.imported_id AND i.reverted_at IS NOT NULL AND r.quantity > 0
"""  # noqa: S608
_SWAP = f"""
    UPDATE streams_orderline o SET
        at = (c.after->>0)::timestamptz, product_id = (c.after->>1)::bigint, sku = c.after->>2, pid = c.after->>3,
        name = c.after->>4, quantity = (c.after->>5)::int, amount_cents = (c.after->>6)::bigint, currency = c.after->>7
    FROM (
        SELECT (line->>'id')::bigint AS id, line->%(from)s AS before, line->%(to)s AS after
        FROM streams_orderimport, jsonb_array_elements(counts->'changed_lines') line WHERE id = %(import)s
    ) c
    WHERE o.id = c.id AND {_WAS} = c.before
"""  # noqa: S608


def compare(studio_id: int, source: str, lines: Iterable[Line]) -> dict[str, Any]:
    """What writing these lines would do: the counts of `importing.Counts`. In a transaction of the caller's."""
    _fill(studio_id, lines)
    values: dict[str, int | str] = {"studio": studio_id, "source": source, "most": MOST_UNMATCHED}
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, values)
        added, changed, same, gone, units, since, until = cursor.fetchone()
        cursor.execute(_AMOUNTS)
        amounts = dict(cursor.fetchall())
        cursor.execute(_UNMATCHED, values)
        unmatched = cursor.fetchall()
    return {
        "added": added,
        "changed": changed,
        "same": same,
        "gone": gone,
        "units": units,
        "amounts": {currency: int(amount) for currency, amount in amounts.items()},
        "since": since.isoformat() if since else None,
        "until": until.isoformat() if until else None,
        "unmatched": [
            {"sku": sku, "pid": pid, "name": name, "lines": count, "units": int(pieces)}
            for sku, pid, name, count, pieces, _ in unmatched
        ],
        "unmatched_total": unmatched[0][5] if unmatched else 0,
    }


def write(studio_id: int, source: str, import_id: int) -> None:
    """Writes the lines that `compare` got in this transaction, whose caller holds the studio's lock; what it changes is
    remembered with the import."""
    values: dict[str, int | str] = {"studio": studio_id, "source": source, "import": import_id}
    with connection.cursor() as cursor:
        for statement in (_REMEMBER, _CHANGE, _TAKE_OVER, _INSERT):
            cursor.execute(statement, values)


def swap(import_id: int, *, back: bool) -> None:
    """Puts the lines that an import has changed back to what they were, or again to what it made of them; a line that
    was changed since stays."""
    with connection.cursor() as cursor:
        ways = {"from": "is", "to": "was"} if back else {"from": "was", "to": "is"}
        values: dict[str, int | str] = {"import": import_id, **ways}
        cursor.execute(_SWAP, values)


def _fill(studio_id: int, lines: Iterable[Line]) -> None:
    products = Products(studio_id)
    with connection.cursor() as cursor:
        cursor.execute(_TABLE)
        # Django's cursor hands this on to psycopg's.
        raw: Any = cursor
        # One at a time: nothing can be asked while a COPY goes on.
        for batch in batches(lines):
            matched = products.matched(batch)
            with raw.copy(_COPY) as copy:
                for line, product_id in matched:
                    copy.write_row(
                        (
                            line.order_id, line.line, line.at, product_id, line.sku, line.pid, line.name,
                            line.quantity, line.amount_cents, line.currency,
                        )
                    )  # fmt: skip
        cursor.execute("ANALYZE orders_read")
