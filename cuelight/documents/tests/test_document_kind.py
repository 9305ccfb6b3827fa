import pytest

from cuelight.documents.document_kind import EMPTY, DocumentKind
from cuelight.documents.state import DocumentState
from cuelight.documents.text import Text
from cuelight.errors import Refused
from cuelight.live.kind import Event


def test_undo_of_the_journal_is_refused_with_a_sentence() -> None:
    state = DocumentState(1, 1, 0, Text.of(EMPTY), ())
    with pytest.raises(Refused, match="takes changes back by new changes") as refused:
        DocumentKind().mend(state, Event("update", {}, delta=[{"insert": "a"}]))
    assert refused.value.reason == "nothing_to_undo"
