"""What spans all contexts has one table of its own: the runs that take everything out of a studio."""

from typing import ClassVar

from django.db import models
from django.db.models import Q


class StudioExport(models.Model):
    """One zip of everything, from being asked for to being removed."""

    class Status(models.TextChoices):
        WAITING = "waiting", "Waiting"
        PACKING = "packing", "Packing"
        DONE = "done", "Ready"
        FAILED = "failed", "Failed"
        REMOVED = "removed", "Removed"

    studio = models.ForeignKey("accounts.Studio", on_delete=models.CASCADE, related_name="+")
    started_by = models.ForeignKey("accounts.Person", null=True, on_delete=models.SET_NULL, related_name="+")
    status = models.CharField(max_length=8, choices=Status.choices, default=Status.WAITING)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    #: Where it lies, below the data folder: a random name, never among the pictures that anybody may fetch.
    path = models.CharField(max_length=100, blank=True, default="")
    size = models.BigIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)
    #: The last sign of life of a run.
    updated_at = models.DateTimeField(auto_now=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["studio"], condition=Q(status__in=["waiting", "packing"]), name="studio_export_one_at_a_time"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.status} export of {self.studio_id}"
