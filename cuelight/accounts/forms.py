"""The forms of signing in and up, and of one's own account: allauth's, with our words."""

from typing import Any, ClassVar

from allauth.account import forms as account_forms
from allauth.account.models import EmailAddress
from allauth.mfa.base import forms as codes_forms
from allauth.mfa.totp import forms as totp_forms
from allauth.socialaccount import forms as sites_forms
from django import forms
from django.contrib.auth.hashers import make_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse

from cuelight.accounts import actions
from cuelight.accounts.models import Person
from cuelight.accounts.naming import NameForm

LENGTH = "At least 10 characters. A few words are fine."


class Plain:
    """Labels above, hints below, nothing inside the box; a password is typed once and can be looked at."""

    labels: ClassVar[dict[str, str]] = {}
    hints: ClassVar[dict[str, str]] = {}
    without: ClassVar[tuple[str, ...]] = ()
    fields: dict[str, forms.Field]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in self.without:
            self.fields.pop(name, None)
        for name, field in self.fields.items():
            field.widget.attrs.pop("placeholder", None)
            field.label = self.labels.get(name, field.label)
            field.help_text = self.hints.get(name, "")


class SignInForm(Plain, account_forms.LoginForm):  # type: ignore[misc]
    labels: ClassVar = {"login": "Email"}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].widget.attrs["autocomplete"] = "username"


class SignUpForm(Plain, account_forms.SignupForm):  # type: ignore[misc]
    labels: ClassVar = {"password1": "Password"}
    hints: ClassVar = {"name": "As your colleagues will see it.", "password1": LENGTH}
    field_order: ClassVar = ["name", "email", "password1"]
    account_already_exists: bool

    def try_save(self, request: HttpRequest) -> tuple[Person | None, HttpResponse | None]:
        if self.account_already_exists:
            # As much work as for a new account: what is slow about one is its password's hash.
            make_password(self.cleaned_data["password1"])
        try:
            with transaction.atomic():
                saved: tuple[Person | None, HttpResponse | None] = super().try_save(request)
        except IntegrityError:
            # The same address from two browsers at once: the later one is told what a later one is always told.
            if self.account_already_exists or not Person.objects.filter(email=self.cleaned_data["email"]).exists():
                raise
            self.account_already_exists = True
            saved = super().try_save(request)
        return saved

    def save(self, request: HttpRequest) -> Person:
        person: Person = super().save(request)
        actions.create_personal_studio(person.pk)
        return person


class AddAddressForm(Plain, account_forms.AddEmailForm):  # type: ignore[misc]
    labels: ClassVar = {"email": "Another address"}


class ChangePasswordForm(Plain, account_forms.ChangePasswordForm):  # type: ignore[misc]
    without: ClassVar = ("password2",)
    labels: ClassVar = {"oldpassword": "Present password", "password1": "New password"}
    hints: ClassVar = {"password1": LENGTH}


class SetPasswordForm(Plain, account_forms.SetPasswordForm):  # type: ignore[misc]
    without: ClassVar = ("password2",)
    hints: ClassVar = {"password1": LENGTH}


class NewPasswordForm(Plain, account_forms.ResetPasswordKeyForm):  # type: ignore[misc]
    without: ClassVar = ("password2",)
    labels: ClassVar = {"password1": "New password"}
    hints: ClassVar = {"password1": LENGTH}


class ResetForm(Plain, account_forms.ResetPasswordForm):  # type: ignore[misc]
    users: list[Person]

    def clean_email(self) -> str:
        email: str = super().clean_email()
        self.users = [person for person in self.users if _may_reset(person, email)]
        return email


def _may_reset(person: Person, email: str) -> bool:
    """Whether a mailbox may decide over an account: not one that was only typed in and may be a stranger's."""
    if person.kind != Person.Kind.PERSON:
        return False
    return person.email == email or EmailAddress.objects.filter(user=person, email=email, verified=True).exists()


class ReauthenticateForm(Plain, account_forms.ReauthenticateForm):  # type: ignore[misc]
    pass


class CodeForm(Plain, codes_forms.AuthenticateForm):  # type: ignore[misc]
    hints: ClassVar = {"code": "Six digits from your app, or a recovery code."}


class ReauthenticateByCodeForm(Plain, codes_forms.ReauthenticateForm):  # type: ignore[misc]
    hints: ClassVar = {"code": "Six digits from your app, or a recovery code."}


class ActivateCodesForm(Plain, totp_forms.ActivateTOTPForm):  # type: ignore[misc]
    labels: ClassVar = {"code": "Code of your app"}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].widget.attrs["inputmode"] = "numeric"


class SiteSignUpForm(Plain, sites_forms.SignupForm):  # type: ignore[misc]
    hints: ClassVar = {"name": "As your colleagues will see it."}
    field_order: ClassVar = ["name", "email"]


class DisconnectForm(Plain, sites_forms.DisconnectForm):  # type: ignore[misc]
    pass


class RenameForm(NameForm):
    pass


class EraseForm(forms.Form):
    """Wants the password; who has none types the address of the account, or their name if there is none either."""

    proof = forms.CharField(strip=False)

    def __init__(self, *args: Any, person: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._person = person
        field = self.fields["proof"]
        if person.has_usable_password():
            field.label = "Your password"
            field.widget = forms.PasswordInput({"autocomplete": "current-password"})
        else:
            field.label = f"Type {person.email or person.name} to go on"
            field.widget = forms.TextInput({"autocomplete": "off"})

    def clean_proof(self) -> str:
        proof: str = self.cleaned_data["proof"]
        if self._person.has_usable_password():
            if not self._person.check_password(proof):
                raise ValidationError("That is not your password.")
        elif proof.strip().lower() != (self._person.email or self._person.name).lower():
            raise ValidationError("That is not what stands above.")
        return proof
