"""Allauth's pages where ours say or do more."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account import views as account
from allauth.account.adapter import get_adapter
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount import views as sites
from allauth.socialaccount.adapter import get_adapter as sites_adapter
from allauth.socialaccount.models import SocialAccount
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView, OAuth2LoginView
from django.conf import settings
from django.contrib.auth import login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.views.generic import TemplateView

from cuelight.accounts import audit, links, mail, queries
from cuelight.accounts.actions import DEMO_PEOPLE
from cuelight.accounts.adapter import may_join
from cuelight.accounts.models import Person
from cuelight.accounts.providers import Asking
from cuelight.accounts.sign_ins import BACKEND
from cuelight.errors import NotFound

Page = Callable[..., HttpResponse]


def said(page: Page) -> Page:
    """A form with mistakes in it answers 422, as everywhere here; no page repeats a way back that leads elsewhere."""

    @wraps(page)
    def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = page(request, *args, **kwargs)
        context = getattr(response, "context_data", None) or {}
        if "redirect_field_value" in context:
            context["redirect_field_value"] = links.local(context["redirect_field_value"], "")
        form = context.get("form")
        if request.method == "POST" and response.status_code == 200 and form is not None and form.errors:
            response.status_code = 422
        return response

    return answered


class Entrance:
    """A page before the studio."""

    request: HttpRequest

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)  # type: ignore[misc]
        return context | entrance(self.request)


class SignIn(Entrance, account.LoginView):  # type: ignore[misc]
    """E-mail and password, or another site; in a demo studio one click for each role."""

    template_name = "accounts/sign_in.html"

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if "role" in request.POST:
            return self._by_click(request, request.POST["role"])
        answer: HttpResponse = super().post(request, *args, **kwargs)
        return answer

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        by_click = settings.DEMO and "form" not in self.request.GET and self.request.POST.get("login") is None
        roles = [role.value for _, _, role in DEMO_PEOPLE] if by_click else []
        return super().get_context_data(**kwargs) | {"roles": roles}

    def _by_click(self, request: HttpRequest, role: str) -> HttpResponse:
        if not settings.DEMO:
            raise NotFound()
        person_id = queries.person_to_click(role)
        login(request, Person.objects.get(id=person_id), backend=BACKEND)  # also gives the session a new key
        audit.record("sign_in", request=request, person_id=person_id, method="demo")
        return redirect(links.local(request.POST.get("next") or request.GET.get("next")))


class SignUp(Entrance, account.SignupView):  # type: ignore[misc]
    template_name_signup_closed = "account/signup_closed.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.user.is_authenticated:
            return redirect(settings.LOGIN_REDIRECT_URL)
        answer: HttpResponse = super().dispatch(request, *args, **kwargs)
        return answer

    def closed(self) -> HttpResponse:
        return TemplateResponse(self.request, self.template_name_signup_closed, entrance(self.request), status=403)


class ConfirmationSent(Entrance, account.EmailVerificationSentView):  # type: ignore[misc]
    """A link is on its way to the address."""


class Confirm(account.ConfirmEmailView):  # type: ignore[misc]
    def post(self, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            answer: HttpResponse = super().post(*args, **kwargs)
        except Http404:
            self.object = None
            answer = self.render_to_response(self.get_context_data(), status=422)
        return answer


class Reset(Entrance, account.PasswordResetView):  # type: ignore[misc]
    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not mail.can_send():
            return redirect("account_reset_password")
        answer: HttpResponse = super().post(request, *args, **kwargs)
        return answer


class ResetSent(Entrance, account.PasswordResetDoneView):  # type: ignore[misc]
    """A link is on its way, if there is such an account."""


class Addresses(Entrance, account.EmailView):  # type: ignore[misc]
    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows = EmailAddress.objects.filter(user=self.request.user).order_by("-primary", "email")
        return super().get_context_data(**kwargs) | {"rows": rows}


class Failed(TemplateView):
    template_name = "socialaccount/authentication_error.html"


class Connections(sites.ConnectionsView):  # type: ignore[misc]
    """The sites one signs in with, and those one could."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        known = {provider.id: provider for provider in sites_adapter().list_providers(self.request)}
        mine = [
            {"id": row.pk, "name": known[row.provider].name, "as": row.get_provider_account().to_str()}
            for row in SocialAccount.objects.filter(user=self.request.user).order_by("provider")
            if row.provider in known
        ]
        taken = set(SocialAccount.objects.filter(user=self.request.user).values_list("provider", flat=True))
        others = [provider for provider in known.values() if provider.id not in taken]
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return context | {"mine": mine, "others": others}


def entrance(request: HttpRequest) -> dict[str, Any]:
    """What every page before the studio needs to know."""
    return {
        "sites": sites_adapter().list_providers(request),
        "next": links.local(request.POST.get("next") or request.GET.get("next"), ""),
        "may_join": may_join(request),
        "can_send": mail.can_send(),
        "mail_folder": mail.kept_in(),
        "contact": settings.CONTACT,
        "sign_in_url": settings.LOGIN_URL,
    }


def where_codes_are_on(page: Page) -> Page:
    """Who has no codes is shown how to turn them on."""

    @wraps(page)
    def answered(request: HttpRequest) -> HttpResponse:
        if not Authenticator.objects.filter(user=request.user, type=Authenticator.Type.TOTP).exists():
            return redirect("mfa_index")
        return page(request)

    return answered


def where_it_can_be_proven(page: Page) -> Page:
    """Who has neither password nor codes cannot be asked who they are."""

    @wraps(page)
    def answered(request: HttpRequest) -> HttpResponse:
        if not get_adapter(request).get_reauthentication_methods(request.user):
            return redirect("account")
        return page(request)

    return answered


def to_site(asking: type[Asking]) -> Page:
    return _where_configured(asking, OAuth2LoginView.adapter_view(asking))


def from_site(asking: type[Asking]) -> Page:
    return _where_configured(asking, OAuth2CallbackView.adapter_view(asking))


def _where_configured(asking: type[Asking], page: Page) -> Page:
    """There is no such page for a site whose keys are not set."""

    @wraps(page)
    def answered(request: HttpRequest) -> HttpResponse:
        if not sites_adapter().list_apps(request, provider=asking.provider_id):
            raise NotFound()
        return page(request)

    return answered
