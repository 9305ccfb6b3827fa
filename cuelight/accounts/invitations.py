"""Links of invitations: what is signed in them, and who may use what they open."""

import secrets
from collections.abc import Iterable
from typing import NamedTuple

from django.core import signing

from cuelight.accounts import policy, queries
from cuelight.accounts.models import Invitation, Role
from cuelight.errors import Invalid

SALT = "cuelight.invitation"
#: A guest reads or drives a show; the studio itself and its catalogue are for people with an account.
GUEST_ROLES = frozenset({"host", "producer"})
MOST_USES = 50
LASTS_HOURS = (1, 24, 7 * 24, 30 * 24)
GUEST_HOURS = (2, 4, 8, 12, 24)
DEFAULT_LASTS_HOURS = 7 * 24


#: Without the time: an invitation's link is the same whenever one looks.
_signer = signing.Signer(salt=SALT)


class Shown(NamedTuple):
    """An invitation as its link shows it."""

    invitation: Invitation
    #: The link came by mail, to the invitation's own address: whoever has it reads that mailbox.
    is_mailed: bool


def new_nonce() -> str:
    return secrets.token_urlsafe(16)


def path(invitation: Invitation, *, mailed: bool = False) -> str:
    """The local path of an invitation's link. ``mailed``: it goes to the invited mailbox, and nowhere else.

    Whoever may invite can look a link up again, so the ordinary one must prove nothing about a mailbox.
    """
    said: list[int | str] = [invitation.pk, invitation.nonce]
    return f"/invitation/{_signer.sign_object([*said, 'mailed'] if mailed else said)}"


def read(token: str) -> Shown:
    """The invitation of a link, open or not. Raises Invalid when the link is not ours, was changed or replaced."""
    try:
        number, nonce, *rest = _signer.unsign_object(token)
    except (signing.BadSignature, ValueError, TypeError) as error:
        raise Invalid("link_invalid", "This link is not complete. Copy it again, all of it.") from error
    if not isinstance(number, int) or not isinstance(nonce, str):
        raise Invalid("link_invalid", "This link is not complete. Copy it again, all of it.")
    open_studios = Invitation.objects.filter(studio__deleted_at__isnull=True).select_related("studio", "created_by")
    invitation = open_studios.filter(id=number, nonce=nonce).first()
    if invitation is None:
        raise Invalid("link_replaced", "This link is not good any more. Ask for a new one.")
    return Shown(invitation, is_mailed=rest == ["mailed"])


def needed(roles: Iterable[str]) -> str:
    """The action of the policy that making an invitation with these roles is."""
    return "studio.invite_hosts" if set(roles) == {Role.HOST.value} else "studio.invite"


def is_good(invitation: Invitation) -> bool:
    """Whether it lets anybody in: it is open, and whoever made it may still invite like that.

    Else an admin who was taken out would come back by a link they had put aside. One of the command line is nobody's.
    """
    return invitation.is_open() and _is_backed(invitation)


def why_over(invitation: Invitation) -> str:
    """Why an invitation that is not good is not."""
    if invitation.revoked_at is not None:
        return "It was taken back."
    if invitation.uses >= invitation.max_uses:
        return "It was used already."
    return "It has run out." if not invitation.is_open() else "Whoever made it is no longer there to invite you."


def _is_backed(invitation: Invitation) -> bool:
    if invitation.created_by_id is None:
        return True
    held = queries.roles(invitation.created_by_id, invitation.studio_id)
    return policy.allows(held, needed(invitation.roles))


def is_for(invitation: Invitation, person_id: int) -> bool:
    """Whether a person may use an invitation: one by mail is for who owns its address, and has shown that."""
    return invitation.email is None or queries.owns_address(person_id, invitation.email)


def masked(email: str) -> str:
    """``m…@studio.example``: enough to recognise one's own, not to learn another's."""
    name, _, host = email.partition("@")
    return f"{name[:1]}…@{host}"
