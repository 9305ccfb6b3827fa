"""What allauth asks of us: who may sign up, what is mailed, what is kept, what ends with a sign-in."""

from collections.abc import Iterable
from typing import Any

import structlog
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.providers.base import AuthError
from allauth.usersessions.adapter import DefaultUserSessionsAdapter
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest
from django.urls import reverse

from cuelight import sealing
from cuelight.accounts import actions, audit, links, mail, sign_ins
from cuelight.accounts.models import Person
from cuelight.accounts.naming import clean_name
from cuelight.errors import Invalid
from cuelight.ui.address import client_address

log = structlog.get_logger(__name__)

#: Where a browser keeps the invitation that its owner has accepted but not used yet.
INVITATION = "invitation"

CODES = "codes"


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": "E-mail or password is wrong.",
        "too_many_login_attempts": "Too many tries. Wait five minutes, or reset your password.",
        "rate_limited": "Too many tries. Wait a minute.",
        "enter_current_password": "That is not your present password.",
        "incorrect_password": "That is not your password.",
        "incorrect_code": "That code is wrong, or was used already.",
        "email_taken": "Somebody has an account with this address.",
        "duplicate_email": "This address is yours already.",
        "max_email_addresses": "An account has up to %d addresses.",
    }

    # Who may.

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Whether this browser may make an account with a password: its address has to be confirmed by mail, unless an
        invitation that came by mail has proven it."""
        proven = bool(request.session.get("account_verified_email"))
        return may_join(request) and (proven or mail.can_send())

    def unstash_verified_email(self, request: HttpRequest) -> str | None:
        """The address that an invitation has proven, if it is the one that signs up."""
        stashed: str | None = super().unstash_verified_email(request)
        typed = request.POST.get("email", "").strip().lower()
        return stashed if stashed and stashed.lower() == typed else None

    def is_safe_url(self, url: str) -> bool:
        return bool(links.local(url, ""))

    def is_ajax(self, request: HttpRequest) -> bool:
        """Pages only. Allauth's other way takes the key of a reset from the address."""
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        return client_address(request)

    def save_user(self, request: HttpRequest, user: Person, form: Any, commit: bool = True) -> Person:
        user.name = form.cleaned_data["name"]
        saved: Person = super().save_user(request, user, form, commit)
        return saved

    def set_password(self, user: Person, password: str) -> None:
        user.set_password(password)
        user.save(update_fields=["password"])

    # What is noted.

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        try:
            super().pre_authenticate(request, **credentials)
        except ValidationError:
            audit.record("locked_out", request=request)
            raise

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        audit.record("sign_in_failed", request=request, method="password")

    # What is mailed. Its links begin with our public address, whatever the request called us.

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        mail.send(template_prefix.rpartition("/")[2], email, context | {"email": email, "site": settings.PUBLIC_URL})

    def get_email_confirmation_url(self, request: HttpRequest, emailconfirmation: Any) -> str:
        return public_address("account_confirm_email", emailconfirmation.key)

    def get_reset_password_from_key_url(self, key: str) -> str:
        uidb36, _, secret = key.partition("-")
        return public_address("account_reset_password_from_key", uidb36, secret)

    def send_account_already_exists_mail(self, email: str) -> None:
        self.send_mail("account_already_exists", email, {})

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("account")


class SitesAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """Signing in with another site."""

    error_messages = DefaultSocialAccountAdapter.error_messages | {
        "email_taken": "Somebody has an account with this address. Sign in to it, then connect %s there.",
        "no_password": "This is your only way in. Set a password first.",
        "no_verified_email": "This is your only way in. Confirm an address first.",
    }

    def on_authentication_error(
        self, request: HttpRequest, provider: Any, error: Any = None, exception: Any = None, extra_context: Any = None
    ) -> None:
        # Neither the site's answer nor the exception's text: there may be a key in it.
        log.warning("a sign-in with another site failed", site=provider.id, error=type(exception).__name__)
        if error != AuthError.CANCELLED:
            audit.record("sign_in_failed", request=request, method=provider.id)

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        """An address that the site vouches for needs no mail of ours."""
        vouched = any(address.verified for address in sociallogin.email_addresses)
        return may_join(request) and (vouched or mail.can_send())

    def populate_user(self, request: HttpRequest, sociallogin: Any, data: dict[str, Any]) -> Person:
        person: Person = super().populate_user(request, sociallogin, data)
        full = " ".join(part for part in (data.get("first_name"), data.get("last_name")) if part)
        person.email = person.email or None
        person.name = clean_name(data.get("name") or full or data.get("username") or "")
        return person

    def is_auto_signup_allowed(self, request: HttpRequest, sociallogin: Any) -> bool:
        return bool(sociallogin.user.name) and super().is_auto_signup_allowed(request, sociallogin)

    def get_signup_form_initial_data(self, sociallogin: Any) -> dict[str, Any]:
        initial: dict[str, Any] = super().get_signup_form_initial_data(sociallogin)
        return initial | {"name": sociallogin.user.name}

    def save_user(self, request: HttpRequest, sociallogin: Any, form: Any = None) -> Person:
        with transaction.atomic():
            person: Person = super().save_user(request, sociallogin, form)
            actions.create_personal_studio(person.pk)
        return person

    def authenticate_by_email(self, sociallogin: Any) -> tuple[Person, str] | None:
        """The person whose confirmed address is the confirmed main address over there.

        An address of ours that nobody has confirmed proves nothing: somebody may have made the account to lie in wait
        for its owner. Nor does one that the site was only told.
        """
        for address in sociallogin.email_addresses:
            if address.verified and address.primary and sociallogin.provider.vouches_for(address.email, sociallogin):
                ours = EmailAddress.objects.filter(email=address.email.lower(), verified=True).select_related("user")
                if (found := ours.first()) and _may_sign_in(found.user):
                    return found.user, address.email
        return None


class CodesAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Time-based codes. Their secrets are kept sealed."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": "That code is wrong, or was used already.",
        "unverified_email": "Confirm your address first.",
        "add_email_blocked": "Turn codes off before you add an address.",
    }

    def encrypt(self, text: str) -> str:
        return sealing.seal(text, purpose=CODES)

    def decrypt(self, encrypted_text: str) -> str:
        """Raises Invalid after the installation's secret was changed: no code can be looked at any more."""
        try:
            return sealing.unseal(encrypted_text, purpose=CODES)
        except sealing.Unsealable as error:
            raise Invalid(
                "codes_unreadable",
                "The secret of this studio was changed, so your codes cannot be checked. Ask whoever runs it for a "
                "link that signs you in, and turn codes off and on again.",
            ) from error


class DevicesAdapter(DefaultUserSessionsAdapter):  # type: ignore[misc]
    def end_sessions(self, sessions: Iterable[UserSession]) -> None:
        """Ends sign-ins, and within a second the sockets of their pages."""
        sign_ins.end(sessions)


def may_join(request: HttpRequest) -> bool:
    """Whether this browser's owner may make an account."""
    return settings.SIGN_UP == "open" or bool(request.session.get(INVITATION))


def public_address(name: str, *arguments: str) -> str:
    return str(settings.PUBLIC_URL + reverse(name, args=arguments))


def _may_sign_in(person: Person) -> bool:
    return person.is_active and person.kind == Person.Kind.PERSON
