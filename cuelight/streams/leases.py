"""Which process reads which platform of which studio: exactly one, and another soon after it has died.

A lease is a row of ``Feed``, good for a few seconds by the database's clock and renewed by its holder all the time. A
process that could not renew it stops reading before anybody else may begin.
"""

from collections.abc import Sequence
from typing import NamedTuple

from django.db import connection

#: Seconds that a lease is good for. A process that dies is replaced within this and one look (`feeds.LOOK_S`).
LEASE_S = 6

_MARK = """
    INSERT INTO streams_watch (studio_id, wanted_until)
    SELECT studio_id, now() + make_interval(secs => %s) FROM unnest(%s::bigint[]) AS given (studio_id)
    WHERE EXISTS (SELECT FROM accounts_studio WHERE id = studio_id)
    ORDER BY studio_id
    ON CONFLICT (studio_id) DO UPDATE SET wanted_until = greatest(streams_watch.wanted_until, excluded.wanted_until)
"""
# Everybody who is read: connected, and watched or on air. `on_air` are the studios with a session that runs.
_WANTED = """
    SELECT a.id, a.studio_id, a.platform, extract(epoch FROM a.connected_at)::text || a.settings::text
    FROM streams_platformaccount a JOIN accounts_studio s ON s.id = a.studio_id
    WHERE a.state = 'connected' AND s.deleted_at IS NULL AND a.platform = ANY(%s) AND (
        a.studio_id = ANY(%s)
        OR EXISTS (SELECT FROM streams_watch w WHERE w.studio_id = a.studio_id AND w.wanted_until > now())
    )
"""
_ENSURE = """
    INSERT INTO streams_feed (studio_id, platform, status, sentence, since, title, category, owner)
    SELECT studio_id, platform, 'off', '', now(), '', '', ''
    FROM unnest(%s::bigint[], %s::text[]) AS given (studio_id, platform)
    ORDER BY studio_id, platform ON CONFLICT (studio_id, platform) DO NOTHING
"""
_TAKE = """
    UPDATE streams_feed f SET owner = %s, lease_until = now() + make_interval(secs => %s)
    WHERE f.id IN (
        SELECT f.id FROM streams_feed f JOIN unnest(%s::bigint[], %s::text[]) AS given (studio_id, platform)
            ON f.studio_id = given.studio_id AND f.platform = given.platform
        WHERE f.owner = '' OR f.lease_until < now()
        ORDER BY f.id FOR UPDATE OF f SKIP LOCKED
    )
    RETURNING f.studio_id, f.platform
"""
_RENEW = """
    UPDATE streams_feed f SET lease_until = now() + make_interval(secs => %s)
    WHERE f.id IN (
        SELECT f.id FROM streams_feed f JOIN unnest(%s::bigint[], %s::text[]) AS given (studio_id, platform)
            ON f.studio_id = given.studio_id AND f.platform = given.platform
        WHERE f.owner = %s ORDER BY f.id FOR UPDATE OF f
    )
    RETURNING f.studio_id, f.platform
"""

Key = tuple[int, str]


class Wanted(NamedTuple):
    """An account that is to be read. ``revision`` changes when it was connected anew or set differently."""

    account_id: int
    studio_id: int
    platform: str
    revision: str

    @property
    def key(self) -> Key:
        return self.studio_id, self.platform


def mark_watched(studio_ids: Sequence[int], seconds: float) -> None:
    """Somebody of these studios has the dashboard open: their platforms are read for so long at least."""
    with connection.cursor() as cursor:
        cursor.execute(_MARK, [seconds, sorted(studio_ids)])


def wanted(platforms: Sequence[str], on_air: Sequence[int]) -> list[Wanted]:
    """The accounts of these platforms that are to be read now, by any process."""
    with connection.cursor() as cursor:
        cursor.execute(_WANTED, [list(platforms), list(on_air)])
        return [Wanted(*row) for row in cursor.fetchall()]


def take(owner: str, keys: Sequence[Key], seconds: float = LEASE_S) -> set[Key]:
    """Of these feeds, those that nobody reads: this process does now, for so long."""
    if not keys:
        return set()
    studios, platforms = [key[0] for key in keys], [key[1] for key in keys]
    with connection.cursor() as cursor:
        cursor.execute(_ENSURE, [studios, platforms])
        cursor.execute(_TAKE, [owner, seconds, studios, platforms])
        return {(studio_id, platform) for studio_id, platform in cursor.fetchall()}


def renew(owner: str, keys: Sequence[Key], seconds: float = LEASE_S) -> set[Key]:
    """Which of these are still this process's, for another while. A lease that ran out unnoticed counts, unless it
    was taken."""
    if not keys:
        return set()
    with connection.cursor() as cursor:
        cursor.execute(_RENEW, [seconds, [key[0] for key in keys], [key[1] for key in keys], owner])
        return {(studio_id, platform) for studio_id, platform in cursor.fetchall()}


def release(owner: str, key: Key) -> None:
    """Whoever wants may read it from now on. Until when it was read stays known."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE streams_feed SET owner = '', lease_until = now()"
            " WHERE studio_id = %s AND platform = %s AND owner = %s",
            [*key, owner],
        )
