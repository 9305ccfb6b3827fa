"""One sign-in of one browser: what it is called where its key must not be seen, and how it is ended."""

import hashlib
from collections.abc import Iterable

from allauth.usersessions.models import UserSession
from django.contrib.auth import login
from django.http import HttpRequest
from django.utils import timezone

from cuelight.accounts.models import Person
from cuelight.live.broadcast import sign_out
from cuelight.ui.address import client_address

BACKEND = "django.contrib.auth.backends.ModelBackend"
USER_AGENT_LETTERS = 200


def sign_in_key(session_key: str) -> str:
    """What a sign-in is called where its key must not be seen."""
    return f"sign-in:{hashlib.sha256(session_key.encode()).hexdigest()[:32]}"


def begin(request: HttpRequest, person: Person) -> None:
    """Signs a device or a guest in by this browser, under a new key, and writes the sign-in down in the list."""
    login(request, person, backend=BACKEND)
    address = client_address(request)
    agent = request.headers.get("User-Agent", "")[:USER_AGENT_LETTERS]
    UserSession.objects.update_or_create(
        session_key=request.session.session_key,
        defaults={"user": person, "ip": address, "user_agent": agent, "last_seen_at": timezone.now()},
    )


def end(sign_ins: Iterable[UserSession]) -> int:
    """Ends sign-ins and, after the commit and within a second, their sockets; returns how many."""
    ended = 0
    for sign_in in sign_ins:
        sign_in.end()
        sign_out(sign_in_key(sign_in.session_key))
        ended += 1
    return ended


def of(person_id: int) -> list[UserSession]:
    """All sign-ins of a person."""
    return list(UserSession.objects.filter(user_id=person_id))
