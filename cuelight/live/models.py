"""The two tables of the spine. Only ``journal.py`` and ``transactional.py`` write them, in SQL of their own."""

from typing import ClassVar

from django.db import models


class Aggregate(models.Model):
    """The head of one live aggregate: its newest version and its small live part."""

    id = models.CharField(primary_key=True, max_length=80, help_text="kind:number, such as session:1")
    kind = models.CharField(max_length=20)
    studio = models.ForeignKey("accounts.Studio", on_delete=models.CASCADE, related_name="+")
    version = models.BigIntegerField(default=0)
    state = models.JSONField(default=dict)
    format = models.SmallIntegerField(default=1)
    deleted_at = models.DateTimeField(null=True, blank=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        db_table = "live_aggregate"


class JournalEntry(models.Model):
    """One accepted change. ``event`` is ``{kind, changes: {path: [before, after]}}``."""

    pk = models.CompositePrimaryKey("aggregate_id", "version")
    aggregate_id = models.CharField(max_length=80)
    version = models.BigIntegerField()
    op_id = models.UUIDField()
    format = models.SmallIntegerField()
    event = models.JSONField()
    actor_id = models.BigIntegerField(null=True, help_text="accounts.Person; kept after that person is erased")
    source = models.CharField(max_length=20, help_text="key, api, automation, import, platform …")
    payload_hash = models.BigIntegerField()
    at = models.DateTimeField()
    studio_id = models.BigIntegerField()

    class Meta:
        db_table = "journal"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["aggregate_id", "op_id"], name="journal_op_id_once"),
        ]
