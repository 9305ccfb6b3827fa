"""What is noted of what allauth did, and what must end with it. Where allauth has a hook, it is in ``adapter.py``."""

from typing import Any

from allauth.account import signals as account
from allauth.account.internal.flows.login import get_authentication_records
from allauth.account.models import EmailAddress
from allauth.mfa import signals as codes
from allauth.mfa.models import Authenticator
from allauth.socialaccount import signals as sites
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.dispatch import receiver
from django.http import HttpRequest

from cuelight.accounts import audit
from cuelight.accounts.adapter import DevicesAdapter
from cuelight.accounts.models import Person
from cuelight.live.broadcast import sign_out


def method_of(request: HttpRequest, person: Person) -> str:
    """How somebody has just signed in: ``password+codes``, ``github``."""
    ways = [
        {"mfa": "codes", "socialaccount": record.get("provider", "")}.get(record["method"], record["method"])
        for record in get_authentication_records(request, person)
        if not record.get("reauthenticated")
    ]
    return "+".join(dict.fromkeys(ways)) or "confirmation"


@receiver(account.user_logged_in)
def signed_in(request: HttpRequest, user: Person, **_: Any) -> None:
    audit.record("sign_in", request=request, person_id=user.pk, method=method_of(request, user))


@receiver(account.user_signed_up)
def signed_up(request: HttpRequest, user: Person, **_: Any) -> None:
    audit.record("signed_up", request=request, person_id=user.pk)


@receiver(account.email_confirmed)
def confirmed(request: HttpRequest, email_address: EmailAddress, **_: Any) -> None:
    audit.record("email_confirmed", request=request, person_id=email_address.user_id)


@receiver(account.email_changed)
@receiver(account.email_added)
@receiver(account.email_removed)
def changed_address(request: HttpRequest, user: Person, **_: Any) -> None:
    audit.record("email_changed", request=request, person_id=user.pk)


@receiver(account.password_changed)
@receiver(account.password_set)
def changed_password(request: HttpRequest, user: Person, **_: Any) -> None:
    audit.record("password_changed", request=request, person_id=user.pk)
    end_sign_ins(user, but=request.session.session_key)


@receiver(account.password_reset)
def reset_password(request: HttpRequest, user: Person, **_: Any) -> None:
    audit.record("password_reset", request=request, person_id=user.pk)
    end_sign_ins(user)
    _take_over(user)


def end_sign_ins(person: Person, *, but: str | None = None) -> None:
    """Ends all sign-ins of a person, but one, and all sockets: those of the one that stays come back by themselves."""
    DevicesAdapter().end_sessions(UserSession.objects.filter(user=person).exclude(session_key=but))
    sign_out(f"person:{person.pk}")


def _take_over(person: Person) -> None:
    """Who resets the password reads the mailbox. Had nobody confirmed the address before, somebody else may have made
    the account to wait for its owner: what they put there to come in by goes."""
    if EmailAddress.objects.filter(user=person, verified=True).exists():
        return
    SocialAccount.objects.filter(user=person).delete()
    Authenticator.objects.filter(user=person).delete()
    EmailAddress.objects.filter(user=person).exclude(email=person.email).delete()
    EmailAddress.objects.update_or_create(user=person, email=person.email, defaults={"verified": True, "primary": True})


@receiver(codes.authenticator_added)
def codes_on(request: HttpRequest, user: Person, authenticator: Authenticator, **_: Any) -> None:
    if authenticator.type == Authenticator.Type.TOTP:
        audit.record("codes_on", request=request, person_id=user.pk)


@receiver(codes.authenticator_removed)
def codes_off(request: HttpRequest, user: Person, authenticator: Authenticator, **_: Any) -> None:
    if authenticator.type == Authenticator.Type.TOTP:
        audit.record("codes_off", request=request, person_id=user.pk)


@receiver(codes.authentication_failed)
def wrong_code(request: HttpRequest, user: Person, **_: Any) -> None:
    # Whoever types it knows the password: this one is known.
    audit.record("sign_in_failed", request=request, person_id=user.pk, method="codes")


@receiver(sites.social_account_added)
def connected(request: HttpRequest, sociallogin: Any, **_: Any) -> None:
    provider = sociallogin.account.provider
    audit.record("provider_connected", request=request, person_id=sociallogin.user.pk, target=provider)


@receiver(sites.social_account_removed)
def disconnected(request: HttpRequest, socialaccount: SocialAccount, **_: Any) -> None:
    audit.record(
        "provider_disconnected", request=request, person_id=socialaccount.user_id, target=socialaccount.provider
    )
