"""Every write of people, studios and roles. Whoever changes somebody's rights tells the hub (``recheck``)."""

from django.db import transaction

from cuelight.accounts.models import Membership, Person, Role, Studio
from cuelight.live.broadcast import recheck

DEMO_PEOPLE = (
    ("producer", "Mia Producer", Role.PRODUCER),
    ("host", "Tom Host", Role.HOST),
    ("admin", "Ada Admin", Role.ADMIN),
)


def create_studio(name: str, slug: str, *, currency: str = "USD") -> int:
    """A new studio without members; returns its id. The same slug again returns the one there is."""
    studio, _ = Studio.objects.get_or_create(slug=slug, defaults={"name": name, "currency": currency})
    return studio.id


def create_person(email: str, name: str, password: str | None = None) -> int:
    """A new person; returns their id. Without a password they can sign in by link only."""
    return Person.objects.create_user(email, name, password).id


def grant(person_id: int, studio_id: int, role: str) -> None:
    """Gives a role; giving it twice is once. Rechecks the person's sockets."""
    with transaction.atomic():
        Membership.objects.get_or_create(person_id=person_id, studio_id=studio_id, role=Role(role))
        recheck(f"person:{person_id}")


def revoke(person_id: int, studio_id: int, role: str) -> None:
    """Takes a role away. Rechecks the person's sockets: what they may no longer see closes within a second."""
    with transaction.atomic():
        Membership.objects.filter(person_id=person_id, studio_id=studio_id, role=role).delete()
        recheck(f"person:{person_id}")


def create_demo_people(studio_id: int) -> dict[str, int]:
    """One person for each role of the demo studio, made once; role → person id."""
    people: dict[str, int] = {}
    with transaction.atomic():
        for short, name, role in DEMO_PEOPLE:
            email = f"{short}@demo.cuelight.example"
            person = Person.objects.filter(email=email).first() or Person.objects.create_user(email, name)
            Membership.objects.get_or_create(person=person, studio_id=studio_id, role=role)
            people[role.value] = person.id
    return people
