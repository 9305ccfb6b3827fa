"""Writes of people."""

from collections.abc import Iterable

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.db import transaction

from cuelight.accounts import audit, erased, sign_ins
from cuelight.accounts.actions import deletion, members
from cuelight.accounts.models import Membership, Person, Role, Studio
from cuelight.errors import Refused
from cuelight.live.broadcast import recheck, sign_out

DEMO_PEOPLE = (
    ("producer", "Mia Producer", Role.PRODUCER),
    ("host", "Tom Host", Role.HOST),
    ("admin", "Ada Admin", Role.ADMIN),
)


def create_person(email: str, name: str, password: str | None = None) -> int:
    """A new person; returns their id. Without a password they can sign in by link only.

    Whoever runs the installation says whose address it is: it needs no confirmation.
    """
    with transaction.atomic():
        person = Person.objects.create_user(email, name, password)
        EmailAddress.objects.create(user=person, email=person.email, primary=True, verified=True)
    return person.id


def rename_person(person_id: int, name: str) -> None:
    """Changes what somebody is called."""
    Person.objects.filter(id=person_id).update(name=name)


def erase_person(person_id: int) -> list[str]:
    """Blanks a person for good and ends all that lets them in; studios that nobody else is in are deleted.

    What they did in a show stays, as done by an erased person. Ends their sockets. Returns the keys of the browser
    sessions that were theirs, for the caller to end. Raises Refused for the only admin of a studio with other people.
    """
    with transaction.atomic():
        person = Person.objects.select_for_update().get(id=person_id)
        alone = _studios_left_behind(person)
        for studio in alone:
            deletion.delete_studio(studio.id, by=person_id)
        Membership.objects.filter(person=person).delete()
        erased.take_away(person_id)
        for rows in (EmailAddress, SocialAccount, Authenticator):
            rows.objects.filter(user=person).delete()
        keys = list(UserSession.objects.filter(user=person).values_list("session_key", flat=True))
        UserSession.objects.filter(user=person).delete()
        person.name, person.email, person.is_active = "Erased person", None, False
        person.is_staff = person.is_superuser = False
        person.set_unusable_password()
        person.save()
        audit.record("account_erased", person_id=person_id)
        recheck(f"person:{person_id}")
        sign_out(f"person:{person_id}")
    return keys


def _studios_left_behind(person: Person) -> list[Studio]:
    """The studios that nobody but this person is in. Raises Refused where others would be left without an admin."""
    alone = []
    mine = Studio.objects.filter(memberships__person=person, deleted_at__isnull=True).distinct()
    for studio in mine:
        others = Membership.objects.filter(studio=studio, person__is_active=True, person__kind=Person.Kind.PERSON)
        others = others.exclude(person=person)
        if not others.exists():
            alone.append(studio)
        elif not others.filter(role=Role.ADMIN).exists() and person.memberships.filter(studio=studio, role=Role.ADMIN):
            raise Refused(
                "last_admin", f"You are the only admin of {studio.name}. Make somebody else an admin of it first."
            )
    return alone


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
