"""Pages that belong to no context."""

from django import forms
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.views.decorators.http import require_safe

from cuelight.ui import workers
from cuelight.ui.errors import TITLES, answer
from cuelight.ui.public import public
from cuelight.ui.security import self_contained


class Specimen(forms.Form):
    """A form with a field in each of its states, for ``/dev/look``."""

    name = forms.CharField(initial="Holiday Vault", help_text="What the crew calls it.", required=False)
    sale_price = forms.CharField(error_messages={"required": "Price must be positive."})
    brand = forms.ChoiceField(choices=[("1", "Pavoi"), ("2", "North Star")])


@public
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """``/``: who is signed in goes on to the studio; everybody else reads what this is."""
    if request.user.is_authenticated:
        return redirect("/home")
    return render(request, "ui/home.html", {"contact": settings.CONTACT, "may_join": settings.SIGN_UP == "open"})


@public
@require_safe
def terms(request: HttpRequest) -> HttpResponse:
    return render(request, "ui/terms.html", {"contact": settings.CONTACT})


@public
@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    return render(request, "ui/privacy.html", {"contact": settings.CONTACT})


@public
@require_safe
def offline(request: HttpRequest) -> HttpResponse:
    """What a service worker keeps for when there is no network: the same for everybody, and about nobody."""
    page = self_contained(render_to_string("ui/offline.html"))
    page["Cache-Control"] = "public, max-age=3600"
    return page


@public
@require_safe
def look(request: HttpRequest) -> HttpResponse:
    """``/dev/look``: every piece of the look in every state; not in production."""
    _in_development()
    form = Specimen({"name": "Holiday Vault", "sale_price": "", "brand": "1"}, auto_id="look_%s")
    context = {"form": form, "statuses": [403, 404, 500, 503], "states": ["live", "rehearsal", "draft"]}
    return render(request, "ui/look.html", context)


@public
@require_safe
def look_of_error(request: HttpRequest, status: int) -> HttpResponse:
    """``/dev/look/404``: an error page as people meet it, but it stays."""
    _in_development()
    if status not in TITLES:
        raise Http404
    page = answer(request, status, "This is how it looks; nothing has happened.", "look")
    del page["Refresh"]
    return page


def _in_development() -> None:
    if settings.PRODUCTION:
        raise Http404


@public
@require_safe
def offline_worker(request: HttpRequest) -> HttpResponse:
    """``/sw.js``: what lets a host's page be loaded again while the server is away. At the root, so that it may answer
    for the pages. 404 before the first build."""
    return workers.script("sw.js", scope="/")
