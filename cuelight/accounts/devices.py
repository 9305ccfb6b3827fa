"""Where somebody is signed in: noted at the first page of a sign-in, and then about once a minute."""

import re
from collections.abc import Callable
from time import monotonic

from allauth.usersessions.models import UserSession
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse

#: Seconds between two notes of one sign-in, and how many sign-ins are remembered to know.
EVERY_S = 60
REMEMBERED = 10_000

_noted: dict[str, float] = {}

BROWSERS = (
    ("OBS", "OBS/"),
    ("Edge", "Edg/"),
    ("Opera", "OPR/"),
    ("Firefox", "Firefox/"),
    ("Chrome", "Chrome/"),
    ("Chrome", "CriOS/"),
    ("Safari", "Safari/"),
)
SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("macOS", "Mac OS X"),
    ("ChromeOS", "CrOS"),
    ("Linux", "Linux"),
)


class DevicesMiddleware:
    """Notes a sign-in after the page, so that the page that signs in is noted too."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self._get_response(request)
        # A page that looked at nobody's sign-in has none to note.
        if response.status_code < 500 and request.session.session_key and request.user.is_authenticated:
            note(request, request.session.session_key)
        return response


def note(request: HttpRequest, session_key: str) -> None:
    """Writes down where a sign-in was used last, unless that was done a moment ago."""
    now = monotonic()
    if now - _noted.get(session_key, -EVERY_S) < EVERY_S:
        return
    if len(_noted) >= REMEMBERED:
        _noted.clear()
    _noted[session_key] = now
    try:
        UserSession.objects.create_from_request(request)
    except DatabaseError:
        # The page was made; not to know where from is no reason to lose it.
        forget(session_key)


def forget(session_key: str) -> None:
    _noted.pop(session_key, None)


def called(user_agent: str) -> str:
    """A device in words: "Firefox on Windows"."""
    browser = next((name for name, mark in BROWSERS if mark in user_agent), "")
    system = next((name for name, mark in SYSTEMS if mark in user_agent), "")
    if browser and system:
        return f"{browser} on {system}"
    return browser or system or re.sub(r"[^\w./ -]", "", user_agent.split("/")[0])[:40].strip() or "A browser"
