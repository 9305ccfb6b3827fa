"""What can be set on the page of the platforms: the simulated audience, and how long what is kept."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from cuelight.accounts.gate import access_of, studio_page
from cuelight.errors import CuelightError, Invalid
from cuelight.streams import accounts, keeping, recordings
from cuelight.streams.platforms import registry

PAGE = "/dashboard/platforms"
#: Messages a second that the page offers.
RATES = ("0.5", "1.5", "5", "20", "50")


@require_POST
@studio_page("stream.connect")
def simulator(request: HttpRequest) -> HttpResponse:
    """Switches the simulated audience on or off, and says what it is: made up, or a recording."""
    try:
        messages.success(request, _set(access_of(request).studio_id, request.POST))
    except CuelightError as error:
        messages.error(request, error.message)
    return redirect(PAGE)


def _set(studio_id: int, sent: QueryDict) -> str:
    """What was asked for, done and said."""
    if sent.get("on") != "1":
        accounts.switch(studio_id, registry.SIMULATOR, on=False)
        return "Nobody is simulated any more."
    if name := sent.get("plays"):
        recordings.play(studio_id, name, sent.get("speed", "1"))
        return "The recording begins when somebody has the dashboard open. It is marked as rehearsal."
    rate = sent.get("rate", RATES[1])
    if rate not in RATES:
        raise Invalid("invalid", "The audience writes at one of the rates that are offered.")
    accounts.switch(studio_id, registry.SIMULATOR, on=True, rate=float(rate), recording=None)
    return f"The simulated audience writes {rate} messages a second."


@require_POST
@studio_page("stream.connect")
def keep(request: HttpRequest) -> HttpResponse:
    """For how many days chat and events are kept."""
    access = access_of(request)
    try:
        days = keeping.keep(
            access.studio_id, request.POST.get("events", ""), request.POST.get("raw", ""), by=access.person_id
        )
        messages.success(request, f"Chat and events are kept for {days.events} days from now on.")
    except CuelightError as error:
        messages.error(request, error.message)
    return redirect(PAGE)
