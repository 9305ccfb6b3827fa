"""For tests: who somebody is to the hub and the gate, without signing them in."""

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.test import Client

from cuelight.accounts import actions, sign_ins
from cuelight.accounts.identity import PersonIdentity
from cuelight.accounts.models import Person


def who(person: Person) -> PersonIdentity:
    """A person as the hub knows them."""
    return PersonIdentity(person.pk, person.name, person.kind)


def sign_in(client: Client, person: Person) -> None:
    """Signs anybody in, and into the list of sign-ins, without which a studio device counts for nothing."""
    client.force_login(person, backend=sign_ins.BACKEND)
    key = client.cookies[settings.SESSION_COOKIE_NAME].value
    UserSession.objects.get_or_create(session_key=key, defaults={"user": person, "ip": "127.0.0.1"})


def secret_of_token(studio_id: int, *scopes: str, by: Person | None = None, session_id: int | None = None) -> str:
    """A new token of a studio: what ``?token=`` and ``Authorization: Bearer`` take."""
    made = actions.create_token(studio_id, name="test", scopes=scopes, by=by.pk if by else None, session_id=session_id)
    return made[1]
