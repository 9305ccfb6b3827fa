"""What overlays and docks have in common: pages for OBS, each under a secret address of its own."""

from typing import Any, ClassVar

from django.db import models
from django.utils import timezone


class Addressed(models.Model):
    """A page for OBS. Its address holds the secret of ``token``; it is kept sealed, so that the address can be shown
    again. A deleted one is kept, without an address that leads to it, so that it can be put back."""

    #: What a secret is sealed for. Never changed: what was sealed before would open no more.
    PURPOSE: ClassVar[str]
    #: What people call one.
    CALLED: ClassVar[str]

    studio = models.ForeignKey("accounts.Studio", on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=60)
    token: "models.OneToOneField[Any, Any]" = models.OneToOneField(
        "accounts.AccessToken", null=True, on_delete=models.SET_NULL, related_name="+"
    )
    sealed_secret = models.TextField(blank=True)
    made_by = models.ForeignKey("accounts.Person", null=True, on_delete=models.SET_NULL, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)
    deleted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.name} of {self.studio_id}"

    @property
    def scope(self) -> str:
        """The one thing that its token is good for."""
        raise NotImplementedError
