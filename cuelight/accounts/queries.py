"""Every read of people and studios that others need."""

from collections import defaultdict
from collections.abc import Iterable
from typing import TypedDict

from django.db.models import Q, QuerySet
from django.utils import timezone

from cuelight.accounts.models import Membership, Person, Studio
from cuelight.errors import NotFound


class StudioRow(TypedDict):
    id: int
    name: str
    slug: str
    currency: str


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


def studio_id_by_slug(slug: str) -> int | None:
    """For the gate of a studio's pages; None when there is no such studio, or not any more."""
    return Studio.objects.filter(slug=slug, deleted_at__isnull=True).values_list("id", flat=True).first()


def person_with_role(studio_id: int, role: str) -> tuple[int, str]:
    """The first active person with a role in a studio: (id, name). Raises NotFound."""
    membership = _in_force().filter(studio_id=studio_id, role=role).select_related("person").order_by("id").first()
    if membership is None:
        raise NotFound(f"Nobody in this studio is {role}.")
    return membership.person_id, membership.person.name


def _in_force() -> QuerySet[Membership]:
    """The roles that count now: of people who may sign in, in studios that are there."""
    lasting = Q(ends_at__isnull=True) | Q(ends_at__gt=timezone.now())
    return Membership.objects.filter(lasting, person__is_active=True, studio__deleted_at__isnull=True)


def _row(studio: Studio) -> StudioRow:
    return {"id": studio.id, "name": studio.name, "slug": studio.slug, "currency": studio.currency}
