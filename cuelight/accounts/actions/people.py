"""Writes of people."""

from django.db import transaction

from cuelight.accounts.models import Membership, Person, Role

DEMO_PEOPLE = (
    ("producer", "Mia Producer", Role.PRODUCER),
    ("host", "Tom Host", Role.HOST),
    ("admin", "Ada Admin", Role.ADMIN),
)


def create_person(email: str, name: str, password: str | None = None) -> int:
    """A new person; returns their id. Without a password they can sign in by link only."""
    return Person.objects.create_user(email, name, password).id


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
