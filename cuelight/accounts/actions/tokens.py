"""Making and revoking tokens for overlays, decks and scripts."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from cuelight.accounts import audit, policy, tokens
from cuelight.accounts.models import AccessToken
from cuelight.errors import Invalid, NotFound
from cuelight.live.broadcast import sign_out


def create_token(
    studio_id: int,
    *,
    name: str,
    scopes: Iterable[str],
    by: int | None = None,
    session_id: int | None = None,
    expires_at: datetime | None = None,
    request: HttpRequest | None = None,
) -> tuple[int, str]:
    """A new token of a studio, and its secret, which is told only here.

    ``by`` answers for what the token does. Raises Invalid for a name or scopes that will not do.
    """
    wanted, name = sorted(set(scopes)), name.strip()
    if not name or len(name) > 60:
        raise Invalid("invalid_name", "Give the token a name of up to 60 letters, such as the place where it is used.")
    if not wanted or set(wanted) - set(policy.SCOPES):
        raise Invalid("invalid_scopes", f"Choose what the token may do: {', '.join(policy.SCOPES)}.")
    if session_id is not None and set(wanted) - {"watch", "control"}:
        raise Invalid("invalid_scopes", "A token for one session may watch or control it; the rest is the studio's.")
    secret = tokens.new_secret()
    with transaction.atomic():
        token = AccessToken.objects.create(
            studio_id=studio_id,
            name=name,
            scopes=wanted,
            session_id=session_id,
            digest=tokens.digest(secret),
            hint=tokens.hint(secret),
            created_by_id=by,
            expires_at=expires_at,
        )
        audit.record("token_made", request=request, studio_id=studio_id, person_id=by, target=name, scopes=wanted)
    return token.id, secret


def revoke_token(studio_id: int, token_id: int, *, by: int | None = None, request: HttpRequest | None = None) -> None:
    """Ends a token and, within a second, the sockets that used it. Revoking twice is once. Raises NotFound."""
    with transaction.atomic():
        token = AccessToken.objects.select_for_update().filter(studio_id=studio_id, id=token_id).first()
        if token is None:
            raise NotFound("There is no such token.")
        if token.revoked_at is None:
            AccessToken.objects.filter(id=token.id).update(revoked_at=timezone.now())
            audit.record("token_revoked", request=request, studio_id=studio_id, person_id=by, target=token.name)
        sign_out(f"token:{token.id}")
