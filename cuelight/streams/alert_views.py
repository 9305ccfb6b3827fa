"""``/dashboard/alerts``: what shows now and the queue behind it, and which events are shown at all."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from cuelight.accounts.gate import access_of, studio_page
from cuelight.errors import CuelightError, Invalid
from cuelight.streams import alert_actions, alert_queries
from cuelight.streams.alert_forms import AlertRulesForm, initial

PAGE = "/dashboard/alerts"


@never_cache
@require_safe
@studio_page("alert.run")
def alerts(request: HttpRequest) -> HttpResponse:
    """The queue, live, and the form of the rules for whoever may change them."""
    rules = alert_queries.rules(access_of(request).studio_id)
    return _page(request, AlertRulesForm(initial=initial(rules)))


@require_POST
@studio_page("alert.rules")
def save_rules(request: HttpRequest) -> HttpResponse:
    """What is shown from now on."""
    access, form = access_of(request), AlertRulesForm(request.POST)
    try:
        if not form.is_valid():
            raise Invalid("invalid", str(next(iter(form.errors.values()))[0]))
        alert_actions.save_rules(access.studio_id, form.rules(), by=access.person_id)
    except CuelightError as refused:
        return _page(request, form, error=refused.message)
    messages.success(request, "What is shown from now on is saved.")
    return redirect(PAGE)


def _page(request: HttpRequest, form: AlertRulesForm, *, error: str = "") -> HttpResponse:
    access = access_of(request)
    context = {
        "props": {"studioId": access.studio_id},
        "form": form,
        "error": error,
        "may_change": access.may("alert.rules"),
    }
    return render(request, "streams/alerts.html", context, status=422 if error else 200)
