"""Connecting a studio's Twitch account, and letting go of it. Callers have checked access."""

import asyncio
import secrets
import time
from dataclasses import dataclass
from typing import Any

import structlog
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from cuelight.accounts import audit
from cuelight.errors import Conflict, CuelightError, Invalid
from cuelight.streams import accounts, broadcasts
from cuelight.streams.models import PlatformAccount
from cuelight.streams.platforms.twitch import faults, oauth, tokens
from cuelight.streams.platforms.twitch.asking import PERSON, Asking
from cuelight.streams.platforms.twitch.oauth import Grant
from cuelight.streams.platforms.twitch.wire import PLATFORM

log = structlog.get_logger(__name__)

#: Where a sign-in that was begun waits in the session, and for how many seconds.
BEGUN, BEGUN_S = "twitch_connect", 600


@dataclass(frozen=True, slots=True)
class Channel:
    """Whose account it is."""

    id: str
    login: str
    name: str
    avatar: str


def begin(request: HttpRequest, studio_id: int) -> str:
    """Where the person goes on. What comes back counts once, in this login session, for this studio. Raises
    Conflict."""
    if not oauth.is_configured():
        raise Conflict(
            "not_configured", "Whoever runs Cuelight sets CUELIGHT_TWITCH_ID and CUELIGHT_TWITCH_SECRET first."
        )
    state = secrets.token_urlsafe(32)
    request.session[BEGUN] = {"state": state, "studio_id": studio_id, "until": time.time() + BEGUN_S}
    return oauth.authorize_url(state)


def finish(request: HttpRequest, studio_id: int, *, by: int | None) -> Channel:
    """What a person comes back with becomes the studio's account. Raises Invalid for what was not begun here, or is
    refused there; Refused when Twitch does not answer. Nothing is changed then."""
    _require_begun(request, studio_id)
    if request.GET.get("error"):
        raise Invalid("denied", "You did not allow it at Twitch. Nothing was connected.")
    code = request.GET.get("code", "")
    if not 0 < len(code) <= 500:
        raise Invalid("no_code", "Twitch sent you back without a code. Begin again.")
    grant, channel = asyncio.run(_granted(code))
    _keep(studio_id, grant, channel, by=by, request=request)
    return channel


def disconnect(studio_id: int, *, by: int | None, request: HttpRequest | None = None) -> str:
    """Forgets the account; returns what to tell. What happened on the channel stays. Gone already is no error."""
    with transaction.atomic():
        row = PlatformAccount.objects.select_for_update().filter(studio_id=studio_id, platform=PLATFORM).first()
        if row is None:
            return "Twitch is not connected."
        accounts.remove(studio_id, PLATFORM)
        audit.record("platform_disconnected", request=request, studio_id=studio_id, person_id=by, target=_named(row))
    try:
        token = tokens.opened(row.access_token)
        if token:
            asyncio.run(_revoked(token))
    except CuelightError as error:
        log.info("a token was not revoked", why=error.reason)
        return "Twitch is disconnected. It could not be told: also remove Cuelight there, under Settings, Connections."
    return "Twitch is disconnected."


def _require_begun(request: HttpRequest, studio_id: int) -> None:
    begun: dict[str, Any] = request.session.pop(BEGUN, None) or {}
    state = request.GET.get("state", "").encode()
    is_it = bool(begun) and secrets.compare_digest(str(begun["state"]).encode(), state)
    if not is_it or begun["until"] < time.time():
        raise Invalid("not_begun", "This sign-in was not begun here, or it is over. Connect Twitch again.")
    if begun["studio_id"] != studio_id:
        raise Invalid("other_studio", "This sign-in was begun for another studio. Connect Twitch again in this one.")


async def _granted(code: str) -> tuple[Grant, Channel]:
    async with Asking(PERSON) as asking:
        grant = await oauth.exchange(asking, code)
        missing = [scope for scope in faults.SCOPES if scope not in grant.scopes]
        if missing:
            raise Invalid(
                "scope_missing",
                f"Twitch does not let Cuelight {faults.allowed(missing)}. Connect it again and allow it all.",
            )
        return grant, await _channel(asking, grant)


async def _channel(asking: Asking, grant: Grant) -> Channel:
    headers = {"Authorization": f"Bearer {grant.access_token}", "Client-Id": settings.TWITCH_KEYS[0]}
    answer = await asking.ask("GET", f"{settings.TWITCH_API_URL}/users", headers=headers)
    data = answer.json().get("data")
    user = data[0] if isinstance(data, list) and data and isinstance(data[0], dict) else {}
    said = {name: user.get(name) for name in ("id", "login", "display_name", "profile_image_url")}
    text = {name: value if isinstance(value, str) else "" for name, value in said.items()}
    if answer.status != 200 or not text["id"]:
        raise faults.refused(answer.status, answer.message)
    avatar = text["profile_image_url"]
    return Channel(
        id=text["id"][:200],
        login=text["login"][:100],
        name=(text["display_name"] or text["login"])[:100],
        avatar=avatar if avatar.startswith("https://") and len(avatar) <= 500 else "",
    )


async def _revoked(token: str) -> None:
    async with Asking(PERSON) as asking:
        await oauth.revoke(asking, token)


def _keep(studio_id: int, grant: Grant, channel: Channel, *, by: int | None, request: HttpRequest) -> None:
    now = timezone.now()
    with transaction.atomic():
        row, is_new = PlatformAccount.objects.select_for_update().get_or_create(
            studio_id=studio_id, platform=PLATFORM, defaults={"channel_id": channel.id}
        )
        if not is_new and row.channel_id != channel.id:
            # Another channel: how that one was doing says nothing of this.
            accounts.remove(studio_id, PLATFORM)
            row = PlatformAccount.objects.create(studio_id=studio_id, platform=PLATFORM, channel_id=channel.id)
        PlatformAccount.objects.filter(pk=row.pk).update(
            login=channel.login,
            name=channel.name,
            avatar=channel.avatar,
            scopes=list(grant.scopes),
            state=PlatformAccount.State.CONNECTED,
            sentence="",
            connected_by=by,
            connected_at=now,
            **tokens.columns(grant),
        )
        audit.record(
            "platform_connected", request=request, studio_id=studio_id, person_id=by, target=f"Twitch: {channel.name}"
        )
        broadcasts.feed_changed(studio_id, PLATFORM)


def _named(row: PlatformAccount) -> str:
    return f"Twitch: {row.name or row.login}"
