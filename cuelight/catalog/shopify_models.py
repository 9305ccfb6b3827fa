"""A studio's shop at Shopify: the connection, its runs, which product is which there, what it has told us already."""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone


class ShopifyShop(models.Model):
    """The connection. Secrets and the token are sealed (`cuelight.sealing`) and never leave this table."""

    class State(models.TextChoices):
        CONNECTED = "connected", "Connected"
        ERROR = "error", "Needs you"
        PAUSED = "paused", "Paused"

    studio = models.OneToOneField("accounts.Studio", on_delete=models.CASCADE, related_name="+")
    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False, help_text="In the webhooks' address")
    domain = models.CharField(max_length=100, help_text="pavoi.myshopify.com")
    name = models.CharField(max_length=200, blank=True)
    client_id = models.CharField(max_length=200)
    client_secret = models.TextField()
    webhook_secret = models.TextField(blank=True, help_text="Of webhooks made in the shop's admin; nothing: no such")
    former_secrets = models.TextField(blank=True, help_text="They may sign for an hour after the change")
    secrets_changed_at = models.DateTimeField(null=True, blank=True)
    token = models.TextField(blank=True)
    token_ends_at = models.DateTimeField(null=True, blank=True)
    fallback_brand = models.ForeignKey("catalog.Brand", null=True, on_delete=models.SET_NULL, related_name="+")
    state = models.CharField(max_length=16, choices=State.choices, default=State.CONNECTED)
    sentence = models.CharField(max_length=500, blank=True, help_text="Why it needs somebody")
    warning = models.CharField(max_length=500, blank=True, help_text="What works still, but not for ever")
    synced_to = models.DateTimeField(null=True, blank=True, help_text="Newest updatedAt of the shop that we have")
    last_synced_at = models.DateTimeField(null=True, blank=True)
    has_webhooks = models.BooleanField(default=False)
    webhooks_sentence = models.CharField(max_length=500, blank=True)
    connected_by = models.ForeignKey("accounts.Person", null=True, on_delete=models.SET_NULL, related_name="+")
    connected_at = models.DateTimeField(default=timezone.now)
    disconnected_at = models.DateTimeField(null=True, blank=True, help_text="Undo brings it back for a while")

    def __str__(self) -> str:
        return self.domain


class ShopifyRun(models.Model):
    """One sync: what it has done so far, or did."""

    class Kind(models.TextChoices):
        FULL = "full", "All products"
        CHANGES = "changes", "What changed"
        WEBHOOK = "webhook", "One product"

    shop = models.ForeignKey(ShopifyShop, on_delete=models.CASCADE, related_name="runs")
    kind = models.CharField(max_length=16, choices=Kind.choices)
    asked_by = models.ForeignKey("accounts.Person", null=True, on_delete=models.SET_NULL, related_name="+")
    started_at = models.DateTimeField(default=timezone.now)
    beat_at = models.DateTimeField(default=timezone.now, help_text="When it last got on")
    finished_at = models.DateTimeField(null=True, blank=True)
    is_failed = models.BooleanField(default=False)
    may_remove = models.BooleanField(default=False, help_text="A person said that most of the products may go")
    cursor = models.CharField(max_length=1000, blank=True, help_text="Where the next page begins")
    newest = models.DateTimeField(null=True, blank=True, help_text="Newest updatedAt it has seen")
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(null=True, blank=True)
    counts = models.JSONField(default=dict)
    notes = models.JSONField(default=list, help_text="Sentences about single products")
    sentence = models.CharField(max_length=500, blank=True)
    change_set = models.ForeignKey("catalog.ChangeSet", null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            # The webhooks' runs are over as soon as they are written.
            models.UniqueConstraint(fields=["shop"], condition=Q(finished_at=None), name="shopify_one_run_at_a_time"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.shop_id}"


class ShopifyProduct(models.Model):
    """A product there and its product here. None here: it was taken away here, and a sync does not bring it back."""

    shop = models.ForeignKey(ShopifyShop, on_delete=models.CASCADE, related_name="links")
    product = models.ForeignKey("catalog.Product", null=True, on_delete=models.SET_NULL, related_name="+")
    gid = models.CharField(max_length=100)
    handle = models.CharField(max_length=255, blank=True)
    remote_updated_at = models.DateTimeField()
    seen_in = models.BigIntegerField(default=0, help_text="The last full run that met it")
    is_gone = models.BooleanField(default=False, help_text="Not in the shop any more; kept, as a session shows it")
    pictures = models.JSONField(default=list, help_text="{url, alt} as the shop has them, in their order")
    copied = models.JSONField(default=list, help_text="Of those, the ones that were copied, as they then were")
    pictures_sentence = models.CharField(max_length=300, blank=True, help_text="Why one could not be copied")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["shop", "gid"], name="shopify_product_once"),
            models.UniqueConstraint(fields=["product"], name="shopify_link_once_per_product"),
        ]

    def __str__(self) -> str:
        return self.gid


class ShopifyDelivery(models.Model):
    """A webhook that was taken: the same one again does nothing. Kept for seven days."""

    shop = models.ForeignKey(ShopifyShop, on_delete=models.CASCADE, related_name="+")
    webhook_id = models.CharField(max_length=100)
    topic = models.CharField(max_length=100)
    received_at = models.DateTimeField(default=timezone.now, db_index=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["shop", "webhook_id"], name="shopify_delivery_once"),
        ]

    def __str__(self) -> str:
        return self.webhook_id
