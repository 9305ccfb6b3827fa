"""Pictures in a bucket of any S3-compatible store: Supabase Storage, R2, MinIO, Amazon's own."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from django.core.files.base import ContentFile, File
from storages.backends.s3 import S3Storage
from storages.utils import clean_name

from cuelight.catalog.storage import FOR_EVER, TYPES, PlaceAway

CONFIG = Config(
    s3={"addressing_style": "path"},
    signature_version="s3v4",
    # Many stores refuse the checksums that newer clients add to everything.
    request_checksum_calculation="when_required",
    response_checksum_validation="when_required",
    connect_timeout=5,
    read_timeout=20,
    retries={"mode": "standard", "total_max_attempts": 2},
    max_pool_connections=20,
)
_MISSING = ("404", "NoSuchKey", "NotFound")
_KEY_REFUSED = ("403", "AccessDenied", "InvalidAccessKeyId", "SignatureDoesNotMatch", "AuthorizationHeaderMalformed")


class Bucket(S3Storage):  # type: ignore[misc]  # django-storages has no types
    """A bucket. One client for all threads: they are safe to share, and each takes 100 ms to make."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options, querystring_auth=False, default_acl=None, client_config=CONFIG)
        self._client: Any = None
        self._making = threading.Lock()

    @property
    def client(self) -> Any:
        with self._making:
            if self._client is None:
                self._client = self._create_session().client(
                    "s3", region_name=self.region_name, endpoint_url=self.endpoint_url, config=self.client_config
                )
            return self._client

    def walk(self) -> Iterator[tuple[str, datetime]]:
        """Every file below the prefix: its path, and when it was written."""
        prefix = f"{self.location}/" if self.location else ""
        with self._said():
            pages = self.client.get_paginator("list_objects_v2").paginate(Bucket=self.bucket_name, Prefix=prefix)
            for page in pages:
                for entry in page.get("Contents", ()):
                    yield entry["Key"].removeprefix(prefix), entry["LastModified"]

    def key(self, name: str) -> str:
        found: str = self._normalize_name(clean_name(name))
        return found

    def get_available_name(self, name: str, max_length: int | None = None) -> str:
        return name  # random: nobody has it

    def exists(self, name: str) -> bool:
        try:
            with self._said():
                self.client.head_object(Bucket=self.bucket_name, Key=self.key(name))
        except FileNotFoundError:
            return False
        return True

    def delete(self, name: str) -> None:
        with self._said():
            self.client.delete_object(Bucket=self.bucket_name, Key=self.key(name))

    def _open(self, name: str, mode: str = "rb") -> "File[bytes]":
        with self._said():
            data = self.client.get_object(Bucket=self.bucket_name, Key=self.key(name))["Body"].read()
        return ContentFile(data, name)

    def _save(self, name: str, content: "File[bytes]") -> str:
        content.seek(0)
        with self._said():
            self.client.put_object(
                Bucket=self.bucket_name,
                Key=self.key(name),
                Body=content.read(),
                CacheControl=FOR_EVER,
                ContentType=TYPES.get(name.rpartition(".")[2], "application/octet-stream"),
            )
        return name

    @contextmanager
    def _said(self) -> Iterator[None]:
        try:
            yield
        except (ClientError, BotoCoreError) as error:
            code = error.response.get("Error", {}).get("Code", "") if isinstance(error, ClientError) else ""
            if code in _MISSING:
                raise FileNotFoundError("There is no such file in the bucket.") from error
            raise PlaceAway(self._why(error, code)) from error

    def _why(self, error: Exception, code: str) -> str:
        if code == "NoSuchBucket":
            return f"There is no bucket {self.bucket_name!r} at {self.where}."
        if code in _KEY_REFUSED:
            return f"{self.where} refuses the key of the bucket {self.bucket_name!r} ({code})."
        if code:
            return f"{self.where} answers {code!r} for the bucket {self.bucket_name!r}."
        # Not its text: that may hold the whole request.
        return f"{self.where} does not answer ({type(error).__name__})."

    @property
    def where(self) -> str:
        return self.endpoint_url or f"Amazon S3 in {self.region_name}"
