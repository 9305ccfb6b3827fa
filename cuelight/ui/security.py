"""What every answer tells the browser, and that requests come encrypted; docs/security.md says what each is against.

The content security policy is in ``settings.CONTENT_SECURITY_POLICY``; what depends on the request is added here.
"""

import base64
import hashlib
import re
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from csp.middleware import CSPMiddleware, PolicyParts
from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from cuelight.live.proxies import came_encrypted
from cuelight.logs import PATHS_WITH_SECRETS
from cuelight.ui.errors import bad_request

View = TypeVar("View", bound=Callable[..., HttpResponse])

#: Nothing of ours films, listens or asks where one is; a host's screen stays awake and fills the display, passkeys sign
#: in, links and tokens can be copied.
PERMISSIONS = ", ".join(
    [
        *(
            f"{feature}=()"
            for feature in (
                *("accelerometer", "bluetooth", "camera", "display-capture", "geolocation", "gyroscope", "hid"),
                *("magnetometer", "microphone", "midi", "payment", "serial", "usb", "xr-spatial-tracking"),
            )
        ),
        *(
            f"{feature}=(self)"
            for feature in (
                *("clipboard-write", "fullscreen", "publickey-credentials-create", "publickey-credentials-get"),
                "screen-wake-lock",
            )
        ),
    ]
)
#: Addresses that let somebody in. Not "no-referrer" for them all: a browser then sends "Origin: null" with their forms,
#: which the CSRF check refuses. This one tells nobody more than the host.
SECRET_REFERRER, ENTRANCE_REFERRER = "strict-origin", "no-referrer"
_STYLE, _SCRIPT = re.compile(r"<style>(.*?)</style>", re.DOTALL), re.compile(r"<script>(.*?)</script>", re.DOTALL)


def framed(view: View) -> View:
    """A page that any other may show in a frame, as OBS and players do with overlays. Never one with controls."""

    @wraps(view)
    def shown(*args: Any, **kwargs: Any) -> HttpResponse:
        response = view(*args, **kwargs)
        response._csp_replace = {"frame-ancestors": ["*"]}  # type: ignore[attr-defined]
        response.xframe_options_exempt = True
        response["Cross-Origin-Resource-Policy"] = "cross-origin"
        return response

    return cast(View, shown)


def self_contained(page: str) -> HttpResponse:
    """A page that has its style and script in it, because nothing can be fetched when it is shown: they run by their
    hashes, so that nothing else does. Only for a page that says the same to everybody."""
    response = HttpResponse(page)
    response._csp_update = {  # type: ignore[attr-defined]
        "style-src": [_hash(text) for text in _STYLE.findall(page)],
        "script-src": [_hash(text) for text in _SCRIPT.findall(page)],
    }
    return response


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


class HeadersMiddleware(CSPMiddleware):
    """The outermost: error pages, files of the build and refusals of other middleware have the headers, too."""

    async_capable = False

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        super().process_response(request, response)
        response.setdefault("Permissions-Policy", PERMISSIONS)
        response.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        # Those that others set are only sure of what passes through them.
        response.setdefault("X-Content-Type-Options", "nosniff")
        response.setdefault("Cross-Origin-Opener-Policy", "same-origin")
        if not getattr(response, "xframe_options_exempt", False):
            response.setdefault("X-Frame-Options", settings.X_FRAME_OPTIONS)
        self._say_less(request, response)
        return response

    def get_policy_parts(
        self, request: HttpRequest, response: HttpResponseBase, report_only: bool = False
    ) -> PolicyParts:
        """With the socket by its name, which Safari before 15.4 does not find in 'self', and with where one may sign
        in by other means: a form's redirect counts as its target."""
        parts = super().get_policy_parts(request, response, report_only)
        ours = {"connect-src": _socket(request), "form-action": list(getattr(settings, "OAUTH_ORIGINS", []))}
        theirs = parts.update or {}
        parts.update = {name: [*ours.get(name, []), *theirs.get(name, [])] for name in {**ours, **theirs}}
        return parts

    @staticmethod
    def _say_less(request: HttpRequest, response: HttpResponseBase) -> None:
        """To the next page about this one's address, and to who comes after at the same browser."""
        first = request.path_info.lstrip("/").partition("/")[0]
        if first == "enter":
            response["Referrer-Policy"] = ENTRANCE_REFERRER
        elif first in PATHS_WITH_SECRETS:
            response["Referrer-Policy"] = SECRET_REFERRER
        else:
            response.setdefault("Referrer-Policy", settings.SECURE_REFERRER_POLICY)
        if first in PATHS_WITH_SECRETS or getattr(request, "identity", None) is not None:
            response.setdefault("Cache-Control", "no-store, private")


class EncryptedMiddleware:
    """Believes about encryption only a proxy of ours. In production what is not encrypted is sent on to https if it
    only reads, by Django's own redirect, and refused if it brings something: it has been readable on its way."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        said = request.META.pop("HTTP_X_FORWARDED_PROTO", "")
        if said and came_encrypted(request.META.get("REMOTE_ADDR", ""), said, settings.TRUSTED_PROXIES):
            request.META["HTTP_X_FORWARDED_PROTO"] = "https"
        health = request.path_info == "/healthz"
        if settings.HTTPS_ONLY and request.method not in ("GET", "HEAD") and not health and not request.is_secure():
            text = f"This studio is at {settings.PUBLIC_URL}; what was sent here was not encrypted and was not taken.\n"
            return HttpResponse(text, status=403, content_type="text/plain; charset=utf-8")
        return self._get_response(request)


class TextMiddleware:
    """Refuses a query or a form with the one character that PostgreSQL cannot store: nobody can type it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self._get_response(request)

    def process_view(self, request: HttpRequest, *_: Any) -> HttpResponse | None:
        sent = [request.GET]
        if request.content_type in ("application/x-www-form-urlencoded", "multipart/form-data"):
            sent.append(request.POST)
        texts = (text for fields in sent for name, values in fields.lists() for text in (name, *values))
        return bad_request(request) if any("\0" in str(text) for text in texts) else None


def _socket(request: HttpRequest) -> list[str]:
    try:
        return [f"{'wss' if request.is_secure() else 'ws'}://{request.get_host()}"]
    except DisallowedHost:
        return []
