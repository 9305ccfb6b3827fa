"""People, studios and the roles that join them; the ways in that a studio gives; what was done with all of it."""

from datetime import datetime
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone


class Role(models.TextChoices):
    ADMIN = "admin", "Admin"
    PRODUCER = "producer", "Producer"
    HOST = "host", "Host"
    CATALOGER = "cataloger", "Cataloger"


class PersonManager(BaseUserManager["Person"]):
    def create_user(self, email: str | None, name: str, password: str | None = None, **extra: Any) -> "Person":
        # All of it in small letters: nobody's mailbox tells them apart, and people type them as they please.
        person = self.model(email=email.strip().lower() if email else None, name=name, **extra)
        person.set_password(password)
        person.save(using=self._db)
        return person

    def create_superuser(self, email: str, name: str, password: str | None = None, **extra: Any) -> "Person":
        return self.create_user(email, name, password, is_staff=True, is_superuser=True, **extra)


class Person(AbstractBaseUser, PermissionsMixin):
    """Somebody who signs in. The user model of the whole project."""

    class Kind(models.TextChoices):
        PERSON = "person", "Person"
        #: Whoever sits at a device of the studio that was signed in by a role's passphrase.
        STATION = "station", "Studio device"
        #: Somebody let in by a link, by name only, for a while.
        GUEST = "guest", "Guest"

    #: None for stations and guests: there is no mailbox, so nothing can be reset by mail.
    email = models.EmailField(unique=True, null=True, blank=True)
    name = models.CharField(max_length=100)
    kind = models.CharField(max_length=8, choices=Kind.choices, default=Kind.PERSON)
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)
    joined_at = models.DateTimeField(auto_now_add=True)

    objects = PersonManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    def __str__(self) -> str:
        return self.name


class Studio(models.Model):
    """The tenant: it owns brands, sessions and everything below them."""

    name = models.CharField(max_length=100)
    slug = models.SlugField(max_length=60, unique=True)
    currency = models.CharField(max_length=3, default="USD", help_text="ISO 4217; prices are integer minor units of it")
    created_at = models.DateTimeField(auto_now_add=True)
    #: Nobody gets in from this moment on; what it owns is erased some days later.
    deleted_at = models.DateTimeField(null=True, blank=True)
    people = models.ManyToManyField(Person, through="Membership", related_name="studios")

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    """One role of one person in one studio. A person may hold several."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="memberships")
    studio = models.ForeignKey(Studio, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=16, choices=Role.choices)
    created_at = models.DateTimeField(auto_now_add=True)
    #: A guest's role ends by itself; None for everybody else.
    ends_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["person", "studio", "role"], name="membership_role_once"),
            models.CheckConstraint(condition=models.Q(role__in=Role.values), name="membership_role_known"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} is {self.role} of {self.studio_id}"


class Invitation(models.Model):
    """An open door into a studio, for whoever holds its signed link: by mail to one address, or to pass on."""

    studio = models.ForeignKey(Studio, on_delete=models.CASCADE, related_name="invitations")
    roles = ArrayField(models.CharField(max_length=16, choices=Role.choices))
    #: Only a person whose confirmed address this is may use it. None: whoever has the link.
    email = models.EmailField(null=True, blank=True)
    #: A link that needs no account: somebody gives a name and is in, for so many hours. None: an account is needed.
    guest_hours = models.PositiveSmallIntegerField(null=True, blank=True)
    #: Where it leads once accepted: a path of this site, such as a session's host screen.
    path = models.CharField(max_length=200, blank=True, default="")
    #: Part of what is signed, and made anew to make all links of before worthless.
    nonce = models.CharField(max_length=32)
    max_uses = models.PositiveSmallIntegerField(default=1)
    uses = models.PositiveSmallIntegerField(default=0)
    created_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=models.Q(uses__lte=models.F("max_uses")), name="invitation_uses_bounded"),
        ]

    def is_open(self, now: datetime | None = None) -> bool:
        return self.revoked_at is None and self.uses < self.max_uses and self.expires_at > (now or timezone.now())


class RolePassphrase(models.Model):
    """The secret that signs a studio's devices in for one role. Only its hash is kept."""

    studio = models.ForeignKey(Studio, on_delete=models.CASCADE, related_name="passphrases")
    role = models.CharField(max_length=16, choices=Role.choices)
    hash = models.CharField(max_length=200)
    #: Who is signed in by it: a person of kind "station" with this one role in this one studio.
    station = models.OneToOneField(Person, on_delete=models.PROTECT, related_name="passphrase")
    set_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    set_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["studio", "role"], name="passphrase_role_once"),
        ]


class SignInAttempts(models.Model):
    """How often somebody at one address has tried one door lately. Counted before the secret is looked at."""

    #: What is tried, from where: ``passphrase:pavoi:host@203.0.113.9``.
    key = models.CharField(max_length=200, primary_key=True)
    times = ArrayField(models.DateTimeField(), default=list)
    locked_until = models.DateTimeField(null=True, blank=True)
    updated_at = models.DateTimeField(default=timezone.now, db_index=True)


class AccessToken(models.Model):
    """A key for an overlay, a deck or a script. It belongs to the studio and may what its scopes may."""

    studio = models.ForeignKey(Studio, on_delete=models.CASCADE, related_name="tokens")
    name = models.CharField(max_length=60)
    scopes = ArrayField(models.CharField(max_length=16))
    #: The one session it is good for. None: all of the studio's. No foreign key: sessions are a context above.
    session_id = models.BigIntegerField(null=True, blank=True)
    #: SHA-256 of the secret, which is random and long, so that it needs no salt and is found by an index.
    digest = models.BinaryField(unique=True)
    #: The last letters of the secret, to tell one from another.
    hint = models.CharField(max_length=8)
    created_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)


class AuditEntry(models.Model):
    """One thing somebody did that matters for safety. Never a secret, never what was typed."""

    at = models.DateTimeField(default=timezone.now)
    studio = models.ForeignKey(Studio, null=True, on_delete=models.CASCADE, related_name="+", db_index=False)
    #: Who did it; None: nobody who is known (a failed sign-in). Kept as a number when the person is erased.
    person_id = models.BigIntegerField(null=True, blank=True)
    token_id = models.BigIntegerField(null=True, blank=True)
    #: A stable word: ``sign_in``, ``role_granted``; ``audit.py`` has them all.
    kind = models.CharField(max_length=40)
    #: What it was done to, in words: "Tom Host", "OBS main scene".
    target = models.CharField(max_length=200, blank=True, default="")
    detail = models.JSONField(default=dict)
    address = models.GenericIPAddressField(null=True, blank=True)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["studio", "-at"], name="audit_studio_at"),
            models.Index(fields=["at"], name="audit_at"),
        ]
