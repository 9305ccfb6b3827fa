"""``/studios/{slug}/danger``: take everything out, and delete the studio; and the way back from there."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cuelight.accounts import access as accounts_access
from cuelight.accounts import actions, queries, studio_pages
from cuelight.accounts.gate import access_of, studio_page
from cuelight.errors import Conflict
from cuelight.sessions import queries as sessions
from cuelight.studio import exports
from cuelight.studio.models import StudioExport
from cuelight.ui import streaming

#: Seconds after which the page of a run that goes on is loaded again.
REFRESH_S = 1


class DeleteForm(forms.Form):
    """The short name, typed by hand: nobody deletes a studio by a slip."""

    slug = forms.CharField(
        label="Short name of the studio",
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
        error_messages={"required": "Type the short name of the studio to delete it."},
    )

    def __init__(self, *args: Any, slug: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._slug = slug
        self.fields["slug"].help_text = f"Type {slug}"

    def clean_slug(self) -> str:
        typed: str = self.cleaned_data["slug"]
        if typed != self._slug:
            raise forms.ValidationError(f"That is not the short name. It is {self._slug}.")
        return typed


def studio_of(slug: str, export_id: int) -> int | None:
    """For the gate: the studio of the address. Whether the export is its own, the view asks."""
    return queries.studio_id_by_slug(slug)


@never_cache
@require_safe
@studio_page("studio.delete", of=queries.studio_id_by_slug)
def danger(request: HttpRequest, slug: str) -> HttpResponse:
    """What is not to be done by a slip."""
    return _danger(request, DeleteForm(slug=slug))


@require_POST
@studio_page("studio.export", of=queries.studio_id_by_slug)
def start_export(request: HttpRequest, slug: str) -> HttpResponse:
    """Asks for the zip, and leads to where it can be watched."""
    access = access_of(request)
    try:
        export_id = exports.start_export(access.studio_id, by=access.person_id, request=request)
    except Conflict as refused:
        messages.info(request, refused.message)
        return redirect(f"/studios/{slug}/danger")
    return redirect(f"/studios/{slug}/exports/{export_id}")


@never_cache
@require_safe
@studio_page("studio.export", of=studio_of)
def export_page(request: HttpRequest, slug: str, export_id: int) -> HttpResponse:
    """How far one run is; in the end, its file."""
    run = exports.access_export(access_of(request).studio_id, export_id)
    context = studio_pages.context(request) | {"run": _row(run)}
    response = render(request, "studio/export.html", context | {"here": f"/studios/{slug}/danger"})
    if run.status in exports.UNDERWAY:
        response["Refresh"] = str(REFRESH_S)
    return response


@never_cache
@require_safe
@studio_page("studio.export", of=studio_of)
def export_file(request: HttpRequest, slug: str, export_id: int) -> StreamingHttpResponse:
    """The zip."""
    run = exports.access_export(access_of(request).studio_id, export_id)
    name = f"{slug}-{run.created_at:%Y-%m-%d}.zip"
    return streaming.stored(request, exports.file_of(run), name=name, content_type="application/zip")


@require_POST
@studio_page("studio.delete", of=queries.studio_id_by_slug)
def delete(request: HttpRequest, slug: str) -> HttpResponse:
    """Closes the studio. Whoever did it is led to where it can be restored."""
    form = DeleteForm(request.POST, slug=slug)
    if not form.is_valid():
        return _danger(request, form, status=422)
    access = access_of(request)
    actions.delete_studio(access.studio_id, by=access.person_id, request=request)
    return redirect(f"/studios/{slug}/restore")


@never_cache
@require_http_methods(["GET", "POST"])
@studio_page(
    "studio.restore", of=queries.deleted_studio_id_by_slug, reads=accounts_access.read_access_to_deleted
)  # fmt: skip
def restore(request: HttpRequest, slug: str) -> HttpResponse:
    """A studio that was deleted, and the way back."""
    access = access_of(request)
    if request.method == "POST":
        actions.restore_studio(access.studio_id, by=access.person_id, request=request)
        messages.success(request, f"{queries.studio(access.studio_id)['name']} is back, with everybody in it.")
        return redirect("/home")
    return render(request, "studio/restore.html", {"studio": queries.deleted_studio(access.studio_id)})


def _danger(request: HttpRequest, form: DeleteForm, *, status: int = 200) -> HttpResponse:
    studio_id = access_of(request).studio_id
    running, _ = sessions.now_and_next(studio_id, now=timezone.now())
    context = studio_pages.context(request) | {
        "form": form,
        "runs": [_row(run) for run in exports.recent(studio_id)],
        "on_air": [session for session in running if session["status"] == "live"],
        "erased_after": queries.days_to_restore(),
    }
    context["here"] = f"/studios/{context['studio']['slug']}/danger"
    return render(request, "studio/danger.html", context, status=status)


def _row(run: StudioExport) -> dict[str, Any]:
    return {
        "it": run,
        "is_underway": run.status in exports.UNDERWAY,
        "is_ready": run.status == StudioExport.Status.DONE,
        "kept_until": exports.kept_until(run),
    }
