"""Taking back what was changed together: an edit of several products, a deletion, an import, a sync."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from cuelight.accounts.gate import access_of, studio_page
from cuelight.catalog import actions, editing, forms
from cuelight.catalog.actions import Reverted
from cuelight.errors import CuelightError

MOST_TOLD = 3
LONGEST_ADDRESS = 2_000


@require_POST
@studio_page("catalog.edit", of=editing.studio_of_change_set)
def revert(request: HttpRequest, change_set_id: int) -> HttpResponse:
    """Takes a change set back. An island gets `actions.Reverted` with a ``message``; a form comes back to where it was
    sent from, or to its ``next``, with that message."""
    access = access_of(request)
    try:
        done = actions.revert(access.studio_id, change_set_id, by=access.person_id, token_id=access.token_id)
    except CuelightError as error:
        if forms.wants_json(request):
            raise
        messages.error(request, error.message)
        return HttpResponseRedirect(_back(request))
    if forms.wants_json(request):
        return JsonResponse({**done, "message": sentence(done)})
    (messages.warning if done["left"] else messages.success)(request, sentence(done))
    return HttpResponseRedirect(_back(request))


def sentence(done: Reverted) -> str:
    """What was taken back, what was left, and why."""
    parts = [
        f"{_counted(count)} {word}"
        for word, count in (
            ("restored", done["restored"]),
            ("brought back", done["recreated"]),
            ("taken away", done["removed"]),
        )
        if count
    ]
    told = f"Undone: {', '.join(parts)}." if parts else "Nothing was taken back."
    if not done["left"]:
        return told
    why = " ".join(dict.fromkeys(done["why"][:MOST_TOLD]))
    return f"{told} {_counted(done['left'])} left as {'it is' if done['left'] == 1 else 'they are'}: {why}"


def _back(request: HttpRequest) -> str:
    for address in (request.POST.get("next", ""), request.headers.get("Referer", "")):
        if 0 < len(address) < LONGEST_ADDRESS and url_has_allowed_host_and_scheme(
            address, {request.get_host()}, request.is_secure()
        ):
            return address
    return "/products"


def _counted(count: int) -> str:
    return "1 product" if count == 1 else f"{count:,} products"
