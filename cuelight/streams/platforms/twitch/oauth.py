"""Twitch's sign-in: where people allow us to use an account, and the tokens that come of it."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.conf import settings

from cuelight.streams.platforms.contract import Refused
from cuelight.streams.platforms.twitch import faults
from cuelight.streams.platforms.twitch.asking import Answer, Asking

CALLBACK = "/dashboard/platforms/twitch/callback"
#: Seconds that a token lasts if Twitch does not say.
LASTS_S = 3_600


@dataclass(frozen=True, slots=True, repr=False)
class Grant:
    """Tokens, how many seconds the first is good for, and what they let us do."""

    access_token: str
    refresh_token: str
    lasts_s: int
    scopes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Validity:
    """What Twitch says of a token."""

    client_id: str
    user_id: str
    scopes: tuple[str, ...]
    lasts_s: int


def is_configured() -> bool:
    return bool(settings.TWITCH_KEYS[0])


def redirect_uri() -> str:
    return f"{settings.PUBLIC_URL}{CALLBACK}"


def authorize_url(state: str) -> str:
    """Where a person allows it. They are asked each time: the account that is signed in there may be another one."""
    asked = {
        "client_id": settings.TWITCH_KEYS[0],
        "redirect_uri": redirect_uri(),
        "response_type": "code",
        "scope": " ".join(faults.SCOPES),
        "state": state,
        "force_verify": "true",
    }
    return f"{settings.TWITCH_AUTH_URL}/oauth2/authorize?{urlencode(asked)}"


async def exchange(asking: Asking, code: str) -> Grant:
    """Tokens for the code that came back with a person. Raises Refused, NeedsYou."""
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": redirect_uri()}
    answer = await _token(asking, form)
    if answer.status != 200:
        raise _ungranted(answer) or Refused("code_over", "Twitch no longer knows this sign-in. Begin it again.")
    return _grant(answer)


async def refresh(asking: Asking, refresh_token: str) -> Grant:
    """New tokens; the refresh token may be another one now. Raises NeedsYou when it is no good any more, Refused when
    Twitch does not answer."""
    answer = await _token(asking, {"grant_type": "refresh_token", "refresh_token": refresh_token})
    if answer.status != 200:
        raise _ungranted(answer) or faults.sign_in_again()
    grant = _grant(answer)
    if grant.refresh_token:
        return grant
    return Grant(grant.access_token, refresh_token, grant.lasts_s, grant.scopes)


async def validate(asking: Asking, token: str) -> Validity | None:
    """What Twitch says of a token; None: it is not good any more. Raises Refused when Twitch does not answer."""
    url = f"{settings.TWITCH_AUTH_URL}/oauth2/validate"
    answer = await asking.ask("GET", url, headers={"Authorization": f"OAuth {token}"})
    if answer.status == 401:
        return None
    if answer.status != 200:
        raise faults.refused(answer.status, answer.message)
    said = answer.json()
    return Validity(
        client_id=str(said.get("client_id") or ""),
        user_id=str(said.get("user_id") or ""),
        scopes=_scopes(said.get("scopes")),
        lasts_s=_seconds(said.get("expires_in")),
    )


async def revoke(asking: Asking, token: str) -> None:
    """Ends a token. One that is over already is fine. Raises Refused when Twitch does not answer."""
    form = {"client_id": settings.TWITCH_KEYS[0], "token": token}
    answer = await asking.ask("POST", f"{settings.TWITCH_AUTH_URL}/oauth2/revoke", data=form)
    if answer.status not in (200, 400, 404):
        raise faults.refused(answer.status, answer.message)


async def _token(asking: Asking, form: dict[str, str]) -> Answer:
    client_id, secret = settings.TWITCH_KEYS
    form = {"client_id": client_id, "client_secret": secret, **form}
    return await asking.ask("POST", f"{settings.TWITCH_AUTH_URL}/oauth2/token", data=form)


def _ungranted(answer: Answer) -> Exception | None:
    """What is wrong with ourselves, not with what was asked for."""
    said = answer.message.lower()
    if answer.status == 403 or "invalid client" in said or "client secret" in said:
        return faults.wrong_keys()
    return None


def _grant(answer: Answer) -> Grant:
    said = answer.json()
    access, refresh_token = said.get("access_token"), said.get("refresh_token")
    if not isinstance(access, str) or not access:
        raise faults.unreadable()
    return Grant(
        access_token=access,
        refresh_token=refresh_token if isinstance(refresh_token, str) else "",
        lasts_s=_seconds(said.get("expires_in")),
        scopes=_scopes(said.get("scope")),
    )


def _scopes(said: Any) -> tuple[str, ...]:
    # An array as documented; a string with spaces is what the standard says.
    parts = said.split() if isinstance(said, str) else said if isinstance(said, list) else []
    return tuple(part for part in parts if isinstance(part, str) and len(part) <= 100)


def _seconds(said: Any) -> int:
    is_good = isinstance(said, int) and not isinstance(said, bool) and 0 < said <= 366 * 86_400
    return said if is_good else LASTS_S
