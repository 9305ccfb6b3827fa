"""The journal's SQL. Parameters are PostgreSQL's own ($1), understood by asyncpg and by psycopg's raw cursors."""

HEAD = """
SELECT id, kind, studio_id, version, state::text AS state, format, deleted_at FROM live_aggregate WHERE id = $1
"""

HEAD_FOR_UPDATE = HEAD.rstrip() + " FOR UPDATE\n"

CREATE = """
INSERT INTO live_aggregate (id, kind, studio_id, version, state, format, updated_at)
VALUES ($1, $2, $3, 0, $4::jsonb, $5, now())
"""

CREATE_ONCE = CREATE.rstrip() + " ON CONFLICT (id) DO NOTHING\n"

# The compare-and-set of the batch. The heads are locked in id order first: without that step the planner chooses the
# order, and two processes with the same aggregates deadlock. A head that moved is absent from what comes back, and
# none of its rows are inserted.
#   $1-$4: one entry per aggregate, sorted by id: id, version expected, version after, state after
#   $5-$13: one entry per journal row
#   $14: the format of each head's state, in the order of $1
COMMIT_BATCH = """
WITH a AS MATERIALIZED (
    SELECT * FROM unnest($1::text[], $2::bigint[], $3::bigint[], $4::jsonb[], $14::smallint[])
        AS a(id, expected, head, state, format)
), locked AS MATERIALIZED (
    SELECT h.id FROM live_aggregate h JOIN a ON h.id = a.id AND h.version = a.expected AND h.deleted_at IS NULL
    ORDER BY h.id FOR UPDATE OF h
), moved AS (
    UPDATE live_aggregate h SET version = a.head, state = a.state, format = a.format, updated_at = now()
    FROM a JOIN locked ON locked.id = a.id WHERE h.id = a.id RETURNING h.id, h.studio_id
), written AS (
    INSERT INTO journal (aggregate_id, version, op_id, format, event, actor_id, source, payload_hash, at, studio_id)
    SELECT c.id, c.version, c.op_id, c.format, c.event, c.actor_id, c.source, c.payload_hash, c.at, moved.studio_id
    FROM moved JOIN unnest($5::text[], $6::bigint[], $7::uuid[], $8::smallint[], $9::jsonb[], $10::bigint[],
                           $11::text[], $12::bigint[], $13::timestamptz[])
        AS c(id, version, op_id, format, event, actor_id, source, payload_hash, at) ON c.id = moved.id
)
SELECT id FROM moved
"""

# The same for one row of one aggregate: what an idle show pays for a key press.
COMMIT_ONE = """
WITH moved AS (
    UPDATE live_aggregate SET version = $2::bigint + 1, state = $3::jsonb, format = $5::smallint, updated_at = now()
    WHERE id = $1::text AND version = $2::bigint AND deleted_at IS NULL RETURNING id, version, studio_id
)
INSERT INTO journal (aggregate_id, version, op_id, format, event, actor_id, source, payload_hash, at, studio_id)
SELECT id, version, $4::uuid, $5::smallint, $6::jsonb, $7::bigint, $8::text, $9::bigint, $10::timestamptz, studio_id
FROM moved RETURNING version
"""

ENTRIES_AFTER = """
SELECT version, op_id, format, event::text AS event, actor_id, source, payload_hash, at FROM journal
WHERE aggregate_id = $1 AND version > $2 ORDER BY version
"""

NEWEST_ENTRIES = """
SELECT * FROM (
    SELECT version, op_id, format, event::text AS event, actor_id, source, payload_hash, at FROM journal
    WHERE aggregate_id = $1 ORDER BY version DESC LIMIT $2
) newest ORDER BY version
"""

OPERATIONS = """
SELECT op_id, version, actor_id, payload_hash FROM journal WHERE aggregate_id = $1 AND op_id = ANY($2::uuid[])
"""

HEAD_AND_OPERATION = """
SELECT h.version AS head, h.deleted_at, j.version, j.actor_id, j.payload_hash
FROM live_aggregate h LEFT JOIN journal j ON j.aggregate_id = h.id AND j.op_id = $2::uuid WHERE h.id = $1
"""

HEADS = """
SELECT id, version, deleted_at FROM live_aggregate WHERE id = ANY($1::text[])
"""

# For a caller's own transaction, after HEAD_FOR_UPDATE.
MOVE_HEAD = """
UPDATE live_aggregate SET version = $2, state = $3::jsonb, format = $4, updated_at = now() WHERE id = $1
"""

INSERT_ENTRY = """
INSERT INTO journal (aggregate_id, version, op_id, format, event, actor_id, source, payload_hash, at, studio_id)
VALUES ($1, $2, $3, $4, $5::jsonb, $6, $7, $8, $9, $10)
"""

# Old events said shorter; their rows stay.
REWRITE_EVENTS = """
UPDATE journal SET event = shorter.event
FROM unnest($2::bigint[], $3::jsonb[]) AS shorter(version, event)
WHERE aggregate_id = $1 AND journal.version = shorter.version
"""

# The end of a studio. Its heads are closed first, so that nothing is written any more; the rows of an aggregate go a
# batch at a time, found by the journal's key; its head goes last, so that a second run knows what the first one left.
CLOSE_STUDIO = """
UPDATE live_aggregate SET deleted_at = now() WHERE studio_id = $1 AND deleted_at IS NULL
"""

HEADS_OF_STUDIO = """
SELECT id FROM live_aggregate WHERE studio_id = $1 ORDER BY id
"""

ERASE_ENTRIES = """
DELETE FROM journal WHERE aggregate_id = $1 AND version IN (
    SELECT version FROM journal WHERE aggregate_id = $1 ORDER BY version LIMIT $2
)
"""

ERASE_HEAD = """
DELETE FROM live_aggregate WHERE id = $1
"""
