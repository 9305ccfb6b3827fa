"""A document that says hello, and a running hub to speak to."""

from typing import Any
from uuid import uuid4

import pytest

from cuelight.accounts.models import Person, Studio
from cuelight.documents import actions
from cuelight.documents.delta import Delta
from cuelight.live.testing import Client, Reply


@pytest.fixture
def document_id(transactional_db: None, studio: Studio, producer: Person) -> int:
    contents: Delta = [{"insert": "hello\n"}]
    return actions.create_document(studio.pk, title="Script", by=producer.pk, contents=contents)


@pytest.fixture
def other_studio(transactional_db: None) -> Studio:
    return Studio.objects.create(name="Rival TV", slug="rival")


def topic_of(document_id: int) -> str:
    return f"document:{document_id}"


async def joined(socket: Client, document_id: int, **payload: Any) -> dict[str, Any]:
    reply = await socket.join(topic_of(document_id), payload)
    assert reply.status == "ok", reply
    return reply.response


async def sent(socket: Client, document_id: int, change: Any, version: Any, op_id: Any = None) -> Reply:
    """The reply to a change."""
    payload = {"change": change, "version": version, "op_id": str(op_id or uuid4())}
    return await socket.push(topic_of(document_id), "update", payload)


def plain(contents: Delta) -> str:
    return "".join(op["insert"] if isinstance(op["insert"], str) else "\ufffc" for op in contents)
