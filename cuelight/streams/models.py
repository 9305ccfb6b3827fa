"""Tables of the streams: accounts at platforms, what happens there, how it goes, what is asked and ordered.

``Event`` and ``Seen`` are written by ``store.py`` alone, thousands a second; they have no foreign key, so that a row
costs no look at another table. A studio's rows go with it (`erasing`).
"""

from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q, Value
from django.utils import timezone


def _loose(to: str, *, null: bool = False) -> "models.ForeignKey[Any, Any]":
    """A row of another context's that may go without asking this one: what refers to it stays, and finds nothing."""
    return models.ForeignKey(to, null=null, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+")


class PlatformAccount(models.Model):
    """A studio's account at a platform. Tokens are sealed (`cuelight.sealing`) and never leave this table."""

    class State(models.TextChoices):
        CONNECTED = "connected", "Connected"
        NEEDS_YOU = "needs_you", "Needs you"
        OFF = "off", "Switched off"

    studio = models.ForeignKey("accounts.Studio", on_delete=models.CASCADE, related_name="+")
    platform = models.CharField(max_length=20)
    channel_id = models.CharField(max_length=200)
    login = models.CharField(max_length=100, blank=True)
    name = models.CharField(max_length=100, blank=True)
    avatar = models.CharField(max_length=500, blank=True)
    scopes = ArrayField(models.CharField(max_length=100), default=list)
    access_token = models.TextField(blank=True)
    refresh_token = models.TextField(blank=True)
    token_ends_at = models.DateTimeField(null=True, blank=True)
    state = models.CharField(max_length=16, choices=State.choices, default=State.CONNECTED)
    sentence = models.CharField(max_length=500, blank=True, help_text="Why it needs somebody")
    settings = models.JSONField(default=dict, help_text="What only this platform has")
    connected_by = models.ForeignKey("accounts.Person", null=True, on_delete=models.SET_NULL, related_name="+")
    connected_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["studio", "platform"], name="streams_one_account_per_platform"),
        ]

    def __str__(self) -> str:
        return f"{self.platform} of {self.studio_id}"


class Feed(models.Model):
    """How one platform of one studio is doing: the newest of everything, and which process reads it.

    Whoever holds the lease reads; a lease that is over may be taken by any process (`leases`).
    """

    class Status(models.TextChoices):
        OFF = "off", "Off"
        CONNECTING = "connecting", "Connecting"
        CONNECTED = "connected", "Connected"
        RECONNECTING = "reconnecting", "Reconnecting"
        NEEDS_YOU = "needs_you", "Needs you"

    studio = models.ForeignKey("accounts.Studio", on_delete=models.CASCADE, related_name="+")
    platform = models.CharField(max_length=20)
    status = models.CharField(max_length=16, choices=Status.choices, default=Status.OFF)
    sentence = models.CharField(max_length=500, blank=True)
    since = models.DateTimeField(default=timezone.now, help_text="Of the status")
    viewers = models.PositiveIntegerField(null=True, blank=True)
    followers = models.PositiveIntegerField(null=True, blank=True)
    is_live = models.BooleanField(null=True, blank=True, help_text="None: the platform has not said")
    live_since = models.DateTimeField(null=True, blank=True)
    title = models.CharField(max_length=300, blank=True)
    category = models.CharField(max_length=200, blank=True)
    heard_at = models.DateTimeField(null=True, blank=True, help_text="When anything last came")
    owner = models.CharField(max_length=40, blank=True, help_text="The process that reads")
    lease_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["studio", "platform"], name="streams_one_feed_per_platform"),
        ]

    def __str__(self) -> str:
        return f"{self.platform} of {self.studio_id}: {self.status}"


class Watch(models.Model):
    """Until when somebody of the studio has its dashboard open, as far as any process knows."""

    studio = models.OneToOneField("accounts.Studio", primary_key=True, on_delete=models.CASCADE, related_name="+")
    wanted_until = models.DateTimeField()

    def __str__(self) -> str:
        return f"studio {self.studio_id} until {self.wanted_until}"


class Event(models.Model):
    """One thing that happened (`events.Event`), partitioned by the day it came in. ``body`` is what screens get."""

    pk = models.CompositePrimaryKey("studio_id", "id", "received_at")
    id = models.BigIntegerField()
    studio_id = models.BigIntegerField()
    received_at = models.DateTimeField()
    at = models.DateTimeField(help_text="The platform's own time")
    platform = models.CharField(max_length=20)
    platform_id = models.CharField(max_length=200)
    kind = models.CharField(max_length=16)
    user_id = models.CharField(max_length=200, blank=True)
    body = models.JSONField()
    raw = models.JSONField(null=True)
    rehearsal = models.BooleanField()
    hidden_at = models.DateTimeField(null=True)
    hidden_why = models.CharField(max_length=20, blank=True)

    class Meta:
        db_table = "streams_event"

    def __str__(self) -> str:
        return f"{self.kind} {self.platform}:{self.platform_id}"


class Seen(models.Model):
    """Which events are there, for a week: what makes the second of a pair a repeat. Unpartitioned, so it is unique
    whichever day it came in; tells where the event is."""

    pk = models.CompositePrimaryKey("studio_id", "platform", "platform_id")
    studio_id = models.BigIntegerField()
    platform = models.CharField(max_length=20)
    platform_id = models.CharField(max_length=200)
    event_id = models.BigIntegerField()
    received_at = models.DateTimeField()

    class Meta:
        db_table = "streams_seen"

    def __str__(self) -> str:
        return f"{self.platform}:{self.platform_id}"


class Stream(models.Model):
    """One broadcast of a studio over its platforms: from the first that is live to the last that is not."""

    studio = models.ForeignKey("accounts.Studio", on_delete=models.CASCADE, related_name="+")
    session = _loose("live_sessions.Session", null=True)
    title = models.CharField(max_length=300, blank=True)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    quiet_since = models.DateTimeField(null=True, blank=True, help_text="No platform has been live since")
    platforms = ArrayField(models.CharField(max_length=20), default=list)
    rehearsal = models.BooleanField(default=False, help_text="The simulator's, or a recording: enters no analytics")

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["studio", "-started_at"], name="streams_stream_newest")
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["studio"], condition=Q(ended_at=None), name="streams_one_at_a_time"),
        ]

    def __str__(self) -> str:
        return f"{self.studio_id} {self.started_at}"


class ViewerCount(models.Model):
    """How many watched on one platform at one time."""

    studio = models.ForeignKey("accounts.Studio", on_delete=models.CASCADE, related_name="+")
    platform = models.CharField(max_length=20)
    at = models.DateTimeField()
    viewers = models.PositiveIntegerField()
    rehearsal = models.BooleanField(default=False)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["studio", "at"], name="streams_viewers_at")]

    def __str__(self) -> str:
        return f"{self.viewers} at {self.at}"


class Question(models.Model):
    """Something viewers ask, once however often it was asked. ``item_id``: the lineup item on air when it was asked
    first, or the one it names."""

    class State(models.TextChoices):
        OPEN = "open", "Open"
        DONE = "done", "Done"
        DISMISSED = "dismissed", "Dismissed"

    studio = models.ForeignKey("accounts.Studio", on_delete=models.CASCADE, related_name="+")
    session = _loose("live_sessions.Session", null=True)
    item_id = models.BigIntegerField(null=True, blank=True)
    product_id = models.BigIntegerField(null=True, blank=True)
    platform = models.CharField(max_length=20)
    event_id = models.BigIntegerField(help_text="Who asked first")
    user_name = models.CharField(max_length=100, blank=True)
    user_color = models.CharField(max_length=7, blank=True)
    text = models.CharField(max_length=2_000)
    key = models.CharField(max_length=400, help_text="What makes two the same (`asking.key`)")
    asked = models.PositiveIntegerField(default=1)
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    state = models.CharField(max_length=16, choices=State.choices, default=State.OPEN)
    rehearsal = models.BooleanField(default=False)
    handled_by = models.ForeignKey("accounts.Person", null=True, on_delete=models.SET_NULL, related_name="+")
    handled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["studio", "session", "-last_at"], name="streams_question_newest"),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["studio", "session", "key"],
                condition=Q(state="open"),
                nulls_distinct=False,
                name="streams_asked_once",
            ),
        ]

    def __str__(self) -> str:
        return self.text[:60]


class Wanted(models.Model):
    """A message that asked for a product of the lineup, by its number or its name."""

    studio = models.ForeignKey("accounts.Studio", on_delete=models.CASCADE, related_name="+")
    session = _loose("live_sessions.Session")
    item_id = models.BigIntegerField()
    product_id = models.BigIntegerField()
    event_id = models.BigIntegerField()
    platform = models.CharField(max_length=20)
    user_id = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField()
    rehearsal = models.BooleanField(default=False)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["session", "at"], name="streams_wanted_at"),
            models.Index(fields=["session", "item_id", "at"], name="streams_wanted_of_item"),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["session", "event_id", "item_id"], name="streams_wanted_once"),
        ]

    def __str__(self) -> str:
        return f"{self.item_id} at {self.at}"


class OrderImport(models.Model):
    """One order file: read, looked at, read in, to be taken back as one. ``lines_done`` of ``lines_total`` is how far
    its present ``step`` is; ``problem`` is why it goes no further."""

    class State(models.TextChoices):
        READING = "reading", "Is being read"
        ASKING = "asking", "Waits for an answer"
        FAILED = "failed", "Cannot be read"
        PREVIEW = "preview", "Not read in yet"
        APPLYING = "applying", "Is being read in"
        DONE = "done", "Counts"

    studio = models.ForeignKey("accounts.Studio", on_delete=models.CASCADE, related_name="+")
    source = models.CharField(max_length=20, blank=True)
    filename = models.CharField(max_length=200)
    made_by = models.ForeignKey("accounts.Person", null=True, on_delete=models.SET_NULL, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)
    state = models.CharField(max_length=16, choices=State.choices, default=State.DONE, db_default=State.DONE)
    step = models.CharField(max_length=16, blank=True, db_default="")
    lines_done = models.PositiveIntegerField(default=0, db_default=0)
    lines_total = models.PositiveIntegerField(null=True, blank=True)
    answers = models.JSONField(
        default=dict,
        db_default=Value({}, models.JSONField()),
        help_text="What a person said where the file does not",
    )
    problem = models.JSONField(default=dict, db_default=Value({}, models.JSONField()), help_text="reason and message")
    counts = models.JSONField(default=dict)
    reverted_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.filename


class OrderLine(models.Model):
    """One product of one order. Nothing of who ordered is kept."""

    studio = models.ForeignKey("accounts.Studio", on_delete=models.CASCADE, related_name="+")
    source = models.CharField(max_length=20, help_text="shopify, tiktok_shop, or the platform of an event")
    order_id = models.CharField(max_length=200)
    line = models.PositiveIntegerField(default=0)
    at = models.DateTimeField()
    product = _loose("catalog.Product", null=True)
    sku = models.CharField(max_length=100, blank=True)
    pid = models.CharField(max_length=100, blank=True)
    name = models.CharField(max_length=300, blank=True)
    quantity = models.PositiveIntegerField(default=1)
    amount_cents = models.BigIntegerField(default=0, help_text="Of the line, what was paid for it")
    currency = models.CharField(max_length=3)
    rehearsal = models.BooleanField(default=False)
    imported = models.ForeignKey(OrderImport, null=True, on_delete=models.CASCADE, related_name="lines")

    class Meta:
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["studio", "at"], name="streams_order_at")]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["studio", "source", "order_id", "line"], name="streams_order_once"),
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.order_id}/{self.line}"


class Moderated(models.Model):
    """What was done about a message or a viewer, by one of us or at the platform."""

    studio = models.ForeignKey("accounts.Studio", on_delete=models.CASCADE, related_name="+")
    action = models.CharField(max_length=16, help_text="hide, restore, delete, timeout, ban, unban, clear")
    platform = models.CharField(max_length=20)
    platform_id = models.CharField(max_length=200, blank=True)
    event_id = models.BigIntegerField(null=True, blank=True)
    user_id = models.CharField(max_length=200, blank=True)
    user_name = models.CharField(max_length=100, blank=True)
    seconds = models.PositiveIntegerField(null=True, blank=True)
    by = models.ForeignKey("accounts.Person", null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["studio", "-at"], name="streams_moderated_newest")
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.platform}:{self.platform_id or self.user_id}"


class StreamSettings(models.Model):
    """How long a studio keeps what."""

    studio = models.OneToOneField("accounts.Studio", primary_key=True, on_delete=models.CASCADE, related_name="+")
    keep_days = models.PositiveIntegerField(default=90, help_text="Events")
    keep_raw_days = models.PositiveIntegerField(default=7, help_text="What the platforms sent, word for word")

    def __str__(self) -> str:
        return f"of {self.studio_id}"


class Alert(models.Model):
    """What an alert says: names and words of strangers, which stand in no journal. What becomes of it is in the queue
    (`alert_state`), by the same id. ``body`` is the event as screens get it, without its id."""

    studio = models.ForeignKey("accounts.Studio", on_delete=models.CASCADE, related_name="+")
    event_id = models.BigIntegerField(null=True, blank=True)
    kind = models.CharField(max_length=16)
    platform = models.CharField(max_length=20)
    platform_id = models.CharField(max_length=200)
    user_id = models.CharField(max_length=200, blank=True)
    body = models.JSONField()
    at = models.DateTimeField(default=timezone.now)
    is_test = models.BooleanField(default=False)
    rehearsal = models.BooleanField(default=False)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["studio", "event_id"], name="streams_alert_of_event"),
            models.Index(fields=["studio", "at"], name="streams_alert_at"),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["studio", "platform", "platform_id"], name="streams_alert_once"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.platform}:{self.platform_id}"


class AlertRules(models.Model):
    """Which events a studio shows, and how (`alert_rules.Rules`)."""

    studio = models.OneToOneField("accounts.Studio", primary_key=True, on_delete=models.CASCADE, related_name="+")
    rules = models.JSONField(default=dict)

    def __str__(self) -> str:
        return f"of {self.studio_id}"


class Encoder(models.Model):
    """Who speaks for the studio's OBS, and what it said last (`encoder`). Good until ``until``."""

    studio = models.OneToOneField("accounts.Studio", primary_key=True, on_delete=models.CASCADE, related_name="+")
    holder = models.CharField(max_length=120, blank=True)
    name = models.CharField(max_length=100, blank=True)
    active = models.BooleanField(null=True, help_text="Whether OBS streams; none: it has not said")
    since = models.DateTimeField()
    until = models.DateTimeField(db_index=True)
