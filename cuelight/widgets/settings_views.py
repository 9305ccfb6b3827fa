"""``/widgets``: every kind of widget, and what each is set to, with a preview."""

from typing import Any

import orjson
from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from cuelight.accounts import queries as accounts
from cuelight.accounts.access import Access
from cuelight.accounts.gate import access_of, studio_page
from cuelight.errors import Invalid
from cuelight.widgets import actions, files, portable, queries, schema
from cuelight.widgets.contract import Kind
from cuelight.widgets.kinds import KINDS

#: The same preview each time: two people who talk about it see the same.
SEED = 7


@never_cache
@require_safe
@studio_page("overlay.edit")
def widget_list(request: HttpRequest) -> HttpResponse:
    """Every kind, as it looks now."""
    access = access_of(request)
    props = {
        "studioId": access.studio_id,
        "kinds": [
            {**_kind(kind), "settings": queries.config(access.studio_id, kind.type)["settings"]}
            for kind in KINDS.values()
        ],
        "presets": _common_presets(),
        "pictureOrigins": settings.EMOTE_ORIGINS,
    }
    return _page(request, "widgets/widgets.html", access, props)


@never_cache
@require_safe
@studio_page("overlay.edit")
def widget_settings(request: HttpRequest, widget: str) -> HttpResponse:
    """One kind: what can be set of it, beside how it looks."""
    access, kind = access_of(request), queries.kind(widget)
    props = {
        "studioId": access.studio_id,
        "kind": _kind(kind),
        "fields": schema.form(kind),
        "presets": schema.presets(kind),
        "config": queries.config(access.studio_id, widget),
        "files": files.listed(access.studio_id),
        "pictureOrigins": settings.EMOTE_ORIGINS,
    }
    return _page(request, "widgets/widget.html", access, props, name=kind.name)


@never_cache
@require_safe
@studio_page("overlay.edit")
def export_widget(request: HttpRequest, widget: str) -> HttpResponse:
    """What one kind is set to, as a file."""
    config = queries.config(access_of(request).studio_id, widget)
    return _download(f"cuelight-{widget.replace('_', '-')}.json", portable.one(widget, config["settings"]))


@never_cache
@require_safe
@studio_page("overlay.edit")
def export_widgets(request: HttpRequest) -> HttpResponse:
    """What all kinds are set to, as one file."""
    configs = queries.configs(access_of(request).studio_id, set(KINDS))
    found = {widget: config["settings"] for widget, config in configs.items()}
    return _download("cuelight-widgets.json", portable.every(found))


@require_POST
@studio_page("overlay.edit")
def import_widget(request: HttpRequest, widget: str) -> JsonResponse:
    """JSON ``{text}``, a file of this kind. As `import_widgets`."""
    queries.kind(widget)
    return _imported(access_of(request), {widget: portable.read_one(_text(request), widget)})


@require_POST
@studio_page("overlay.edit")
def import_widgets(request: HttpRequest) -> JsonResponse:
    """JSON ``{text}``, a file of one kind or of all. Answers ``{rows, before, left_out}``: what the kinds are set to
    now, what was changed, to take it back, and sentences about what could not be set."""
    return _imported(access_of(request), portable.read(_text(request)))


@require_POST
@studio_page("overlay.edit")
def change_widgets(request: HttpRequest) -> JsonResponse:
    """JSON ``{changes}``: settings by kind; the others stay. Takes an import or a look for all back."""
    changes = _sent(request).get("changes")
    if not isinstance(changes, dict) or not all(isinstance(some, dict) for some in changes.values()):
        raise Invalid("invalid", "changes must be settings by their kinds.")
    return _changed(actions.change_several(changes, access=access_of(request)))


@require_POST
@studio_page("overlay.edit")
def apply_preset(request: HttpRequest) -> JsonResponse:
    """JSON ``{name}``: the look that every kind with one of this name gets."""
    return _changed(actions.apply_preset(str(_sent(request).get("name")), access=access_of(request)))


def _imported(access: Access, kinds: dict[str, dict[str, Any]]) -> JsonResponse:
    good, left_out = portable.sorted_out(kinds)
    for widget, some in good.items():
        for name in files.unknown(access.studio_id, some):
            label = next(row["label"] for row in schema.form(KINDS[widget]) if row["name"] == name)
            left_out.append(f"{label}: its file is not in this studio. Upload it here.")
            del some[name]
    good = {widget: some for widget, some in good.items() if some}
    if not good:
        raise Invalid("nothing_to_set", " ".join(["Nothing of this file can be set.", *left_out[:3]]))
    return _changed(actions.change_several(good, access=access), left_out=left_out)


def _changed(changed: actions.Changed, **more: Any) -> JsonResponse:
    return JsonResponse({"rows": changed.rows, "before": changed.before, **more})


def _kind(kind: Kind) -> dict[str, Any]:
    return {
        "type": kind.type,
        "name": kind.name,
        "says": kind.says,
        "width": kind.width,
        "height": kind.height,
        "frames": [frame._asdict() for frame in kind.fake(SEED)],
    }


def _common_presets() -> list[dict[str, Any]]:
    """Looks that more than half of the kinds have, with the colours of the first that has it."""
    by_name: dict[str, list[dict[str, Any]]] = {}
    for kind in KINDS.values():
        for preset in schema.presets(kind):
            by_name.setdefault(preset["name"], []).append({**schema.defaults(kind), **preset["settings"]})
    return [{"name": name, "settings": found[0]} for name, found in by_name.items() if len(found) * 2 > len(KINDS)]


def _page(request: HttpRequest, template: str, access: Access, props: dict[str, Any], **more: Any) -> HttpResponse:
    response = render(request, template, {"studio": accounts.studio(access.studio_id), "props": props, **more})
    # What a preview shows and plays is what the page in OBS may.
    response._csp_update = {"img-src": settings.EMOTE_ORIGINS, "media-src": ["'self'"]}  # type: ignore[attr-defined]
    return response


def _download(name: str, value: dict[str, Any]) -> HttpResponse:
    response = HttpResponse(orjson.dumps(value, option=orjson.OPT_INDENT_2) + b"\n", content_type="application/json")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _text(request: HttpRequest) -> str:
    text = _sent(request).get("text")
    if not isinstance(text, str):
        raise Invalid("no_file", "Choose a file first.")
    return text


def _sent(request: HttpRequest) -> dict[str, Any]:
    # A form's body has been read by now, and is none of these.
    if request.content_type != "application/json":
        raise Invalid("invalid", "This is no JSON.")
    try:
        found = orjson.loads(request.body)
    except ValueError as error:
        raise Invalid("invalid", "This is no JSON.") from error
    if not isinstance(found, dict):
        raise Invalid("invalid", "This is no JSON object.")
    return found
