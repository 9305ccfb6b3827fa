"""Who is at the other end of a socket: from the sign-in cookie of a browser, or from a token."""

from dataclasses import dataclass
from importlib import import_module

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.utils.crypto import constant_time_compare

from cuelight.accounts import queries, tokens
from cuelight.accounts.models import Person
from cuelight.live.db import run_db
from cuelight.live.handshake import Handshake


@dataclass(frozen=True, slots=True)
class PersonIdentity:
    """A person, as the hub knows them."""

    person_id: int
    name: str

    @property
    def key(self) -> str:
        return f"person:{self.person_id}"


_known: dict[int, PersonIdentity] = {}
_turn = 0


async def authenticate(handshake: Handshake) -> PersonIdentity | None:
    """The person behind a socket's handshake, or None. A token counts before a cookie."""
    if handshake.token:
        person_id = tokens.read(handshake.token)
        return None if person_id is None else await _identity(person_id)
    session_key = handshake.cookies.get(settings.SESSION_COOKIE_NAME)
    return await run_db(_signed_in, session_key) if session_key else None


def forget(person_key: str) -> None:
    """Somebody was renamed, switched off or signed out: ask the database next time."""
    global _turn
    _turn += 1
    for person_id in [person_id for person_id, known in _known.items() if known.key == person_key]:
        del _known[person_id]


async def _identity(person_id: int) -> PersonIdentity | None:
    known = _known.get(person_id)
    if known is None:
        turn = _turn
        name = await run_db(queries.active_name, person_id)
        if name is None:
            return None
        known = PersonIdentity(person_id, name)
        if turn == _turn:
            _known[person_id] = known
    return known


def _signed_in(session_key: str) -> PersonIdentity | None:
    """The person of a sign-in session, by the same checks that Django makes for a page."""
    session = import_module(settings.SESSION_ENGINE).SessionStore(session_key)
    person_id, backend = session.get(SESSION_KEY), session.get(BACKEND_SESSION_KEY)
    if person_id is None or backend not in settings.AUTHENTICATION_BACKENDS:
        return None
    person = Person.objects.filter(id=person_id, is_active=True).first()
    if person is None or not constant_time_compare(session.get(HASH_SESSION_KEY, ""), person.get_session_auth_hash()):
        return None
    return PersonIdentity(person.id, person.name)
