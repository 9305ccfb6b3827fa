"""The page of the studio's platforms, and the way to Twitch and back."""

from typing import TypedDict

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from cuelight.accounts import studio_pages
from cuelight.accounts.gate import access_of, studio_page
from cuelight.errors import CuelightError
from cuelight.streams import keeping, recording_files, recording_views, recordings
from cuelight.streams.models import Feed, PlatformAccount
from cuelight.streams.platforms import registry
from cuelight.streams.platforms.twitch import connecting, oauth
from cuelight.streams.platforms.twitch.wire import PLATFORM

PAGE = "/dashboard/platforms"
State = PlatformAccount.State
#: How a feed that is read is doing, in a word or two.
_DOING = {
    Feed.Status.OFF: "Connected",
    Feed.Status.CONNECTING: "Connecting",
    Feed.Status.CONNECTED: "Connected, reading",
    Feed.Status.RECONNECTING: "Reconnecting",
    Feed.Status.NEEDS_YOU: "Needs you",
}
_IDLE = "It is read while somebody has the dashboard open or a session is live."


class Row(TypedDict):
    """A platform on the page. ``state``: not_connected, off, connected, connecting, reconnecting, needs_you; ``words``
    are what it is called, ``sentence`` says more."""

    key: str
    name: str
    channel: str
    state: str
    words: str
    sentence: str
    connected_at: object
    is_configured: bool
    may_connect: bool


@never_cache
@require_safe
@studio_page("stream.watch")
def platforms(request: HttpRequest) -> HttpResponse:
    """What is connected, how it is doing, and for admins the buttons."""
    access = access_of(request)
    rows = {row.platform: row for row in PlatformAccount.objects.filter(studio_id=access.studio_id)}
    feeds = {feed.platform: feed for feed in Feed.objects.filter(studio_id=access.studio_id)}
    recorded = recording_files.listed(access.studio_id) if access.may("stream.connect") else []
    context = {
        "platforms": [_row(rows.get(PLATFORM), feeds.get(PLATFORM), may_connect=access.may("stream.connect"))],
        "simulated": recording_views.simulated(rows.get(registry.SIMULATOR), feeds.get(registry.SIMULATOR), recorded),
        "recordings": recorded,
        "most_megabytes": recordings.MOST_BYTES >> 20,
        "undo": studio_pages.offered_undo(request),
        "kept": keeping.kept(access.studio_id),
        "most": (keeping.MOST_DAYS, keeping.MOST_RAW_DAYS),
        "may_connect": access.may("stream.connect"),
        "redirect_uri": oauth.redirect_uri(),
    }
    return render(request, "streams/platforms.html", context)


@require_POST
@studio_page("stream.connect")
def connect(request: HttpRequest) -> HttpResponse:
    """To Twitch, where the person allows it."""
    try:
        return redirect(connecting.begin(request, access_of(request).studio_id))
    except CuelightError as error:
        messages.error(request, error.message)
        return redirect(PAGE)


@never_cache
@require_safe
@studio_page("stream.connect")
def callback(request: HttpRequest) -> HttpResponse:
    """Back from Twitch, with a code or without."""
    access = access_of(request)
    try:
        channel = connecting.finish(request, access.studio_id, by=access.person_id)
        messages.success(request, f"Twitch is connected as {channel.name}.")
    except CuelightError as error:
        messages.error(request, error.message)
    return redirect(PAGE)


@require_POST
@studio_page("stream.connect")
def disconnect(request: HttpRequest) -> HttpResponse:
    access = access_of(request)
    messages.success(request, connecting.disconnect(access.studio_id, by=access.person_id, request=request))
    return redirect(PAGE)


def _row(account: PlatformAccount | None, feed: Feed | None, *, may_connect: bool) -> Row:
    state, words, sentence = _standing(account, feed)
    return {
        "key": PLATFORM,
        "name": "Twitch",
        "channel": (account.name or account.login) if account else "",
        "state": state,
        "words": words,
        "sentence": sentence,
        "connected_at": account.connected_at if account else None,
        "is_configured": oauth.is_configured(),
        "may_connect": may_connect,
    }


def _standing(account: PlatformAccount | None, feed: Feed | None) -> tuple[str, str, str]:
    """State, words and a sentence."""
    if account is None:
        return "not_connected", "Not connected", ""
    if account.state == State.NEEDS_YOU:
        return "needs_you", "Needs you", account.sentence
    if account.state == State.OFF:
        return "off", "Switched off", ""
    if feed is None or not recording_views.is_read(feed) or feed.status == Feed.Status.OFF:
        return "connected", "Connected", _IDLE
    status = Feed.Status(feed.status)
    return status.value, _DOING[status], feed.sentence
