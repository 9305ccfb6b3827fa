"""Tables of the docks: pages for the inside of OBS, and the scenes that they switch."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone

from cuelight.widgets.address_models import Addressed


class Dock(Addressed):
    """A page for the inside of OBS, signed for a role. Its token is the whole studio's: panic, questions and
    alerts are. ``session_id`` only says which show it follows; None: whichever runs."""

    class Role(models.TextChoices):
        CONTROL = "control", "Runs the show"
        WATCH = "watch", "Watches"

    PURPOSE, CALLED = "widgets.dock", "dock"

    role = models.CharField(max_length=8, choices=Role.choices, default=Role.CONTROL)
    #: No foreign key: a dock outlives its session, and says that it is gone.
    session_id = models.BigIntegerField(null=True, blank=True)
    #: Where OBS listens, ``ws://host:port``, if not on the dock's own machine.
    obs_address = models.CharField(max_length=120, blank=True)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["studio", "name"], name="dock_studio_name")]

    @property
    def scope(self) -> str:
        return self.role


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
