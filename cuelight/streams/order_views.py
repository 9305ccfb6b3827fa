"""Pages of order files: ``/dashboard/orders``, and one file before it counts."""

from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cuelight.accounts import queries as accounts
from cuelight.accounts import studio_pages
from cuelight.accounts.currencies import CURRENCIES
from cuelight.accounts.gate import access_of, studio_page
from cuelight.catalog.pricing import format_price
from cuelight.errors import Conflict, CuelightError, Invalid, NotFound
from cuelight.streams.models import OrderImport
from cuelight.streams.orders import importing, progress
from cuelight.streams.orders.moments import Order
from cuelight.streams.orders.progress import State
from cuelight.streams.orders.reading import Answers

#: As many files are listed.
MOST_LISTED = 100
_ORDERS: tuple[tuple[Order, str], ...] = (
    ("", "As the file proves"),
    ("day", "Day first: 31/12/2026"),
    ("month", "Month first: 12/31/2026"),
)
#: Those a person would look for: "Europe/Berlin", not "Etc/GMT+3".
ZONES = sorted(
    zone
    for zone in available_timezones()
    if zone.split("/")[0]
    in {"Africa", "America", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific", "UTC"}
)
#: Which of the choices answers a question.
_ASKS = {"which_zone": "zone", "which_currency": "currency", "which_is_first": "order", "dates_proven": "order"}
_SKIPPED = {"cancelled": "cancelled", "refunded": "refunded", "unpaid": "never paid"}


def studio_of(order_import_id: int) -> int | None:
    """The studio of an import; None when there is none. For the gate of its pages."""
    if order_import_id >= 2**63:
        return None
    return OrderImport.objects.filter(id=order_import_id).values_list("studio_id", flat=True).first()


@never_cache
@require_http_methods(["GET", "POST"])
@studio_page("stream.orders")
def order_imports(request: HttpRequest) -> HttpResponse:
    """The form for a file, and the files there were."""
    access, error = access_of(request), ""
    if request.method == "POST":
        try:
            made = importing.preview(_file(request), _answers(request), access=access)
            return redirect(_path(made))
        except CuelightError as refused:
            error = refused.message
    listed = OrderImport.objects.filter(studio_id=access.studio_id).order_by("-made_at", "-id")
    imports = list(listed.select_related("made_by")[:MOST_LISTED])
    context = {
        "error": error,
        **_choices(
            request.POST.get("order", ""),
            request.POST.get("zone") or next((zone for one in imports if (zone := one.counts.get("zone"))), ""),
            request.POST.get("currency") or accounts.studio(access.studio_id)["currency"],
        ),
        "imports": [_listed(one) for one in imports],
        "undo": studio_pages.offered_undo(request),
    }
    return render(request, "streams/orders.html", context, status=422 if error else 200)


@never_cache
@require_safe
@studio_page("stream.orders", of=studio_of)
def order_import(request: HttpRequest, order_import_id: int) -> HttpResponse:
    """What is in one file, and what reading it in will do or has done."""
    found = OrderImport.objects.filter(id=order_import_id, studio_id=access_of(request).studio_id).first()
    if found is None:
        raise NotFound("There is no such import.")
    if found.state == State.ASKING:
        return _question(request, found)
    counts = found.counts
    skipped = [(_SKIPPED.get(why, why), count) for why, count in counts.get("skipped", {}).items()]
    listed = _listed(found)
    context = {
        **listed,
        "row": progress.row_of(found) if listed["is_busy"] else None,
        "amounts": [f"{format_price(amount, currency)} {currency}" for currency, amount in _amounts(counts)],
        "skipped": skipped,
        "skipped_total": sum(count for _, count in skipped),
        "brings": counts.get("added", 0) + listed["changed"],
        "undo": studio_pages.offered_undo(request),
    }
    return render(request, "streams/order_import.html", context)


@require_POST
@studio_page("stream.orders", of=studio_of)
def answer(request: HttpRequest, order_import_id: int) -> HttpResponse:
    """What a file had left open is said; it is looked at again."""
    try:
        importing.answer(order_import_id, _answers(request), access=access_of(request))
    except Conflict as refused:
        if refused.reason != "import_moved_on":
            raise
    return redirect(_path(order_import_id))


@require_POST
@studio_page("stream.orders", of=studio_of)
def read_in(request: HttpRequest, order_import_id: int) -> HttpResponse:
    """What was looked at counts from now on."""
    try:
        counts = importing.apply(order_import_id, access=access_of(request))
    except Conflict as refused:
        if refused.reason != "already_read":
            raise
        # A second press: the page says how far the first one is.
        return redirect(_path(order_import_id))
    if counts is None:
        return redirect(_path(order_import_id))
    name = _name(order_import_id)
    says = f"“{name}” is read in: {counts['added']} new lines, {counts['changed'] + counts['gone']} changed."
    _offer_undo(request, order_import_id, says, again=False)
    return redirect("/dashboard/orders")


@require_POST
@studio_page("stream.orders", of=studio_of)
def discard(request: HttpRequest, order_import_id: int) -> HttpResponse:
    """A file that was looked at shall not be read in."""
    importing.discard(order_import_id, access=access_of(request))
    return redirect("/dashboard/orders")


@require_POST
@studio_page("stream.orders", of=studio_of)
def take_back(request: HttpRequest, order_import_id: int) -> HttpResponse:
    """What a file brought counts no more."""
    name = importing.revert(order_import_id, access=access_of(request))
    _offer_undo(request, order_import_id, f"“{name}” is taken back.", again=True)
    return redirect("/dashboard/orders")


@require_POST
@studio_page("stream.orders", of=studio_of)
def undo(request: HttpRequest, order_import_id: int) -> HttpResponse:
    """Takes back what was done last with a file: that it was read in, or that it was taken back."""
    access, counts_again = access_of(request), studio_pages.undone(request)
    if not isinstance(counts_again, bool):
        raise Conflict("too_late", "It is too late to undo this.")
    if counts_again:
        importing.put_back(order_import_id, access=access)
    else:
        importing.revert(order_import_id, access=access)
    return redirect("/dashboard/orders")


def _question(request: HttpRequest, found: OrderImport) -> HttpResponse:
    """What must be said before a file can be read."""
    said = {**found.answers, **found.problem}
    context = {**_choices(said["order"], said["zone"], said["currency"]), "it": found, "asks": _ASKS[said["reason"]]}
    return render(request, "streams/order_question.html", context)


def _choices(order: str, zone: str, currency: str) -> dict[str, Any]:
    """What the form offers, and what is chosen in it."""
    offered = {"orders": _ORDERS, "zones": ZONES, "currencies": CURRENCIES}
    return {**offered, "order": order, "zone": zone, "currency": currency}


def _file(request: HttpRequest) -> "UploadedFile[Any]":
    file = request.FILES.get("file")
    if not isinstance(file, UploadedFile):
        raise Invalid("no_file", "Choose a file first.")
    return file


def _answers(request: HttpRequest) -> Answers:
    """What was chosen in the form. Raises Invalid for what no form offers."""
    order, zone, currency = (request.POST.get(name, "") for name in ("order", "zone", "currency"))
    known = next((one for one, _ in _ORDERS if one == order), None)
    if known is None or (zone and zone not in ZONES) or currency not in dict(CURRENCIES):
        raise Invalid("unknown_choice", "Choose the order of the date, the time zone and the currency from the lists.")
    return Answers(known, ZoneInfo(zone) if zone else None, currency)


def _offer_undo(request: HttpRequest, order_import_id: int, says: str, *, again: bool) -> None:
    studio_pages.offer_undo(request, says, path=f"{_path(order_import_id)}/undo", said=again)


def _path(order_import_id: int) -> str:
    return f"/dashboard/orders/{order_import_id}"


def _name(order_import_id: int) -> str:
    return OrderImport.objects.values_list("filename", flat=True).get(id=order_import_id)


def _listed(one: OrderImport) -> dict[str, Any]:
    is_done = one.state == State.DONE
    return {
        "it": one,
        "counts": one.counts,
        # What is no sale any more has changed, too.
        "changed": one.counts.get("changed", 0) + one.counts.get("gone", 0),
        "says": importing.SAYS.get(one.source, one.source),
        "is_busy": one.state in progress.BUSY,
        "is_done": is_done,
        "is_failed": one.state == State.FAILED,
        "is_preview": one.state == State.PREVIEW,
        # Of others there is nothing to count yet.
        "has_counts": bool(one.counts) or is_done,
        "status": "Taken back" if one.reverted_at else State(one.state).label,
        "may_revert": is_done and one.reverted_at is None,
        "may_put_back": one.reverted_at is not None,
    }


def _amounts(counts: dict[str, Any]) -> list[tuple[str, int]]:
    return list(counts.get("amounts", {}).items())
