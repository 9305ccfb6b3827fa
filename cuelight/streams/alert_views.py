"""``/dashboard/alerts``: what shows now and the queue behind it, and which events are shown at all."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from cuelight.accounts.gate import access_of, studio_page
from cuelight.errors import CuelightError, Invalid
from cuelight.streams import alert_actions, alert_queries
from cuelight.streams.alert_forms import AlertRulesForm, initial

PAGE = "/dashboard/alerts"


@never_cache
@require_http_methods(["GET", "POST"])
@studio_page("alert.run")
def alerts(request: HttpRequest) -> HttpResponse:
    """The queue, live, and the form of the rules for whoever may change them."""
    access = access_of(request)
    may_change, error = access.may("alert.rules"), ""
    form = AlertRulesForm(initial=initial(alert_queries.rules(access.studio_id)))
    if request.method == "POST":
        access.require("alert.rules")
        form = AlertRulesForm(request.POST)
        try:
            if not form.is_valid():
                raise Invalid("invalid", str(next(iter(form.errors.values()))[0]))
            alert_actions.save_rules(access.studio_id, form.rules(), by=access.person_id)
            messages.success(request, "What is shown from now on is saved.")
            return redirect(PAGE)
        except CuelightError as refused:
            error = refused.message
    context = {
        "props": {"studioId": access.studio_id},
        "form": form,
        "error": error,
        "may_change": may_change,
    }
    return render(request, "streams/alerts.html", context, status=422 if error else 200)
