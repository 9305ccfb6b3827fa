"""The list of documents: its tabs with their counts, what is searched, and one page of rows, newest change first."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.expressions import RawSQL

from cuelight.accounts.access import Access
from cuelight.documents.actions.keeping import KEPT_DAYS
from cuelight.documents.models import Document, Share
from cuelight.documents.presence import Here, open_now
from cuelight.ui.tabbed import Tab, page_of

#: Rows of one page, and documents that the palette knows.
PAGE = 50
MOST_KNOWN = 200
TABS = {"mine": "Mine", "shared": "Shared with me", "all": "All", "bin": "Bin"}
UPDATED = "SELECT a.updated_at FROM live_aggregate a WHERE a.id = 'document:' || documents_document.id"


class Row(NamedTuple):
    """A document in the list. ``from_studio``: the name of its studio, where that is another one."""

    id: int
    title: str
    owner: str
    from_studio: str
    updated_at: datetime
    trashed_at: datetime | None
    manages: bool
    may_duplicate: bool
    here: list[Here]

    @property
    def deleted_on(self) -> datetime | None:
        return self.trashed_at and self.trashed_at + timedelta(days=KEPT_DAYS)


class Listing(NamedTuple):
    """One page of one tab. ``total`` counts all that was found in it."""

    tabs: list[Tab]
    tab: str
    rows: list[Row]
    total: int
    number: int
    pages: int


def listing(
    person_id: int, current: Access | None, accesses: Mapping[int, Access], *, tab: str, words: str, page: str
) -> Listing:
    """The page of the list that was asked for; what does not exist is taken for the first. ``current``: the studio one
    is in; None: no studio, and nothing but what was shared. ``accesses``: of every studio one belongs to, by its id."""
    sets = _tabs(person_id, current, accesses)
    found = {key: matching(documents, words) for key, documents in sets.items()}
    counts = {key: documents.count() for key, documents in found.items()}
    if tab not in found:
        # Who has made none begins with what there is.
        tab = next((key for key in ("mine", "all", "shared") if counts.get(key)), next(iter(found)))
    total = counts[tab]
    number, pages = page_of(page, total, PAGE)
    ordered = newest_first(found[tab])[(number - 1) * PAGE : number * PAGE]
    return Listing(
        tabs=[Tab(key, TABS[key], counts[key]) for key in found],
        tab=tab,
        rows=_rows(ordered, person_id, current, accesses),
        total=total,
        number=number,
        pages=pages,
    )


def readable(person_id: int, accesses: Mapping[int, Access]) -> QuerySet[Document]:
    """Every document that somebody may read, in whichever studio."""
    found = shared_with(person_id, accesses)
    for access in accesses.values():
        found = found | of_studio(person_id, access)
    return found


def shared_with(person_id: int, accesses: Mapping[int, Access]) -> QuerySet[Document]:
    """What was shared with somebody by name, in whichever studio."""
    shares = Share.objects.filter(document_id=OuterRef("pk"), person_id=person_id)
    mine = shares.filter(Q(as_member=False) | Q(document__studio_id__in=list(accesses)))
    return _there().filter(Exists(mine))


def of_studio(person_id: int, access: Access) -> QuerySet[Document]:
    """The documents of a studio that somebody of it may read."""
    documents = _there().filter(studio_id=access.studio_id)
    if not access.may("document.read"):
        return documents.none()
    if access.may("document.manage"):
        return documents
    mine = Exists(Share.objects.filter(document_id=OuterRef("pk"), person_id=person_id))
    return documents.filter(~Q(everyone="") | _made_by(person_id, access) | Q(mine))


def matching(documents: QuerySet[Document], words: str) -> QuerySet[Document]:
    """Those of them whose name has every word."""
    for word in words.replace("\0", "").split()[:8]:
        documents = documents.filter(title__icontains=word)
    return documents


def newest_first(documents: QuerySet[Document]) -> QuerySet[Document]:
    """With ``updated_at``, when their text was last changed."""
    return documents.annotate(updated_at=RawSQL(UPDATED, ())).order_by(  # noqa: S611  (a constant)
        F("updated_at").desc(nulls_last=True), "-pk"
    )


def _tabs(person_id: int, current: Access | None, accesses: Mapping[int, Access]) -> dict[str, QuerySet[Document]]:
    shared = shared_with(person_id, accesses)
    if current is None or not current.may("document.list"):
        return {"shared": shared}
    binned = Document.objects.filter(studio_id=current.studio_id, trashed_at__isnull=False)
    if not current.may("document.manage"):
        binned = binned.filter(_made_by(person_id, current))
    return {
        "mine": _there().filter(studio_id=current.studio_id, created_by_id=person_id),
        "shared": shared,
        "all": of_studio(person_id, current),
        "bin": binned,
    }


def _made_by(person_id: int, access: Access) -> Q:
    """What somebody manages because they made it."""
    return Q(created_by_id=person_id) if access.may("document.create") else Q(pk=None)


def _there() -> QuerySet[Document]:
    return Document.objects.filter(trashed_at=None, studio__deleted_at=None)


def _rows(
    documents: QuerySet[Document], person_id: int, current: Access | None, accesses: Mapping[int, Access]
) -> list[Row]:
    found = list(documents.select_related("created_by", "studio"))
    here = open_now([document.pk for document in found])
    rows = []
    for document in found:
        access = accesses.get(document.studio_id)
        is_own = access is not None and document.created_by_id == person_id and access.may("document.create")
        elsewhere = current is None or document.studio_id != current.studio_id
        rows.append(
            Row(
                id=document.pk,
                title=document.title,
                owner=document.created_by.name if document.created_by else "",
                from_studio=document.studio.name if elsewhere else "",
                updated_at=getattr(document, "updated_at", None) or document.created_at,
                trashed_at=document.trashed_at,
                manages=is_own or (access is not None and access.may("document.manage")),
                may_duplicate=access is not None and access.may("document.create"),
                here=here.get(document.pk, []),
            )
        )
    return rows
