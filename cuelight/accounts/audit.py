"""The audit log: what was done that matters for safety, by whom, from where. Never a secret, never what was typed."""

from typing import Any

from django.http import HttpRequest

from cuelight.accounts.models import AuditEntry
from cuelight.ui.address import client_address

#: Every kind of entry, and how people read it.
KINDS = {
    "sign_in": "Signed in",
    "sign_in_failed": "Sign-in failed",
    "sign_out": "Signed out",
    "locked_out": "Locked out",
    "signed_up": "Made an account",
    "email_confirmed": "Confirmed an address",
    "email_changed": "Changed an address",
    "password_changed": "Changed the password",
    "password_reset": "Reset the password",
    "codes_on": "Turned time-based codes on",
    "codes_off": "Turned time-based codes off",
    "provider_connected": "Connected a sign-in of another site",
    "provider_disconnected": "Removed a sign-in of another site",
    "account_erased": "Erased an account",
    "studio_created": "Made the studio",
    "studio_changed": "Changed the studio",
    "studio_deleted": "Deleted the studio",
    "studio_restored": "Restored the studio",
    "studio_exported": "Exported the studio",
    "role_granted": "Gave a role",
    "role_revoked": "Took a role away",
    "member_left": "Left the studio",
    "guest_ended": "A guest's time ended",
    "invitation_made": "Made an invitation",
    "invitation_revoked": "Revoked an invitation",
    "invitation_accepted": "Accepted an invitation",
    "passphrase_set": "Set a passphrase",
    "passphrase_removed": "Removed a passphrase",
    "token_made": "Made a token",
    "token_revoked": "Revoked a token",
    "import_started": "Imported a file",
    "session_deleted": "Deleted a session",
    "product_deleted": "Deleted products",
}

_SECRET = ("password", "passphrase", "secret", "token", "code", "key")


def record(
    kind: str,
    *,
    request: HttpRequest | None = None,
    studio_id: int | None = None,
    person_id: int | None = None,
    token_id: int | None = None,
    target: str = "",
    **detail: Any,
) -> None:
    """Writes one entry, in the caller's transaction. Who and from where are the request's, unless they are given.

    ``detail`` is a few plain values. ValueError for a kind that is not in ``KINDS`` and for a detail that sounds like
    a secret.
    """
    if kind not in KINDS:
        raise ValueError(f"{kind} is not in the list of audit entries")
    if bad := [name for name in detail if any(word in name for word in _SECRET)]:
        raise ValueError(f"{bad} must not be written down")
    who = getattr(request, "identity", None)
    AuditEntry.objects.create(
        kind=kind,
        studio_id=studio_id,
        person_id=person_id if person_id is not None else getattr(who, "person_id", None),
        token_id=token_id if token_id is not None else getattr(who, "token_id", None),
        target=target[:200],
        detail=detail,
        address=client_address(request) if request is not None else None,
    )
