"""Every read of people and studios that others need."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TypedDict

from allauth.account.models import EmailAddress
from django.conf import settings
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from cuelight.accounts.models import AccessToken, Membership, Person, Studio
from cuelight.errors import Gone, NotFound


class StudioRow(TypedDict):
    id: int
    name: str
    slug: str
    currency: str


class DeletedStudioRow(TypedDict):
    """A studio that can still be restored, and when it no longer can."""

    id: int
    name: str
    slug: str
    erased_at: datetime


def roles(person_id: int, studio_id: int) -> frozenset[str]:
    """The roles of an active person in a studio; empty for a stranger."""
    memberships = _in_force().filter(person_id=person_id, studio_id=studio_id)
    return frozenset(memberships.values_list("role", flat=True))


def roles_by_studio(person_id: int) -> dict[int, frozenset[str]]:
    """Studio id → roles, for every studio a person belongs to."""
    found: defaultdict[int, set[str]] = defaultdict(set)
    memberships = _in_force().filter(person_id=person_id)
    for studio_id, role in memberships.order_by("studio_id").values_list("studio_id", "role"):
        found[studio_id].add(role)
    return {studio_id: frozenset(held) for studio_id, held in found.items()}


def names(person_ids: Iterable[int]) -> dict[int, str]:
    """Person id → name, of those that exist."""
    return dict(Person.objects.filter(id__in=list(person_ids)).values_list("id", "name"))


def members(studio_id: int) -> dict[int, str]:
    """Person id → name of everybody with a role in a studio now, by name."""
    people = Person.objects.filter(id__in=_in_force().filter(studio_id=studio_id).values("person_id"))
    return dict(people.order_by("name", "id").values_list("id", "name"))


def owns_address(person_id: int, email: str) -> bool:
    """Whether a person has shown that an address is theirs.

    Who was made on the command line has no list of addresses; the one they were made with counts.
    """
    addresses = EmailAddress.objects.filter(user_id=person_id)
    if addresses.filter(email__iexact=email, verified=True).exists():
        return True
    return not addresses.exists() and Person.objects.filter(id=person_id, email__iexact=email).exists()


def member_with_address(studio_id: int, email: str) -> int | None:
    """Whoever belongs to a studio and has shown that an address is theirs."""
    known = EmailAddress.objects.filter(email__iexact=email, verified=True).values_list("user_id", flat=True)
    named = Person.objects.filter(email__iexact=email).values_list("id", flat=True)
    ids = [person_id for person_id in {*known, *named} if owns_address(person_id, email)]
    return _in_force().filter(studio_id=studio_id, person_id__in=ids).values_list("person_id", flat=True).first()


def token_names(studio_id: int) -> dict[int, str]:
    """Token id → name of all tokens a studio has, revoked ones included."""
    return dict(AccessToken.objects.filter(studio_id=studio_id).order_by("name", "id").values_list("id", "name"))


def studio(studio_id: int) -> StudioRow:
    return _row(Studio.objects.get(id=studio_id))


def studios(studio_ids: Iterable[int]) -> list[StudioRow]:
    """Those of these studios that exist, by name."""
    return [_row(studio) for studio in Studio.objects.filter(id__in=list(studio_ids)).order_by("name", "id")]


def studio_by_slug(slug: str = "") -> StudioRow:
    """A studio by its short name; without one, the only or first studio. Raises NotFound."""
    studios = Studio.objects.filter(deleted_at__isnull=True).order_by("id")
    found = (studios.filter(slug=slug) if slug else studios).first()
    if found is None:
        raise NotFound(f"There is no studio {slug!r}." if slug else "There is no studio yet.")
    return _row(found)


def has_studio() -> bool:
    """Whether there is any studio, one that is deleted and can be restored included."""
    return Studio.objects.exists()


def studio_id_by_slug(slug: str) -> int | None:
    """For the gate of a studio's pages; None when there is no such studio, or not any more."""
    return Studio.objects.filter(slug=slug, deleted_at__isnull=True).values_list("id", flat=True).first()


def deleted_studio_id_by_slug(slug: str) -> int | None:
    """For the gate of the page that restores a studio; None when there is no such studio, or it is not deleted."""
    return Studio.objects.filter(slug=slug, deleted_at__isnull=False).values_list("id", flat=True).first()


def roles_before_deletion(person_id: int, studio_id: int) -> frozenset[str]:
    """The roles that an active person will have again should a deleted studio be restored."""
    memberships = _lasting().filter(person_id=person_id, studio_id=studio_id, studio__deleted_at__isnull=False)
    return frozenset(memberships.values_list("role", flat=True))


def deleted_studios(person_id: int) -> list[DeletedStudioRow]:
    """The studios that a person belonged to and that are deleted, but can still be restored."""
    memberships = _lasting().filter(person_id=person_id).values("studio_id")
    found = Studio.objects.filter(id__in=memberships, deleted_at__gt=erased_before())
    return [_deleted_row(studio) for studio in found.order_by("deleted_at", "id")]


def deleted_studio(studio_id: int) -> DeletedStudioRow:
    """A studio that is deleted. Raises Gone when its time to be restored is over, NotFound when it is not deleted."""
    found = Studio.objects.filter(id=studio_id, deleted_at__isnull=False).first()
    if found is None or found.deleted_at is None:
        raise NotFound()
    if found.deleted_at <= erased_before():
        raise Gone("The time to restore this studio is over. It is being erased.")
    return _deleted_row(found)


def studios_to_erase() -> list[int]:
    """The studios whose time to be restored is over."""
    return list(Studio.objects.filter(deleted_at__lte=erased_before()).order_by("id").values_list("id", flat=True))


def days_to_restore() -> int:
    """For how many days a deleted studio can be restored."""
    days: int = settings.ERASE_AFTER_DAYS
    return days


def erased_before() -> datetime:
    """A studio that was deleted at this moment, or earlier, is not restored any more."""
    return timezone.now() - timedelta(days=days_to_restore())


def person_with_role(studio_id: int, role: str) -> tuple[int, str]:
    """The first active person with a role in a studio: (id, name). Raises NotFound."""
    membership = _in_force().filter(studio_id=studio_id, role=role).select_related("person").order_by("id").first()
    if membership is None:
        raise NotFound(f"Nobody in this studio is {role}.")
    return membership.person_id, membership.person.name


def person_to_click(role: str) -> int:
    """Whom the one-click sign-in of a demo signs in: the first person with a role, in a studio that is deleted if there
    is no other, so that it can be restored. Raises NotFound."""
    there_first = F("studio__deleted_at").desc(nulls_first=True)
    found = _lasting().filter(role=role).order_by(there_first, "studio_id", "id").values_list("person_id", flat=True)
    person_id = found.first()
    if person_id is None:
        raise NotFound(f"Nobody is {role}.")
    return person_id


def _in_force() -> QuerySet[Membership]:
    """The roles that count now: of people who may sign in, in studios that are there."""
    return _lasting().filter(studio__deleted_at__isnull=True)


def _lasting() -> QuerySet[Membership]:
    lasting = Q(ends_at__isnull=True) | Q(ends_at__gt=timezone.now())
    return Membership.objects.filter(lasting, person__is_active=True)


def _deleted_row(studio: Studio) -> DeletedStudioRow:
    assert studio.deleted_at is not None
    erased_at = studio.deleted_at + timedelta(days=days_to_restore())
    return {"id": studio.id, "name": studio.name, "slug": studio.slug, "erased_at": erased_at}


def _row(studio: Studio) -> StudioRow:
    return {"id": studio.id, "name": studio.name, "slug": studio.slug, "currency": studio.currency}
