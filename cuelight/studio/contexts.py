"""Every context there is, for what spans them all. A new one adds its line here."""

from collections.abc import Callable, Sequence
from typing import NamedTuple, Protocol

from cuelight.accounts import actions as accounts
from cuelight.accounts import exporting as accounts_exporting
from cuelight.accounts.archive import Archive
from cuelight.catalog import actions as catalog
from cuelight.catalog import exporting as catalog_exporting
from cuelight.documents import erasing as documents
from cuelight.documents import exporting as documents_exporting
from cuelight.live import erasing as live
from cuelight.live.studio_log import StudioEntry
from cuelight.sessions import erasing as sessions
from cuelight.sessions import exporting as sessions_exporting
from cuelight.sessions import log_words
from cuelight.sessions.log_words import Said
from cuelight.streams import erasing as streams
from cuelight.streams import exporting as streams_exporting
from cuelight.widgets import erasing as widgets
from cuelight.widgets import exporting as widgets_exporting


class Exporting(Protocol):
    """A context's ``exporting.py``."""

    #: What its files are, for the archive's README.
    README: str

    def export_size(self, studio_id: int) -> int: ...
    def export_studio(self, studio_id: int, archive: Archive) -> None: ...


class Context(NamedTuple):
    """What a context gives. ``describe``: its live commands in words, by the kind of its aggregates."""

    name: str
    exporting: Exporting | None
    erase: Callable[[int], None]
    describe: dict[str, Callable[[int, Sequence[StudioEntry]], list[Said]]]


#: From the ground up: it is taken out in this order and erased in the other.
CONTEXTS = (
    Context("accounts", accounts_exporting, accounts.erase_studio, {}),
    Context("live", None, live.erase_studio, {}),
    Context("catalog", catalog_exporting, catalog.erase_studio, {}),
    Context("documents", documents_exporting, documents.erase_studio, {}),
    Context("sessions", sessions_exporting, sessions.erase_studio, {"session": log_words.describe}),
    Context("streams", streams_exporting, streams.erase_studio, {}),
    Context("widgets", widgets_exporting, widgets.erase_studio, {}),
)

DESCRIBE = {kind: words for context in CONTEXTS for kind, words in context.describe.items()}


def exporting() -> list[tuple[str, Exporting]]:
    return [(context.name, context.exporting) for context in CONTEXTS if context.exporting is not None]
