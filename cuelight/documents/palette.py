"""What ``Ctrl+K`` knows of documents."""

from typing import TypedDict

from cuelight.accounts.access import Access
from cuelight.accounts.identity import AnyIdentity, PersonIdentity
from cuelight.documents import listing


class Entry(TypedDict):
    """One line of the palette."""

    title: str
    detail: str
    href: str


def entries(who: AnyIdentity, accesses: list[Access]) -> tuple[list[Entry], list[Entry]]:
    """The pages, and the documents that somebody may read, in any studio or by a share; the newest change first."""
    if not isinstance(who, PersonIdentity):
        return [], []
    known = listing.newest_first(listing.readable(who.person_id, {one.studio_id: one for one in accesses}))
    found: list[Entry] = [
        {"title": document.title, "detail": "Document", "href": f"/documents/{document.pk}"}
        for document in known[: listing.MOST_KNOWN]
    ]
    pages: list[Entry] = []
    if found or any(one.may("document.list") for one in accesses):
        pages.append({"title": "Documents", "detail": "Page", "href": "/documents"})
    if any(one.may("document.create") for one in accesses):
        pages.append({"title": "New document", "detail": "Page", "href": "/documents/new"})
    return pages, found
