"""Pages of the importer: choose a file, watch it become a show."""

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from cuelight.accounts import queries as accounts
from cuelight.accounts.access import Access
from cuelight.accounts.gate import access_of, studio_page
from cuelight.catalog import actions as catalog_actions
from cuelight.catalog import queries as catalog
from cuelight.errors import CuelightError, Invalid, NotFound
from cuelight.sessions import actions, importing, imports, queries


@never_cache
@require_http_methods(["GET", "POST"])
@studio_page("catalog.import")
def import_list(request: HttpRequest) -> HttpResponse:
    """The form for a new file, and the runs there were."""
    access = access_of(request)
    error = ""
    if request.method == "POST":
        try:
            # A new brand or session stays only if the file is taken, too.
            with transaction.atomic():
                return redirect(f"/imports/{_upload(request, access)}")
        except CuelightError as refused:
            error = refused.message
    may_fill = access.may("session.edit_lineup")
    context = {
        "error": error,
        "sent": request.POST,
        "brands": catalog.list_brands(access.studio_id),
        "sessions": queries.list_sessions([access.studio_id]) if may_fill else [],
        "may_create": may_fill,
        "runs": imports.recent([access.studio_id]),
    }
    return render(request, "sessions/imports.html", context, status=422 if error else 200)


@never_cache
@require_safe
@studio_page("catalog.import", of=imports.studio_of)
def import_page(request: HttpRequest, import_id: int) -> HttpResponse:
    """One run: its preview, its progress, its outcome."""
    return render(request, "sessions/import.html", {"props": {"importId": import_id}})


def _upload(request: HttpRequest, access: Access) -> int:
    """Reads the form. Raises Invalid with what is missing, NotFound for what is another studio's."""
    file = request.FILES.get("file")
    if not isinstance(file, UploadedFile):
        raise Invalid("no_file", "Choose a file first.")
    return imports.upload(
        file,
        studio_id=access.studio_id,
        brand_id=_brand(request, access.studio_id),
        session_id=_session(request, access),
        upsert="upsert" in request.POST,
        person_id=access.person_id,
    )


def _brand(request: HttpRequest, studio_id: int) -> int:
    """The brand that was chosen, or a new one.

    A brand of that very name is taken for it: an upload made it, the file was wrong, here comes the next.
    """
    new_name = request.POST.get("new_brand", "").strip()
    if new_name:
        known = catalog.brand_named(studio_id, new_name)
        return known["id"] if known else catalog_actions.create_brand(studio_id, name=new_name)
    chosen = request.POST.get("brand", "")
    for brand in catalog.list_brands(studio_id):
        if str(brand["id"]) == chosen:
            return brand["id"]
    raise Invalid("no_brand", "Choose a brand, or name a new one.")


def _session(request: HttpRequest, access: Access) -> int | None:
    """The session that gets the lineup: none, one there is, or a new one; one of that very name as with brands."""
    new_name, chosen = request.POST.get("new_session", "").strip(), request.POST.get("session", "")
    if not new_name and not chosen:
        return None
    if not access.may("session.edit_lineup"):
        raise NotFound("There is no such session.")
    if new_name:
        return importing.session_named(access.studio_id, new_name) or actions.create_session(
            access.studio_id, name=new_name, currency=accounts.studio(access.studio_id)["currency"]
        )
    if not chosen.isdecimal():
        raise NotFound("There is no such session.")
    return queries.access_session([access], int(chosen), "session.edit_lineup")["id"]
