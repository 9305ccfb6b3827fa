"""Tables of the docks: pages for the inside of OBS, and the scenes that they switch."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone


class Dock(models.Model):
    """A page for OBS under a secret address, signed for a role. Its token is the whole studio's: panic, questions and
    alerts are. ``session_id`` only says which show it follows; None: whichever runs."""

    class Role(models.TextChoices):
        CONTROL = "control", "Runs the show"
        WATCH = "watch", "Watches"

    studio = models.ForeignKey("accounts.Studio", on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=60)
    role = models.CharField(max_length=8, choices=Role.choices, default=Role.CONTROL)
    #: No foreign key: a dock outlives its session, and says that it is gone.
    session_id = models.BigIntegerField(null=True, blank=True)
    #: Where OBS listens, ``ws://host:port``, if not on the dock's own machine.
    obs_address = models.CharField(max_length=120, blank=True)
    token: "models.OneToOneField[Any, Any]" = models.OneToOneField(
        "accounts.AccessToken", null=True, on_delete=models.SET_NULL, related_name="+"
    )
    sealed_secret = models.TextField(blank=True)
    made_by = models.ForeignKey("accounts.Person", null=True, on_delete=models.SET_NULL, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)
    deleted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["studio", "name"], name="dock_studio_name")]

    def __str__(self) -> str:
        return f"{self.name} of {self.studio_id}"


class ObsScene(models.Model):
    """The scene of OBS for a product, or for a section of a lineup by its name."""

    studio = models.ForeignKey("accounts.Studio", on_delete=models.CASCADE, related_name="+")
    product = models.ForeignKey("catalog.Product", null=True, on_delete=models.CASCADE, related_name="+")
    section = models.CharField(max_length=200, blank=True)
    scene = models.CharField(max_length=200)
    changed_by = models.ForeignKey("accounts.Person", null=True, on_delete=models.SET_NULL, related_name="+")
    changed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["studio", "product"], name="obs_scene_once_per_product"),
            models.UniqueConstraint(
                fields=["studio", "section"], condition=~Q(section=""), name="obs_scene_once_per_section"
            ),
            models.CheckConstraint(condition=Q(product__isnull=True) ^ Q(section=""), name="obs_scene_of_one_thing"),
        ]

    def __str__(self) -> str:
        return f"{self.scene} of {self.studio_id}"
