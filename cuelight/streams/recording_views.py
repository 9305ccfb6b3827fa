"""Recordings on the pages: what the simulated audience plays, and what is kept, sent in, fetched and removed."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from cuelight.accounts import studio_pages
from cuelight.accounts.gate import access_of, studio_page
from cuelight.errors import Conflict, CuelightError, Invalid
from cuelight.streams import history_queries, platform_views, recordings
from cuelight.streams.models import Feed, PlatformAccount
from cuelight.streams.platforms.simulator import adapter, recording
from cuelight.streams.recording_files import About
from cuelight.ui import streaming

PAGE = "/dashboard/platforms#recordings"
#: How many times as fast the page offers to play.
SPEEDS = ("1", "2", "5", "10", "20")
State = PlatformAccount.State


@require_POST
@studio_page("stream.connect", of=history_queries.studio_of)
def keep(request: HttpRequest, stream_id: int) -> HttpResponse:
    """Asks for a recording of a stream; its page says how far it is."""
    try:
        recordings.ask(access_of(request).studio_id, stream_id, now=timezone.now())
    except CuelightError as error:
        messages.error(request, error.message)
    return redirect(f"/dashboard/streams/{stream_id}#recording")


@require_POST
@studio_page("stream.connect")
def upload(request: HttpRequest) -> HttpResponse:
    """A recording from outside."""
    try:
        file = request.FILES.get("file")
        if not isinstance(file, UploadedFile):
            raise Invalid("no_file", "Choose a file first.")
        taken = recordings.upload(access_of(request).studio_id, file, now=timezone.now())
        messages.success(
            request, f"“{taken.title}” is here, with {taken.events:,} event{'' if taken.events == 1 else 's'}."
        )
    except CuelightError as error:
        messages.error(request, error.message)
    return redirect(PAGE)


@never_cache
@require_safe
@studio_page("stream.connect")
def download(request: HttpRequest, recording: str) -> StreamingHttpResponse:
    """One recording, JSON Lines."""
    path = recordings.file_of(access_of(request).studio_id, recording)
    return streaming.stored(request, path, name=path.name, content_type="application/x-ndjson")


@require_POST
@studio_page("stream.connect")
def remove(request: HttpRequest, recording: str) -> HttpResponse:
    """Takes one away. The page after it offers to undo that."""
    try:
        found = recordings.remove(access_of(request).studio_id, recording)
    except Conflict as error:
        messages.error(request, error.message)
        return redirect(PAGE)
    if found.has_file:
        path = f"/dashboard/platforms/recordings/{found.name}/undo"
        studio_pages.offer_undo(request, f"“{found.title}” is removed.", path=path, said=True)
    return redirect(PAGE)


@require_POST
@studio_page("stream.connect")
def undo(request: HttpRequest, recording: str) -> HttpResponse:
    """Brings back what was just removed."""
    studio_pages.undone(request)
    recordings.put_back(access_of(request).studio_id, recording)
    return redirect(PAGE)


def is_read(feed: Feed) -> bool:
    """Whether a process reads it now: what one wrote down that died is no longer so."""
    return feed.lease_until is not None and feed.lease_until > timezone.now()


def simulated(account: PlatformAccount | None, feed: Feed | None, recorded: list[About]) -> dict[str, Any] | None:
    """The simulated audience, where there may be one: how it is, in words, and what its form offers and has chosen."""
    if not settings.SIMULATOR:
        return None
    chosen: dict[str, Any] = account.settings if account else {}
    rate, speed = chosen.get("rate") or adapter.Settings().rate, f"{chosen.get('speed') or 1:g}"
    name = chosen.get("recording")
    state, words, sentence = _standing(account, feed)
    return {
        "state": state,
        "words": words,
        "sentence": sentence,
        "is_on": account is not None and account.state == State.CONNECTED,
        "rate": f"{rate:g}",
        "rates": platform_views.RATES,
        "recording": name,
        "speed": speed,
        "speeds": SPEEDS if speed in SPEEDS else sorted({*SPEEDS, speed}, key=float),
        "playable": [one for one in recorded if one.state == "ready"],
    }


def _standing(account: PlatformAccount | None, feed: Feed | None) -> tuple[str, str, str]:
    """State, a word or two, and a sentence."""
    if account is None or account.state == State.OFF:
        return "off", "Off", ""
    if account.state == State.NEEDS_YOU:
        return "needs_you", "Needs you", account.sentence
    name = account.settings.get("recording")
    if name is None:
        rate = account.settings.get("rate") or adapter.Settings().rate
        return "connected", "On", f"{rate:g} messages a second."
    what, speed = account.settings.get("title") or str(name).removesuffix(".jsonl"), account.settings.get("speed") or 1
    if feed is None or not is_read(feed) or feed.status == Feed.Status.OFF:
        return "connected", "On", f"{what} at {speed:g}×, from its beginning when somebody opens the dashboard."
    if feed.sentence == recording.OVER:
        return "connected", "Over", f"{what} was played to its end."
    return "connected", "Playing", feed.sentence.removesuffix(recording.NOTHING_COUNTS)
