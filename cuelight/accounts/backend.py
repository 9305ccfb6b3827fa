"""Who a password belongs to."""

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import HttpRequest

from cuelight.accounts.models import Person


class PasswordBackend(AuthenticationBackend):  # type: ignore[misc]
    """E-mail and password, of people only: stations and guests have no mailbox and no password of their own.

    It has the last word, so that a wrong password is hashed once, as often as for an address that nobody has.
    """

    def authenticate(self, request: HttpRequest | None, **credentials: Any) -> Person | None:
        found: Person | None = super().authenticate(request, **credentials)
        if found is None and credentials.get("password"):
            raise PermissionDenied
        return found

    def _authenticate_by_email(self, email: str, password: str) -> Person | None:
        """By one query, whether there is such an address or not."""
        address = email.lower()
        theirs = Q(email=address) | Q(emailaddress__email=address, emailaddress__verified=True)
        for person in Person.objects.filter(theirs, kind=Person.Kind.PERSON).distinct():
            checked: Person | None = self._check_password(person, password)
            if checked is not None:
                return checked
        return None
