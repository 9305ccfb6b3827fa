"""Pages of the importer: choose a file, watch it become a show."""

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from cuelight.accounts import access
from cuelight.accounts import queries as accounts
from cuelight.accounts.access import Access
from cuelight.catalog import actions as catalog_actions
from cuelight.catalog import queries as catalog
from cuelight.errors import CuelightError, Invalid, NotFound
from cuelight.sessions import actions, importing, imports, queries


@never_cache
@require_http_methods(["GET", "POST"])
def import_list(request: HttpRequest) -> HttpResponse:
    """The form for a new file, and the runs there were."""
    allowed = _allowed(request)
    error = ""
    if request.method == "POST":
        try:
            # A new brand or session stays only if the file is taken, too.
            with transaction.atomic():
                return redirect(f"/imports/{_upload(request, allowed)}")
        except CuelightError as refused:
            error = refused.message
    studio_ids = [one.studio_id for one in allowed]
    context = {
        "error": error,
        "sent": request.POST,
        "brands": [brand for studio_id in studio_ids for brand in catalog.list_brands(studio_id)],
        "sessions": queries.list_sessions(_lineups(allowed)),
        "may_create": bool(_lineups(allowed)),
        "runs": imports.recent(studio_ids),
    }
    return render(request, "sessions/imports.html", context, status=422 if error else 200)


@never_cache
@require_safe
def import_page(request: HttpRequest, import_id: int) -> HttpResponse:
    """One run: its preview, its progress, its outcome."""
    studio_id = imports.studio_of(import_id)
    if studio_id not in [one.studio_id for one in _allowed(request)]:
        raise NotFound("There is no such import.")
    return render(request, "sessions/import.html", {"props": {"importId": import_id}})


def _upload(request: HttpRequest, allowed: list[Access]) -> int:
    """Reads the form. Raises Invalid with what is missing, NotFound for what is another studio's."""
    file = request.FILES.get("file")
    if not isinstance(file, UploadedFile):
        raise Invalid("no_file", "Choose a file first.")
    studio_id, brand_id = _brand(request, allowed)
    assert request.user.pk is not None
    return imports.upload(
        file,
        studio_id=studio_id,
        brand_id=brand_id,
        session_id=_session(request, studio_id, allowed),
        upsert="upsert" in request.POST,
        person_id=request.user.pk,
    )


def _brand(request: HttpRequest, allowed: list[Access]) -> tuple[int, int]:
    """(studio id, brand id) of the brand that was chosen, or of a new one.

    A brand of that very name is taken for it: an upload made it, the file was wrong, here comes the next.
    """
    new_name = request.POST.get("new_brand", "").strip()
    if new_name:
        studio_id = allowed[0].studio_id
        known = catalog.brand_named(studio_id, new_name)
        return studio_id, known["id"] if known else catalog_actions.create_brand(studio_id, name=new_name)
    chosen = request.POST.get("brand", "")
    for one in allowed:
        for brand in catalog.list_brands(one.studio_id):
            if str(brand["id"]) == chosen:
                return one.studio_id, brand["id"]
    raise Invalid("no_brand", "Choose a brand, or name a new one.")


def _session(request: HttpRequest, studio_id: int, allowed: list[Access]) -> int | None:
    """The session that gets the lineup: none, one there is, or a new one; one of that very name as with brands."""
    new_name, chosen = request.POST.get("new_session", "").strip(), request.POST.get("session", "")
    if not new_name and not chosen:
        return None
    if studio_id not in _lineups(allowed):
        raise NotFound("There is no such session.")
    if new_name:
        return importing.session_named(studio_id, new_name) or actions.create_session(
            studio_id, name=new_name, currency=accounts.studio(studio_id)["currency"]
        )
    if not chosen.isdecimal():
        raise NotFound("There is no such session.")
    session = queries.access_session(allowed, int(chosen), "session.edit_lineup")
    if session["studio_id"] != studio_id:
        raise Invalid("other_studio", "The brand and the session belong to different studios.")
    return session["id"]


def _allowed(request: HttpRequest) -> list[Access]:
    """The studios into which one may import. Raises NotFound when there is none."""
    assert request.user.pk is not None, "LoginRequiredMiddleware lets nobody else in"
    allowed = [one for one in access.accesses(request.user.pk) if one.may("catalog.import")]
    if not allowed:
        raise NotFound()
    return allowed


def _lineups(allowed: list[Access]) -> list[int]:
    """The studios whose lineups one may also change."""
    return [one.studio_id for one in allowed if one.may("session.edit_lineup")]
