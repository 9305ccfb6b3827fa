"""Brands, products and their pictures. Prices are integer minor units of the studio's currency (cents)."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.postgres.search import SearchVector
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Upper


class Brand(models.Model):
    studio = models.ForeignKey("accounts.Studio", on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=200)
    slug = models.SlugField(max_length=60)
    notes = models.TextField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["studio", "slug"], name="brand_slug_once_per_studio"),
        ]

    def __str__(self) -> str:
        return self.name


class Product(models.Model):
    studio = models.ForeignKey("accounts.Studio", on_delete=models.CASCADE, related_name="+")
    brand = models.ForeignKey(Brand, on_delete=models.PROTECT, related_name="products")
    display_number = models.PositiveIntegerField(null=True, blank=True, help_text="The number printed on the sheet")
    name = models.CharField(max_length=500)
    short_name = models.CharField(max_length=100, blank=True)
    description = models.TextField(blank=True)
    talking_points_md = models.TextField(blank=True)
    original_price_cents = models.BigIntegerField()
    sale_price_cents = models.BigIntegerField(null=True, blank=True)
    pid = models.CharField(max_length=64, null=True, blank=True, help_text="The selling platform's product id; text")
    sku = models.CharField(max_length=100, blank=True)
    stock = models.IntegerField(null=True, blank=True)
    is_featured = models.BooleanField(default=False)
    external_url = models.URLField(max_length=2000, blank=True)
    tags = ArrayField(models.CharField(max_length=50), default=list, blank=True)
    extra = models.JSONField(
        default=dict, blank=True, help_text="Columns of an imported file that we have no field for"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            GinIndex(fields=["tags"], name="product_tags"),
            GinIndex(SearchVector("name", config="simple"), name="product_name_words"),
            models.Index(F("studio"), OpClass(Upper("sku"), name="text_pattern_ops"), name="product_sku"),
            models.Index(F("studio"), OpClass(Upper("pid"), name="text_pattern_ops"), name="product_pid"),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["studio", "pid"], name="product_pid_once_per_studio"),
            # Checked at the end of a statement, not row by row: an import swaps the numbers of two products.
            models.UniqueConstraint(
                fields=["brand", "display_number"],
                name="product_number_once_per_brand",
                deferrable=models.Deferrable.IMMEDIATE,
            ),
            models.CheckConstraint(condition=Q(original_price_cents__gt=0), name="product_original_price_positive"),
            models.CheckConstraint(
                condition=Q(sale_price_cents__isnull=True) | Q(sale_price_cents__gt=0),
                name="product_sale_price_positive",
            ),
            models.CheckConstraint(
                condition=Q(sale_price_cents__isnull=True) | Q(sale_price_cents__lte=F("original_price_cents")),
                name="product_sale_not_above_original",
            ),
            models.CheckConstraint(
                condition=Q(stock__isnull=True) | Q(stock__gte=0), name="product_stock_not_negative"
            ),
            models.CheckConstraint(condition=~Q(pid=""), name="product_pid_null_not_empty"),
        ]

    def __str__(self) -> str:
        return self.name


class ProductImage(models.Model):
    """One picture. Only object paths are stored; the address is built when it is shown."""

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="images")
    position = models.PositiveIntegerField(help_text="0 is the primary picture")
    path = models.CharField(max_length=400)
    thumbnail_path = models.CharField(max_length=400, blank=True, help_text="320 px wide, for lists; made by a job")
    placeholder_path = models.CharField(max_length=400, blank=True, help_text="20 px wide, blurred; made by a job")
    alt_text = models.CharField(max_length=300, blank=True)
    digest = models.CharField(max_length=64, blank=True, help_text="SHA-256 of the file as it was uploaded, in hex")
    width = models.PositiveIntegerField(null=True, blank=True)
    height = models.PositiveIntegerField(null=True, blank=True)
    is_primary = models.GeneratedField(
        expression=models.Case(models.When(position=0, then=True), default=False),
        output_field=models.BooleanField(),
        db_persist=True,
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["position"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["product", "position"],
                name="product_image_position_once",
                deferrable=models.Deferrable.DEFERRED,
            ),
            models.UniqueConstraint(fields=["product", "digest"], condition=~Q(digest=""), name="product_image_once"),
        ]

    def __str__(self) -> str:
        return self.path
