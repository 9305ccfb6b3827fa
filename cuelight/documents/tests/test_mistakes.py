"""What others got wrong before, where no other test of ours would see it. README.md has the whole list."""

import pytest

from cuelight.accounts.models import Person
from cuelight.accounts.testing import who
from cuelight.documents.tests.conftest import joined, sent, topic_of
from cuelight.live.testing import connect

pytestmark = pytest.mark.usefixtures("live")


async def test_who_somebody_is_is_not_what_they_say_they_are(
    document_id: int, producer: Person, host: Person, stranger: Person
) -> None:
    async with connect(who(host)) as tom, connect(who(producer)) as mia, connect(who(stranger)) as eve:
        answer = await joined(tom, document_id, user_id=producer.pk, person_id=producer.pk, right="edit")
        assert answer["user_id"] == host.pk
        await joined(mia, document_id)
        await sent(tom, document_id, [{"insert": "x"}], 1)
        heard = await mia.receive(topic_of(document_id), "remote_update")
        assert heard["user_id"] == host.pk
        refused = await eve.join(topic_of(document_id), {"user_id": producer.pk})
        assert refused.status == "error"


async def test_others_hear_a_late_change_as_it_was_rewritten(document_id: int, producer: Person, host: Person) -> None:
    async with connect(who(producer)) as mia, connect(who(host)) as tom:
        await joined(mia, document_id)
        await joined(tom, document_id)
        await sent(mia, document_id, [{"insert": "Say "}], 1)
        await sent(tom, document_id, [{"retain": 5}, {"insert": "!"}], 1)
        for _ in range(2):
            heard = await mia.receive(topic_of(document_id), "remote_update")
        assert (heard["version"], heard["change"]) == (3, [{"retain": 9}, {"insert": "!"}])
