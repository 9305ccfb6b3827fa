"""Writes of people."""

from collections.abc import Iterable

from allauth.account.models import EmailAddress
from django.db import transaction

from cuelight.accounts import sign_ins
from cuelight.accounts.actions import members
from cuelight.accounts.models import Membership, Person, Role

DEMO_PEOPLE = (
    ("producer", "Mia Producer", Role.PRODUCER),
    ("host", "Tom Host", Role.HOST),
    ("admin", "Ada Admin", Role.ADMIN),
)


def create_person(email: str, name: str, password: str | None = None) -> int:
    """A new person; returns their id. Without a password they can sign in by link only."""
    return Person.objects.create_user(email, name, password).id


def create_confirmed_person(email: str, name: str, *, studio_id: int, roles: Iterable[str]) -> int:
    """A person whose address needs no confirmation, because whoever runs the installation vouches for it.

    Somebody with this address already is given the roles. Returns their id.
    """
    with transaction.atomic():
        person = Person.objects.filter(email=email.lower()).first() or Person.objects.create_user(email, name)
        if not EmailAddress.objects.filter(user=person, email=email.lower(), verified=True).exists():
            # Whoever made this account never showed that the address is theirs: their password must not do.
            person.set_unusable_password()
            person.save(update_fields=["password"])
            sign_ins.end(sign_ins.of(person.pk))
        EmailAddress.objects.update_or_create(
            user=person, email=email.lower(), defaults={"verified": True, "primary": True}
        )
        for role in roles:
            members.grant(person.pk, studio_id, role)
    return person.pk


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
