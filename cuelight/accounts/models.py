"""People, studios and the roles that join them."""

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models


class Role(models.TextChoices):
    ADMIN = "admin", "Admin"
    PRODUCER = "producer", "Producer"
    HOST = "host", "Host"
    CATALOGER = "cataloger", "Cataloger"


class PersonManager(BaseUserManager["Person"]):
    def create_user(self, email: str, name: str, password: str | None = None, **extra: Any) -> "Person":
        # All of it in small letters: nobody's mailbox tells them apart, and people type them as they please.
        person = self.model(email=email.strip().lower(), name=name, **extra)
        person.set_password(password)
        person.save(using=self._db)
        return person

    def create_superuser(self, email: str, name: str, password: str | None = None, **extra: Any) -> "Person":
        return self.create_user(email, name, password, is_staff=True, is_superuser=True, **extra)


class Person(AbstractBaseUser, PermissionsMixin):
    """Somebody who signs in. The user model of the whole project."""

    email = models.EmailField(unique=True)
    name = models.CharField(max_length=100)
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
    people = models.ManyToManyField(Person, through="Membership", related_name="studios")

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    """One role of one person in one studio. A person may hold several."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="memberships")
    studio = models.ForeignKey(Studio, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=16, choices=Role.choices)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["person", "studio", "role"], name="membership_role_once"),
            models.CheckConstraint(condition=models.Q(role__in=Role.values), name="membership_role_known"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} is {self.role} of {self.studio_id}"
