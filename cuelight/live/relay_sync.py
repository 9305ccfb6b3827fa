"""The relay for code without a loop (worker, command line), and the choice of its carrier."""

import secrets

import orjson
from django.conf import settings

from cuelight.live import relay_postgres, relay_redis
from cuelight.live.relay import Carrier, Json, cut


def choose_carrier() -> Carrier:
    """Redis when REDIS_URL is set, else PostgreSQL."""
    if settings.REDIS_URL:
        return relay_redis.RedisCarrier(settings.REDIS_URL)
    return relay_postgres.PostgresCarrier()


def publish(kind: str, body: Json) -> None:
    """Sends to all server processes now; the caller has committed what it speaks of."""
    number = secrets.token_hex(6)
    if settings.REDIS_URL:
        texts = cut("sync", kind, number, orjson.dumps(body), relay_redis.RedisCarrier.part_bytes)
        relay_redis.send_sync(settings.REDIS_URL, texts)
    else:
        texts = cut("sync", kind, number, orjson.dumps(body), relay_postgres.PostgresCarrier.part_bytes)
        relay_postgres.send_sync(texts)
