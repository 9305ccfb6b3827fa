"""Writes of studios."""

import re
import unicodedata

from django.db import IntegrityError, transaction
from django.http import HttpRequest

from cuelight.accounts import audit
from cuelight.accounts.models import Membership, Person, Role, Studio
from cuelight.errors import Invalid
from cuelight.live.broadcast import recheck

NAME_LETTERS = 100
SLUG_LETTERS = 60
SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


def create_studio(name: str, slug: str, *, currency: str = "USD") -> int:
    """A new studio without members; returns its id. The same slug again returns the one there is."""
    studio, _ = Studio.objects.get_or_create(slug=slug, defaults={"name": name, "currency": currency})
    return studio.id


def found_studio(name: str, person_id: int | None, *, called: str = "", request: HttpRequest | None = None) -> Studio:
    """A new studio with a short name made from its name, or from ``called``; the person is its admin. Raises Invalid
    for the name."""
    name = _read_name(name)
    studio = _with_free_slug(name, slug_from(called or name))
    with transaction.atomic():
        audit.record("studio_created", request=request, studio_id=studio.pk, person_id=person_id, target=name)
        if person_id is not None:
            Membership.objects.create(person_id=person_id, studio=studio, role=Role.ADMIN)
            recheck(f"person:{person_id}")
    return studio


def create_personal_studio(person_id: int) -> int:
    """The studio that somebody has from the beginning, "Mia's studio" or ``mia`` for short; returns its id."""
    name = Person.objects.values_list("name", flat=True).get(id=person_id).strip()
    if not name:
        return found_studio("My studio", person_id).pk
    return found_studio(f"{name[: NAME_LETTERS - 9]}'s studio", person_id, called=name).pk


def change_studio(
    studio_id: int, *, name: str, slug: str, currency: str, request: HttpRequest | None = None
) -> list[str]:
    """Changes a studio's profile; returns the names of what is different now. Raises Invalid."""
    wanted = {"name": _read_name(name), "slug": _read_slug(slug), "currency": currency}
    try:
        with transaction.atomic():
            studio = Studio.objects.select_for_update(no_key=True).get(id=studio_id)
            changed = [field for field, value in wanted.items() if getattr(studio, field) != value]
            if changed:
                Studio.objects.filter(id=studio_id).update(**{field: wanted[field] for field in changed})
                before = {field: getattr(studio, field) for field in changed}
                audit.record(
                    "studio_changed", request=request, studio_id=studio_id, target=wanted["name"], before=before
                )
    except IntegrityError as error:
        raise Invalid("slug_taken", "Another studio has this short name already.") from error
    return changed


def slug_from(name: str, *, otherwise: str = "studio") -> str:
    """A short name made from a name: "Café Zoë's studio" becomes ``cafe-zoes-studio``."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower().replace("'", "")
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[: SLUG_LETTERS - 6].strip("-") or otherwise


def _with_free_slug(name: str, base: str) -> Studio:
    """A studio under the first of ``pavoi``, ``pavoi-2``, ``pavoi-3`` … that nobody has."""
    number = 1
    taken = set(Studio.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    while True:
        slug = base if number == 1 else f"{base}-{number}"
        number += 1
        if slug in taken:
            continue
        try:
            with transaction.atomic():
                return Studio.objects.create(name=name, slug=slug)
        except IntegrityError:
            taken.add(slug)  # somebody was faster


def _read_name(name: str) -> str:
    name = " ".join(name.split())
    if not name or len(name) > NAME_LETTERS:
        raise Invalid("invalid_name", f"Give the studio a name of up to {NAME_LETTERS} letters.")
    return name


def _read_slug(slug: str) -> str:
    if len(slug) > SLUG_LETTERS or not SLUG.fullmatch(slug):
        raise Invalid("invalid_slug", "Take small letters, digits and hyphens: pavoi-live.")
    return slug
