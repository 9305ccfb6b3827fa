"""Brands, products and their pictures. Prices are integer minor units of the studio's currency (cents)."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Collate, Left, Upper

from cuelight.catalog.shopify_models import ShopifyDelivery as ShopifyDelivery
from cuelight.catalog.shopify_models import ShopifyProduct as ShopifyProduct
from cuelight.catalog.shopify_models import ShopifyRun as ShopifyRun
from cuelight.catalog.shopify_models import ShopifyShop as ShopifyShop

EMPTY_LIST = Value([], ArrayField(models.CharField(max_length=40)))


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


#: Where a product stands among others by its name: what an index holds of `words.search_text`.
HEAD_LENGTH = 64


class Product(models.Model):
    # Without an index of their own: those below begin with them.
    studio = models.ForeignKey("accounts.Studio", on_delete=models.CASCADE, related_name="+", db_index=False)
    brand = models.ForeignKey(Brand, on_delete=models.PROTECT, related_name="products", db_index=False)
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
    cost_cents = models.BigIntegerField(null=True, blank=True, help_text="Internal: never on a screen or an overlay")
    barcode = models.CharField(max_length=64, blank=True, db_default="")
    variants = models.JSONField(
        default=list,
        db_default=Value([], models.JSONField()),
        blank=True,
        help_text="Sizes, colours …: {title, sku, barcode, price_cents, compare_at_cents, stock}, in their order",
    )
    external_key = models.CharField(
        max_length=300, blank=True, db_default="", help_text="What it is called where it comes from: shopify:gold-hoops"
    )
    hand_edited = ArrayField(
        models.CharField(max_length=40),
        default=list,
        db_default=EMPTY_LIST,
        blank=True,
        help_text="Fields that a person has changed here: imports and syncs leave them alone",
    )
    search_text = models.TextField(
        blank=True, db_default="", help_text="Its words without accents (words.py); empty: not worked out yet"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            GinIndex(fields=["tags"], name="product_tags"),
            # Each word with its studio before it ("7/golden", and "7n/golden" for one of the name), so that a search
            # reads nothing of other studios; and its first two and first four letters ("7/go", "7/gold"). Searches
            # read the list of pending entries through: it is kept short.
            GinIndex(
                Func(F("studio"), F("search_text"), function="catalog_search_starts", output_field=SearchVectorField()),
                name="product_starts",
                gin_pending_list_limit=256,
            ),
            models.Index(fields=["studio", "id"], name="product_newest"),
            models.Index(F("studio"), Collate(Left("search_text", HEAD_LENGTH), "C"), name="product_by_name"),
            models.Index(fields=["studio", "original_price_cents"], name="product_by_price"),
            models.Index(fields=["brand", "display_number", "id"], name="product_by_number"),
            models.Index(fields=["studio"], condition=Q(search_text=""), name="product_not_searchable"),
            models.Index(F("studio"), OpClass(Upper("sku"), name="text_pattern_ops"), name="product_sku"),
            models.Index(F("studio"), OpClass(Upper("pid"), name="text_pattern_ops"), name="product_pid"),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["studio", "pid"], name="product_pid_once_per_studio"),
            models.UniqueConstraint(
                fields=["studio", "external_key"],
                condition=~Q(external_key=""),
                name="product_external_key_once_per_studio",
            ),
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
            models.CheckConstraint(
                condition=Q(cost_cents__isnull=True) | Q(cost_cents__gte=0), name="product_cost_not_negative"
            ),
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
    sizes = models.JSONField(
        default=dict,
        db_default=Value({}, models.JSONField()),
        blank=True,
        help_text="Paths of narrower WebP pictures by their width; made by a job",
    )
    source_url = models.CharField(max_length=2000, blank=True, db_default="", help_text="Where it was fetched from")
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


class RemovedImage(models.Model):
    """A picture that was taken off its product: what it takes to put it back, for a day. Its files stay as long."""

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="+")
    image_id = models.BigIntegerField(unique=True)
    image = models.JSONField(help_text="Its columns as they were")
    removed_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.image_id} of {self.product_id}"


class PictureToFetch(models.Model):
    """A picture of a product whose address is known and whose file is not here yet; gone as soon as it is."""

    studio = models.ForeignKey("accounts.Studio", on_delete=models.CASCADE, related_name="+")
    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="+")
    position = models.PositiveIntegerField(help_text="Its place among the addresses of the file")
    url = models.CharField(max_length=2000)
    alt_text = models.CharField(max_length=300, blank=True)
    error = models.CharField(max_length=300, blank=True, db_default="", help_text="Why it could not be had")
    asked_by = models.CharField(max_length=40, blank=True, db_default="", help_text="What wants it: import:7")
    taken_at = models.DateTimeField(null=True, blank=True, help_text="When a job began to fetch it")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["studio", "id"], condition=Q(error=""), name="picture_to_fetch_next"),
            models.Index(fields=["asked_by", "id"], condition=~Q(asked_by=""), name="picture_to_fetch_asked_by"),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["product", "url"], name="picture_to_fetch_once"),
        ]

    def __str__(self) -> str:
        return self.url


class SearchWord(models.Model):
    """One word that products of a studio are found by, with its trigrams: what a mistyped word is compared with."""

    studio = models.ForeignKey("accounts.Studio", on_delete=models.CASCADE, related_name="+")
    word = models.CharField(max_length=60)
    trigrams = ArrayField(models.CharField(max_length=24), help_text="With its studio before each: 7/gol")

    class Meta:
        indexes: ClassVar[list[models.Index]] = [GinIndex(fields=["trigrams"], name="search_word_trigrams")]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["studio", "word"], name="search_word_once"),
        ]

    def __str__(self) -> str:
        return self.word


class ChangeSet(models.Model):
    """Products that were changed together, by a person, a file or a shop: what can be taken back in one action."""

    class Kind(models.TextChoices):
        IMPORT = "import", "Import"
        SYNC = "sync", "Sync"
        BULK = "bulk", "Edit of several"
        DELETION = "deletion", "Deletion"

    studio = models.ForeignKey("accounts.Studio", on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=16, choices=Kind.choices)
    title = models.CharField(max_length=300, blank=True)
    made_by = models.ForeignKey("accounts.Person", null=True, on_delete=models.SET_NULL, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)
    reverted_at = models.DateTimeField(null=True, blank=True)
    brands_made = ArrayField(
        models.BigIntegerField(),
        default=list,
        db_default=Value([], ArrayField(models.BigIntegerField())),
        blank=True,
        help_text="Brands that it made along the way; taken back when nothing is in them",
    )

    class Meta:
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["studio", "-id"], name="change_set_newest")]

    def __str__(self) -> str:
        return f"{self.kind} {self.title}"


class ProductChange(models.Model):
    """What one change set did to one product. ``before`` null: it was made; ``after`` null: it was deleted, and
    ``before`` has all of it; else both have the fields that changed."""

    change_set = models.ForeignKey(ChangeSet, on_delete=models.CASCADE, related_name="changes")
    product_id = models.BigIntegerField()
    before = models.JSONField(null=True, blank=True)
    after = models.JSONField(null=True, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["change_set", "product_id"], name="product_change_once"),
        ]

    def __str__(self) -> str:
        return f"{self.product_id} in {self.change_set_id}"


class ImportMapping(models.Model):
    """Which column is which field, as a person of the studio chose it for a file with these headers."""

    studio = models.ForeignKey("accounts.Studio", on_delete=models.CASCADE, related_name="+")
    fingerprint = models.CharField(max_length=64, help_text="SHA-256 of the headers, in hex")
    mapping = models.JSONField(help_text="{format, columns: header to field name}")
    used_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["studio", "fingerprint"], name="import_mapping_once"),
        ]

    def __str__(self) -> str:
        return self.fingerprint
