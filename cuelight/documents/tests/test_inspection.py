"""What the console tells of a document."""

import orjson
import pytest
from django.db import transaction

from cuelight.accounts.models import Person, Studio
from cuelight.accounts.testing import who
from cuelight.documents import actions, inspection
from cuelight.documents.access import read_access
from cuelight.documents.models import Share, Snapshot
from cuelight.errors import NotFound
from cuelight.jobs import enqueue


def test_it_says_how_a_document_stands(studio: Studio, producer: Person, host: Person) -> None:
    contents = [{"insert": "Hello\nyou\n"}]
    made = actions.create_document(studio.pk, title="Script", by=producer.pk, contents=contents, everyone="")
    Share.objects.create(document_id=made, person=host, right="comment")
    actions.make_link(read_access(who(producer), made), right="read", days=1)
    Snapshot.objects.create(
        document_id=made, version=1, contents=orjson.dumps(contents), html="", crc=0xABC, name="First"
    )
    with transaction.atomic():
        enqueue("documents.erase_text", document_id=made)
    told = list(inspection.told(made, with_text=True))
    assert told[0] == f"Document {made} “Script” of Pavoi Live, in use"
    assert told[1].startswith("Version    1; 10 units, 1 runs")
    for line in (
        "Everyone   may do nothing", "Shared     Tom may comment", "Open       1 links, 0 letters", "Snapshots  1",
        "           version 1 “First”, 0 behind, crc 00000abc", "Jobs       1",
        "           documents.erase_text: 1 todo",
    ):  # fmt: skip
        assert line in told
    assert any(line.startswith("Wrote      Mia: 1 of") for line in told)
    assert told[-2:] == ["Hello", "you"]


@pytest.mark.django_db
def test_it_says_so_where_there_is_none() -> None:
    with pytest.raises(NotFound):
        list(inspection.told(404))
