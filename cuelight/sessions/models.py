"""Tables of the live sessions. What is on air lives in the session's aggregate (``state.py``); the lineup's rows and
the columns of a session that other queries read are written by that aggregate's projection and nowhere else."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q, Value
from msgspec import to_builtins

from cuelight.sessions.lineup import DEFAULT_PRESETS


class Session(models.Model):
    """One live selling show. ``name`` to ``is_archived`` are projected from the journal."""

    class Status(models.TextChoices):
        DRAFT = "draft", "Draft"
        REHEARSAL = "rehearsal", "Rehearsal"
        LIVE = "live", "Live"
        COMPLETE = "complete", "Complete"

    studio = models.ForeignKey("accounts.Studio", on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=200)
    slug = models.SlugField(max_length=60)
    notes = models.TextField(blank=True)
    status = models.CharField(max_length=16, choices=Status.choices, default=Status.DRAFT)
    scheduled_at = models.DateTimeField(null=True, blank=True)
    duration_minutes = models.PositiveIntegerField(default=180)
    wrap = models.BooleanField(default=False, help_text="Next after the last item shows the first")
    host_may_drive = models.BooleanField(default=False, help_text="The host may press keys too")
    started_at = models.DateTimeField(null=True, blank=True, help_text="When it last went live or into rehearsal")
    warn_seconds = models.PositiveIntegerField(db_default=60, help_text="Left on the clock when it turns amber")
    danger_seconds = models.PositiveIntegerField(db_default=15, help_text="Left on the clock when it turns red")
    freeze_at_zero = models.BooleanField(db_default=False, help_text="The clock stops at 0 and shows no time over")
    skip_sold_out = models.BooleanField(db_default=False, help_text="Next and previous pass over what is sold out")
    card_theme = models.CharField(max_length=20, db_default="standard", help_text="How the product card looks")
    approve_prices = models.BooleanField(db_default=False, help_text="A flash price needs a second person's yes")
    is_template = models.BooleanField(db_default=False, help_text="Kept to make sessions of")
    is_archived = models.BooleanField(db_default=False, help_text="Out of the list of sessions")
    flash_due_at = models.DateTimeField(null=True, blank=True, help_text="When its next flash price or offer ends")
    arming = models.BooleanField(db_default=False, help_text="A first key press stages a product, a second shows it")
    presets = models.JSONField(
        db_default=Value(to_builtins(list(DEFAULT_PRESETS)), models.JSONField()),
        help_text="Ready messages to the host: {text, color}",
    )
    made_by_op = models.UUIDField(null=True, help_text="The form that made it: sent twice, it is made once")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            # Each server asks every few seconds; hardly ever is there one.
            models.Index(fields=["flash_due_at"], condition=Q(flash_due_at__isnull=False), name="session_flash_due"),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["studio", "slug"], name="session_slug_once_per_studio"),
            models.UniqueConstraint(fields=["studio", "made_by_op"], name="session_made_once"),
            models.CheckConstraint(
                condition=Q(status__in=["draft", "rehearsal", "live", "complete"]),
                name="session_status_known",
            ),
            models.CheckConstraint(
                # Which of the two is greater is not said: undoing one of two changes may lead there.
                condition=Q(warn_seconds__range=(1, 3600), danger_seconds__range=(1, 3600)),
                name="session_warning_times_possible",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class LineupItem(models.Model):
    """One product in a session's lineup, with its own prices and notes where they differ. Null means the product's."""

    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="items")
    studio = models.ForeignKey("accounts.Studio", on_delete=models.CASCADE, related_name="+")
    product = models.ForeignKey("catalog.Product", on_delete=models.PROTECT, related_name="+")
    position = models.PositiveIntegerField(help_text="The number typed on the console; 1-based, gaps allowed")
    name = models.CharField(max_length=500, null=True, blank=True)
    talking_points_md = models.TextField(null=True, blank=True)
    original_price_cents = models.BigIntegerField(null=True, blank=True)
    sale_price_cents = models.BigIntegerField(null=True, blank=True)
    section = models.CharField(max_length=100, blank=True)
    notes = models.TextField(blank=True, help_text="For the crew; never on the host's screen or an overlay")
    skipped = models.BooleanField(db_default=False, help_text="Next and previous pass over it")
    # No foreign key: a document that is deleted leaves the line with the talking points it had before.
    document_id = models.BigIntegerField(null=True, blank=True, help_text="The shared document that is its points")
    planned_seconds = models.PositiveIntegerField(null=True, blank=True, help_text="Null: its share of the show")
    warn_seconds = models.PositiveIntegerField(null=True, blank=True, help_text="Null: as the session has it")
    danger_seconds = models.PositiveIntegerField(null=True, blank=True, help_text="Null: as the session has it")

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["document_id"], name="lineup_document", condition=Q(document_id__isnull=False)),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["session", "position"],
                name="lineup_position_once",
                deferrable=models.Deferrable.DEFERRED,
            ),
            models.CheckConstraint(condition=Q(position__gt=0), name="lineup_position_positive"),
            models.CheckConstraint(
                condition=Q(original_price_cents__isnull=True) | Q(original_price_cents__gt=0),
                name="lineup_original_price_positive",
            ),
            models.CheckConstraint(
                condition=Q(sale_price_cents__isnull=True) | Q(sale_price_cents__gt=0),
                name="lineup_sale_price_positive",
            ),
            models.CheckConstraint(
                condition=Q(sale_price_cents__isnull=True)
                | Q(original_price_cents__isnull=True)
                | Q(sale_price_cents__lte=F("original_price_cents")),
                name="lineup_sale_not_above_original",
            ),
            *(
                models.CheckConstraint(
                    condition=Q(**{f"{name}__isnull": True}) | Q(**{f"{name}__range": (1, 86400)}),
                    name=f"lineup_{name}_possible",
                )
                for name in ("planned_seconds", "warn_seconds", "danger_seconds")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.position} of session {self.session_id}"


class SessionHost(models.Model):
    """Who is on camera in a session; projected from the journal."""

    class Role(models.TextChoices):
        PRIMARY = "primary", "Primary"
        CO_HOST = "co_host", "Co-host"

    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="hosts")
    person = models.ForeignKey("accounts.Person", on_delete=models.CASCADE, related_name="+")
    role = models.CharField(max_length=16, choices=Role.choices, default=Role.PRIMARY)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["session", "person"], name="session_host_once"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} hosts {self.session_id}"


class SheetImport(models.Model):
    """One run of the importer: which file, what is to be done with it, how far it is, what came of it."""

    class Status(models.TextChoices):
        READING = "reading", "Reading"
        PREVIEW = "preview", "Preview"
        RUNNING = "running", "Importing"
        DONE = "done", "Done"
        FAILED = "failed", "Failed"
        CANCELLED = "cancelled", "Cancelled"

    studio = models.ForeignKey("accounts.Studio", on_delete=models.CASCADE, related_name="+")
    brand = models.ForeignKey("catalog.Brand", on_delete=models.CASCADE, related_name="+")
    session = models.ForeignKey(Session, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    started_by = models.ForeignKey("accounts.Person", null=True, on_delete=models.SET_NULL, related_name="+")
    filename = models.CharField(max_length=255)
    path = models.CharField(max_length=400, help_text="Where the uploaded file lies, below the data folder")
    status = models.CharField(max_length=16, choices=Status.choices, default=Status.READING)
    upsert = models.BooleanField(default=False)
    clear_blank = models.BooleanField(default=False, db_default=False, help_text="A blank cell empties the field")
    also_edited = models.BooleanField(
        default=False, db_default=False, help_text="Fields that were changed by hand are overwritten as well"
    )
    format = models.CharField(
        max_length=30, blank=True, db_default="", help_text="What kind of file it is, where a person chose"
    )
    change_set = models.ForeignKey(
        "catalog.ChangeSet", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    item_ids = models.JSONField(default=list, db_default=models.Value([], models.JSONField()), blank=True)
    """Items that it put into the lineup."""
    mapping = models.JSONField(default=dict, blank=True, help_text="Column header to field name, where a person chose")
    rows_total = models.PositiveIntegerField(null=True, blank=True)
    rows_done = models.PositiveIntegerField(default=0)
    preview = models.JSONField(null=True, blank=True)
    result = models.JSONField(null=True, blank=True, help_text="Counts and warnings, or errors by line number")
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.filename
