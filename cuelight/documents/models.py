"""Shared documents. Their text is in the journal and in snapshots; here is what surrounds it."""

from typing import ClassVar

from django.db import models
from django.db.models.functions import Now

#: What somebody may do in a document; each includes those before it.
RIGHTS = ("read", "comment", "suggest", "edit")
_RIGHT_CHOICES = [(right, right) for right in RIGHTS]


class Document(models.Model):
    """A text that several people write. ``everyone`` is what those of the studio may do without being invited."""

    studio = models.ForeignKey("accounts.Studio", on_delete=models.CASCADE, related_name="+")
    title = models.CharField(max_length=200)
    everyone = models.CharField(max_length=10, choices=_RIGHT_CHOICES, default="edit", blank=True)
    created_by = models.ForeignKey("accounts.Person", on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(db_default=Now())
    op_id = models.UUIDField(null=True, help_text="of whoever made it, so that a repeat makes no second one")
    trashed_at = models.DateTimeField(null=True, help_text="removed from the lists; deleted for good a month later")
    floor = models.BigIntegerField(default=0, help_text="the newest version whose changes were folded")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["studio", "op_id"], name="document_made_once"),
        ]


class Share(models.Model):
    """A person's own right in a document; it counts instead of what everyone may, where it is more."""

    document = models.ForeignKey(Document, on_delete=models.CASCADE, related_name="shares")
    person = models.ForeignKey("accounts.Person", on_delete=models.CASCADE, related_name="+")
    right = models.CharField(max_length=10, choices=_RIGHT_CHOICES)
    invited_by = models.ForeignKey("accounts.Person", on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(db_default=Now())
    #: What it came by; None: it was given to somebody of the studio at once.
    link = models.ForeignKey("ShareLink", on_delete=models.SET_NULL, null=True, related_name="shares")
    #: Given to somebody as one of the studio: worth nothing while they do not belong to it.
    as_member = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["document", "person"], name="one_share_per_person"),
        ]


class ShareLink(models.Model):
    """An address that gives a right; with ``email`` it is a letter's and good once."""

    document = models.ForeignKey(Document, on_delete=models.CASCADE, related_name="links")
    digest = models.BinaryField(max_length=32, unique=True)
    right = models.CharField(max_length=10, choices=_RIGHT_CHOICES)
    email = models.EmailField(blank=True)
    made_by = models.ForeignKey("accounts.Person", on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(db_default=Now())
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)


class Snapshot(models.Model):
    """A document as it was at a version: the whole Delta as JSON, and the HTML made of it. With a name it stays."""

    document = models.ForeignKey(Document, on_delete=models.CASCADE, related_name="snapshots")
    version = models.BigIntegerField()
    contents = models.BinaryField()
    #: None of one that was made before there were any; the job fills it in.
    authors = models.BinaryField(null=True, help_text="JSON: units and whom they are by, in turn")
    html = models.TextField()
    crc = models.BigIntegerField(help_text="CRC-32 of the contents' visible part in canonical JSON")
    name = models.CharField(max_length=200, blank=True)
    author = models.ForeignKey("accounts.Person", on_delete=models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["document", "version"], name="one_snapshot_per_version"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["document"], condition=models.Q(authors=None), name="snapshot_without_authors"),
        ]


class CommentThread(models.Model):
    """What people say about a piece of text. Its id is the client's: the attribute ``comment`` of that text has it, and
    moves with it. Without a message that is not deleted it is gone."""

    id = models.UUIDField(primary_key=True)
    document = models.ForeignKey(Document, on_delete=models.CASCADE, related_name="comments")
    author = models.ForeignKey("accounts.Person", on_delete=models.SET_NULL, null=True, related_name="+")
    quote = models.CharField(max_length=300, help_text="the text as it was, for when it is no longer there")
    created_at = models.DateTimeField(db_default=Now())
    resolved_at = models.DateTimeField(null=True)
    resolved_by = models.ForeignKey("accounts.Person", on_delete=models.SET_NULL, null=True, related_name="+")
    version = models.PositiveIntegerField(default=1, help_text="counts its changes: pages keep the newest")


class CommentMessage(models.Model):
    """One message of a thread, plain text. Deleted it stays for a day, so that it can come back."""

    id = models.UUIDField(primary_key=True)
    thread = models.ForeignKey(CommentThread, on_delete=models.CASCADE, related_name="messages")
    author = models.ForeignKey("accounts.Person", on_delete=models.SET_NULL, null=True, related_name="+")
    text = models.TextField()
    created_at = models.DateTimeField(db_default=Now())
    edited_at = models.DateTimeField(null=True)
    deleted_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1, help_text="counts its changes: pages keep the newest")
