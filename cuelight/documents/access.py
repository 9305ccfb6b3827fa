"""Who may do what in one document: what everyone of its studio may, and what somebody was invited to do.

The policy says which roles "everyone" is. An invitation counts for people outside the studio, too.
"""

from dataclasses import dataclass

from cuelight.accounts import access as accounts_access
from cuelight.accounts.access import Access
from cuelight.accounts.identity import AnyIdentity, PersonIdentity
from cuelight.documents import readers
from cuelight.documents.models import RIGHTS, Document, Share
from cuelight.errors import Forbidden, NotFound

_SAYS = {"read": "read it", "comment": "comment on it", "suggest": "suggest changes", "edit": "write in it"}


@dataclass(frozen=True, slots=True)
class DocumentAccess:
    """Somebody's way into one document. ``right`` is one of RIGHTS."""

    document_id: int
    studio_id: int
    title: str
    right: str
    #: Whether they may invite, rename and remove: whoever made it, and the studio's admins.
    manages: bool
    person_id: int | None
    source: str

    def may(self, action: str) -> bool:
        """``action`` is a row of the policy, such as document.edit."""
        right = action.removeprefix("document.")
        return self.manages if right in ("manage", "restore") else RIGHTS.index(right) <= RIGHTS.index(self.right)

    def require(self, action: str) -> None:
        """Raises Forbidden."""
        if not self.may(action):
            says = _SAYS.get(action.removeprefix("document."), "do this")
            raise Forbidden(f"You may not {says}: this document was shared with you to {self.right} only.")


def read_access(who: AnyIdentity, document_id: int, *, binned: bool = False) -> DocumentAccess:
    """From the database. Raises NotFound for whoever may not even read it, and when it is in the bin; with ``binned``
    when it is not."""
    if not 0 < document_id < 2**63:
        raise NotFound()
    found = Document.objects.filter(pk=document_id, trashed_at__isnull=not binned, studio__deleted_at=None)
    document = found.first()
    if document is None:
        raise NotFound()
    access = accounts_access.read_access(who, document.studio_id)
    rights = [right for right in RIGHTS if access.may(f"document.{right}")] if document.everyone else []
    rights = rights[: RIGHTS.index(document.everyone) + 1] if rights else []
    best = max([*rights, *_invited(who, document, access)], key=RIGHTS.index, default=None)
    manages = _manages(who, document, access)
    if best is None and not manages and not readers.may_read(who, document_id):
        raise NotFound()
    return DocumentAccess(
        document_id,
        document.studio_id,
        document.title,
        "edit" if manages else best or "read",
        manages,
        access.person_id,
        access.source,
    )


def _invited(who: AnyIdentity, document: Document, access: Access) -> list[str]:
    if not isinstance(who, PersonIdentity):
        return []
    shares = Share.objects.filter(document=document, person_id=who.person_id)
    if not access.grants:
        shares = shares.filter(as_member=False)
    return list(shares.values_list("right", flat=True))


def _manages(who: AnyIdentity, document: Document, access: Access) -> bool:
    if access.may("document.manage"):
        return True
    # Whoever made it and has left the studio is a stranger to it.
    return isinstance(who, PersonIdentity) and document.created_by_id == who.person_id and access.may("document.create")
