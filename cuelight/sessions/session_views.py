"""What is done to a whole session: making one, copying it, its settings, the archive and the end."""

from datetime import datetime, timedelta
from urllib.parse import urlencode
from uuid import uuid4

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from cuelight.accounts import queries as accounts
from cuelight.accounts import studio_pages
from cuelight.accounts.access import Access
from cuelight.accounts.gate import access_of, studio_page
from cuelight.errors import CuelightError, Invalid, NotFound
from cuelight.sessions import actions, cloning, listing, queries
from cuelight.sessions.history_words import setting_name
from cuelight.sessions.session_forms import (
    THEME_WORDS,
    CopyForm,
    NewSessionForm,
    SettingsForm,
    op_of,
)

#: Which field of a form a refusal is about.
FIELDS = {
    "invalid_name": "name",
    "invalid_slug": "slug",
    "slug_taken": "slug",
    "slug_is_used": "slug",
    "invalid_time": "scheduled_local",
    "danger_above_warn": "danger_seconds",
    "invalid_theme": "card_theme",
}


@never_cache
@require_http_methods(["GET", "POST"])
@studio_page("session.create")
def new(request: HttpRequest) -> HttpResponse:
    """A new session: empty, of a template, or as an earlier one was. Leads to its builder."""
    access = access_of(request)
    form = NewSessionForm(request.POST or None, initial={"op_id": uuid4(), "source": request.GET.get("source", "")})
    if request.method == "POST" and form.is_valid():
        try:
            return redirect(f"/sessions/{_made(form, access)}/edit")
        except CuelightError as error:
            form.add_error(FIELDS.get(error.reason), error.message)
    context = {
        "form": form,
        "chosen": form["source"].value(),
        "templates": listing.sources(access.studio_id, templates=True),
        "earlier": listing.sources(access.studio_id, templates=False),
        "most": listing.MOST_SOURCES,
    }
    return render(request, "sessions/new.html", context, status=422 if form.errors else 200)


@require_POST
@studio_page("session.create", of=queries.studio_of)
def clone(request: HttpRequest, session_id: int) -> HttpResponse:
    """A copy of a session, which its builder opens; with ``template`` a template, which the list shows."""
    access, form = access_of(request), CopyForm(request.POST)
    if not form.is_valid():
        raise Invalid("invalid_form", "This button could not be read. Go back, reload the page and try again.")
    as_template = form.cleaned_data["template"]
    copy_id = cloning.clone_session(
        session_id,
        access.studio_id,
        actor_id=access.person_id,
        as_template=as_template,
        day=_today(form.cleaned_data["utc_offset"]),
        op_id=op_of(form.cleaned_data["op_id"], "clone", session_id, as_template),
    )
    if not as_template:
        return redirect(f"/sessions/{copy_id}/edit")
    name = queries.session_in([access.studio_id], copy_id)["name"]
    messages.success(request, f"“{name}” is a template now.")
    return redirect("/sessions?tab=templates")


@require_POST
@studio_page("session.settings", of=queries.studio_of)
def archive(request: HttpRequest, session_id: int) -> HttpResponse:
    """Puts a session out of sight; the next page offers to take that back."""
    return _put_away(request, session_id, True, "“{}” is in the archive.")


@require_POST
@studio_page("session.settings", of=queries.studio_of)
def unarchive(request: HttpRequest, session_id: int) -> HttpResponse:
    """Takes a session out of the archive."""
    return _put_away(request, session_id, False, "“{}” is out of the archive.")


@require_POST
@studio_page("session.settings", of=queries.studio_of)
def undo(request: HttpRequest, session_id: int) -> HttpResponse:
    """Takes back what the page before has done."""
    access = access_of(request)
    back, version, slug = studio_pages.undone(request)
    try:
        with transaction.atomic():
            if version is not None:
                actions.take_back(session_id, version, access=access)
            if slug is not None:
                actions.change_slug(session_id, slug, access=access)
    except CuelightError as error:
        messages.error(request, f"{error.message}.".replace("..", "."))
    else:
        messages.success(request, "Taken back.")
    return redirect(back)


@require_POST
@studio_page("session.delete", of=queries.studio_of)
def delete(request: HttpRequest, session_id: int) -> HttpResponse:
    """The end of a session that is in the archive."""
    name = actions.delete_session(session_id, access=access_of(request))
    messages.success(request, f"“{name}” is deleted.")
    return redirect(_back(request))


@never_cache
@require_http_methods(["GET", "POST"])
@studio_page("session.settings", of=queries.studio_of)
def settings(request: HttpRequest, session_id: int) -> HttpResponse:
    """How a session is set up. Open screens see what is saved at once."""
    access = access_of(request)
    state = queries.state(session_id)
    members = accounts.members(access.studio_id)
    form = SettingsForm(request.POST or None, settings=state.settings, status=state.live.status, members=members)
    if request.method == "POST" and form.is_valid() and _saved(request, session_id, form):
        return redirect(f"/sessions/{session_id}/settings")
    context = {
        "session": queries.session_in([access.studio_id], session_id),
        "settings": state.settings,
        "form": form,
        "card_themes": [(theme, *words) for theme, words in THEME_WORDS.items()],
        "card_theme": form["card_theme"].value(),
        "hosts": zip(members.values(), form.host_fields(), strict=True),
        "left": [host for host in state.settings.hosts.values() if host.person_id not in members],
        "undo": studio_pages.offered_undo(request),
        "op_id": uuid4(),
        "may": {name: access.may(f"session.{name}") for name in ("create", "delete")},
    }
    return render(request, "sessions/settings.html", context, status=422 if form.errors else 200)


def _made(form: NewSessionForm, access: Access) -> int:
    """Makes what the form says. Raises CuelightError."""
    typed = form.cleaned_data
    source, op_id = typed["source"], op_of(typed["op_id"], "new")
    if source is None:
        return actions.create_session(
            access.studio_id,
            name=typed["name"],
            currency=accounts.studio(access.studio_id)["currency"],
            scheduled_at=form.scheduled_at(),
            duration_minutes=typed["duration_minutes"] or 180,
            op_id=op_id,
        )
    if queries.studio_of(source) != access.studio_id:
        raise NotFound("The session to begin with is not there any more.", reason="unknown_source")
    return cloning.clone_session(
        source,
        access.studio_id,
        actor_id=access.person_id,
        name=typed["name"],
        scheduled_at=form.scheduled_at(),
        duration_minutes=typed["duration_minutes"] if "duration_minutes" in form.changed_data else None,
        op_id=op_id,
    )


def _put_away(request: HttpRequest, session_id: int, is_archived: bool, says: str) -> HttpResponse:
    access, back = access_of(request), _back(request)
    name = queries.session_in([access.studio_id], session_id)["name"]
    try:
        version = actions.update_settings(session_id, {"is_archived": is_archived}, access=access)
    except CuelightError as error:
        messages.error(request, f"{error.message}.")
        return redirect(back)
    _offer_undo(request, session_id, says.format(name), back=back, version=version)
    return redirect(back)


def _saved(request: HttpRequest, session_id: int, form: SettingsForm) -> bool:
    """Saves what was changed, all of it or nothing; says what, or puts the refusal beside its field."""
    access, changes, slug = access_of(request), form.changes(), form.new_slug()
    version = before = None
    try:
        with transaction.atomic():
            if changes:
                version = actions.update_settings(session_id, changes, access=access)
            if slug is not None:
                before = actions.change_slug(session_id, slug, access=access)
    except CuelightError as error:
        form.add_error(FIELDS.get(error.reason), f"{error.message}.")
        return False
    changed = [setting_name(field) for field in [*changes, *(["slug"] if slug is not None else [])]]
    if not changed:
        messages.info(request, "Nothing was changed.")
        return True
    says = f"Saved: {', '.join(changed)}."
    _offer_undo(request, session_id, says, back=f"/sessions/{session_id}/settings", version=version, slug=before)
    return True


def _offer_undo(
    request: HttpRequest, session_id: int, says: str, *, back: str, version: int | None, slug: str | None = None
) -> None:
    studio_pages.offer_undo(request, says, path=f"/sessions/{session_id}/undo", said=[back, version, slug])


def _back(request: HttpRequest) -> str:
    """The page of the list that a button was pressed on; only ever the list."""
    asked = QueryDict(request.POST.get("back", "")[:500])
    known = {name: asked[name] for name in ("tab", "q", "sort", "page") if asked.get(name)}
    return f"/sessions?{urlencode(known)}" if known else "/sessions"


def _today(utc_offset: int | None) -> str:
    """The day it is where the button was pressed: ``27 Nov 2026``."""
    now: datetime = timezone.now() + timedelta(minutes=utc_offset or 0)
    return f"{now.day} {now:%b %Y}"
