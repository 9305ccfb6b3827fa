"""For tests: who somebody is to the hub and the gate, without signing them in."""

from cuelight.accounts import actions
from cuelight.accounts.identity import PersonIdentity
from cuelight.accounts.models import Person


def who(person: Person) -> PersonIdentity:
    """A person as the hub knows them."""
    return PersonIdentity(person.pk, person.name, person.kind)


def secret_of_token(studio_id: int, *scopes: str, by: Person | None = None, session_id: int | None = None) -> str:
    """A new token of a studio: what ``?token=`` and ``Authorization: Bearer`` take."""
    made = actions.create_token(studio_id, name="test", scopes=scopes, by=by.pk if by else None, session_id=session_id)
    return made[1]
