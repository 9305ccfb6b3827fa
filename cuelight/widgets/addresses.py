"""Secret addresses of overlays and docks: who has one has the page, until it gets a new one or is deleted."""

from typing import TypeVar

from django.db import transaction
from django.utils import timezone

from cuelight.accounts import tokens
from cuelight.accounts.access import Access
from cuelight.accounts.actions.tokens import create_token, revoke_token
from cuelight.errors import Invalid, NotFound
from cuelight.sealing import Unsealable, seal, unseal
from cuelight.widgets.address_models import Addressed

Page = TypeVar("Page", bound=Addressed)


def page(table: type[Page], studio_id: int, page_id: int) -> Page:
    """Raises NotFound."""
    found = table._default_manager.filter(studio_id=studio_id, pk=page_id, deleted_at=None).first()
    if found is None:
        raise _not_there(table)
    return found


def pages(table: type[Page], studio_id: int) -> list[Page]:
    """A studio's by their names."""
    return list(table._default_manager.filter(studio_id=studio_id, deleted_at=None).order_by("name", "id"))


def studio_of(table: type[Addressed], page_id: int) -> int | None:
    """The studio of a page, also of a deleted one: it can be put back. None when there is none. For the gate."""
    if page_id >= 2**63:
        return None
    return table._default_manager.filter(pk=page_id).values_list("studio_id", flat=True).first()


def by_secret(table: type[Page], secret: str) -> Page | None:
    """The page of an address that is still good."""
    token = tokens.by_secret(secret)
    if token is None:
        return None
    return table._default_manager.filter(token_id=token.token_id, deleted_at=None).first()


def secret_of(addressed: Addressed) -> str:
    """The secret in its address; nothing when it was sealed with a key that is lost: then it is made anew."""
    try:
        return unseal(addressed.sealed_secret, purpose=addressed.PURPOSE) if addressed.sealed_secret else ""
    except Unsealable:
        return ""


def named(table: type[Addressed], name: str) -> str:
    """A name as it is kept. Raises Invalid."""
    name = " ".join(name.split())
    if not name or len(name) > 60 or not name.isprintable():
        raise Invalid("invalid_name", f"Give the {table.CALLED} a name of up to 60 letters.")
    return name


def require_room(table: type[Addressed], studio_id: int, most: int) -> None:
    """Raises Invalid when a studio has ``most`` of them already."""
    if table._default_manager.filter(studio_id=studio_id, deleted_at=None).count() >= most:
        raise Invalid("too_many", f"A studio has {most} {table.CALLED}s at most.")


def create(made: Addressed) -> None:
    """Keeps a new page, with an address of its own."""
    with transaction.atomic():
        _begin(made, by=made.made_by_id)
        made.save()


def delete(table: type[Addressed], page_id: int, *, access: Access) -> None:
    """Takes a page out; its address leads nowhere from now on, and who has it open is put out within a second.
    Raises NotFound."""
    with transaction.atomic():
        found = page(table, access.studio_id, page_id)
        _end(found, by=access.person_id)
        table._default_manager.filter(pk=found.pk).update(deleted_at=timezone.now())


def restore(table: type[Page], page_id: int, *, access: Access) -> Page:
    """Puts a deleted page back. Its address is a new one. Raises NotFound."""
    with transaction.atomic():
        found = table._default_manager.select_for_update().filter(studio_id=access.studio_id, pk=page_id).first()
        if found is None:
            raise _not_there(table)
        if found.deleted_at is not None:
            found.deleted_at = None
            _begin(found, by=access.person_id)
            found.save(update_fields=["deleted_at", "token", "sealed_secret"])
    return found


def regenerate(table: type[Addressed], page_id: int, *, access: Access) -> str:
    """A new secret; pages under the old one are put out within a second. Returns the secret. Raises NotFound."""
    with transaction.atomic():
        found = table._default_manager.select_for_update().get(pk=page(table, access.studio_id, page_id).pk)
        _end(found, by=access.person_id)
        secret = _begin(found, by=access.person_id)
        found.save(update_fields=["token", "sealed_secret"])
    return secret


def _begin(addressed: Addressed, *, by: int | None) -> str:
    name = f"{addressed.CALLED.capitalize()} {addressed.name}"[:60]
    addressed.token_id, secret = create_token(addressed.studio_id, name=name, scopes=[addressed.scope], by=by)
    addressed.sealed_secret = seal(secret, purpose=addressed.PURPOSE)
    return secret


def _end(addressed: Addressed, *, by: int | None) -> None:
    if addressed.token_id is not None:
        revoke_token(addressed.studio_id, addressed.token_id, by=by)


def _not_there(table: type[Addressed]) -> NotFound:
    return NotFound(f"There is no such {table.CALLED}.")
