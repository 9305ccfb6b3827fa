"""Tables of the overlays: layouts with their addresses, and what widgets are set to."""

from typing import ClassVar

from django.db import models
from django.utils import timezone

from cuelight.widgets.address_models import Addressed
from cuelight.widgets.dock_models import Dock as Dock
from cuelight.widgets.dock_models import ObsScene as ObsScene


class Overlay(Addressed):
    """A page of widgets for OBS. ``boxes``: which widgets, where, in pixels of the canvas (`layout.Box`). Its token is
    good for no more than watching."""

    PURPOSE, CALLED, scope = "widgets.overlay", "overlay", "overlay"

    width = models.PositiveIntegerField(default=1920)
    height = models.PositiveIntegerField(default=1080)
    boxes = models.JSONField(default=list)
    version = models.PositiveBigIntegerField(default=1, help_text="Grows with every change of the layout")
    seen_at = models.DateTimeField(null=True, blank=True, help_text="When a page of it was last connected")
    changed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["studio", "name"], name="overlay_studio_name")]


class WidgetConfig(models.Model):
    """What a studio has set of one kind of widget. Only what differs from the defaults: they may become better."""

    studio = models.ForeignKey("accounts.Studio", on_delete=models.CASCADE, related_name="+")
    type = models.CharField(max_length=20)
    settings = models.JSONField(default=dict)
    version = models.PositiveBigIntegerField(default=1)
    changed_by = models.ForeignKey("accounts.Person", null=True, on_delete=models.SET_NULL, related_name="+")
    changed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["studio", "type"], name="widgets_one_config_per_type"),
        ]

    def __str__(self) -> str:
        return f"{self.type} of {self.studio_id}"


class WidgetFile(models.Model):
    """A sound or a picture that widgets can use. ``stored``: its random name, the public's and the store's; never used
    again, so that it may be cached for ever. ``size``: bytes as stored."""

    KINDS = (("sound", "Sound"), ("image", "Picture"))

    studio = models.ForeignKey("accounts.Studio", on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=5, choices=KINDS)
    name = models.CharField(max_length=80)
    stored = models.CharField(max_length=40, unique=True)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64, help_text="Of the file as it was given")
    made_by = models.ForeignKey("accounts.Person", null=True, on_delete=models.SET_NULL, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)
    removed_at = models.DateTimeField(null=True, blank=True, help_text="A day later the file goes")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["studio", "sha256"], name="widgets_one_file_per_content"),
        ]

    def __str__(self) -> str:
        return f"{self.name} of {self.studio_id}"

    @property
    def address(self) -> str:
        return f"/widget-files/{self.stored}"
