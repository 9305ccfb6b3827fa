"""Telling everybody, from synchronous Django code: after the commit, in every process."""

import asyncio
from collections.abc import Callable

import orjson
from django.db import transaction

from cuelight.live import process, relay_sync
from cuelight.live.payload import Payload
from cuelight.live.wire import Encoded, encode

# Called with every broadcast as it goes out; tests look at them this way.
witnesses: list[Callable[[str, str, Encoded], None]] = []


def broadcast(topic: str, event: str, payload: Payload) -> None:
    """Sends an event to all sockets and listeners of a topic once the present transaction has committed.

    Outside a transaction: at once. ``payload`` is encoded now, so later changes to it do not show. Never raises for
    a carrier that is away; that is logged.
    """
    encoded = encode(payload)
    after_commit(lambda: _send(topic, event, encoded))


def _send(topic: str, event: str, payload: Encoded) -> None:
    for witness in witnesses:
        witness(topic, event, payload)
    body = {"topic": topic, "event": event, "payload": orjson.Fragment(payload.json)}
    process.call(
        lambda node: node.spread(topic, event, payload),
        otherwise=lambda: relay_sync.publish("broadcast", body),
    )


def recheck(identity_key: str) -> None:
    """Rights of ``person:3`` changed: after the commit all its channels, in every process, are authorised again."""
    after_commit(
        lambda: process.call(
            lambda node: node.recheck(identity_key),
            otherwise=lambda: relay_sync.publish("recheck", {"key": identity_key}),
        )
    )


def sign_out(identity_key: str) -> None:
    """After the commit all sockets of ``person:3`` end, in every process; those of one sign-in for its key."""
    after_commit(
        lambda: process.call(
            lambda node: node.sign_out(identity_key),
            otherwise=lambda: relay_sync.publish("sign_out", {"key": identity_key}),
        )
    )


def after_commit(action: Callable[[], None]) -> None:
    """Runs ``action`` when the caller's transaction has committed; at once on the loop's thread, which has none."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        transaction.on_commit(action, robust=True)
    else:
        action()
