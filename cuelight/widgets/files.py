"""Sounds and pictures that a studio has uploaded for its widgets: the only files an overlay ever plays or shows."""

import hashlib
import logging
import secrets
from collections.abc import Iterable
from datetime import timedelta
from typing import Any, TypedDict

from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.db import connection, transaction
from django.db.models import Sum
from django.utils import timezone

from cuelight.accounts.access import Access
from cuelight.catalog.storage import PlaceAway
from cuelight.errors import Conflict, Invalid, NotFound, Unavailable
from cuelight.widgets import files_reading
from cuelight.widgets.kinds import KINDS
from cuelight.widgets.models import WidgetConfig, WidgetFile

QUOTA = 100_000_000
FOLDER = "widgets/"
ADDRESS = "/widget-files/"
#: A removed file can be put back as long; a file without a row may belong to one that is not committed yet.
KEPT = timedelta(days=1)
_log = logging.getLogger(__name__)


class FileRow(TypedDict):
    """One file as a settings page shows it. ``kind``: ``sound`` or ``image``; ``size``: bytes."""

    id: int
    kind: str
    name: str
    address: str
    size: int


def listed(studio_id: int) -> list[FileRow]:
    """A studio's files by their names."""
    found = WidgetFile.objects.filter(studio_id=studio_id, removed_at=None).order_by("name", "id")
    return [row_of(one) for one in found]


def studio_of(file_id: int) -> int | None:
    """The studio of a file; None when there is none. For the gate of its pages."""
    if file_id >= 2**63:
        return None
    return WidgetFile.objects.filter(id=file_id).values_list("studio_id", flat=True).first()


def row_of(file: WidgetFile) -> FileRow:
    return {"id": file.pk, "kind": file.kind, "name": file.name, "address": file.address, "size": file.size}


def addresses(studio_id: int) -> set[str]:
    found = WidgetFile.objects.filter(studio_id=studio_id, removed_at=None).values_list("stored", flat=True)
    return {f"{ADDRESS}{stored}" for stored in found}


def put_file(kind: str, name: str, data: bytes, *, access: Access) -> WidgetFile:
    """Keeps a sound or a picture. The same file again answers the one that is there.

    Raises Invalid (``invalid_sound``, ``invalid_image``, ``file_too_large``, ``quota``), Unavailable
    (``storage_away``). Not inside a longer transaction: should that roll back, the stored file would stay until night.
    """
    reads = {"sound": files_reading.sound, "image": files_reading.image}.get(kind)
    if reads is None:
        raise Invalid("invalid_kind", "A file is a sound or a picture.")
    read, sha256 = reads(data), hashlib.sha256(data).hexdigest()
    stored = f"{secrets.token_hex(16)}.{read.suffix}"
    _store(stored, read.data)
    made: WidgetFile | None = None
    try:
        made = _row(kind, name, stored, len(read.data), sha256, access)
    finally:
        if made is None or made.stored != stored:
            delete_stored([stored])
    return made


def remove_file(file_id: int, *, access: Access) -> None:
    """Takes a file out; for a day it can be put back. Raises NotFound, Conflict while a widget uses it."""
    with transaction.atomic():
        found = _of(access.studio_id, file_id)
        users = used_by(access.studio_id, found.address)
        if users:
            raise Conflict(
                "file_used", f"“{found.name}” is used by {' and '.join(users)}. Choose another one there first."
            )
        WidgetFile.objects.filter(id=found.pk).update(removed_at=timezone.now())


def restore_file(file_id: int, *, access: Access) -> WidgetFile:
    """Puts a removed file back. Raises NotFound when it is gone for good, Invalid (``quota``)."""
    with transaction.atomic():
        _lock(access.studio_id)
        found = _of(access.studio_id, file_id)
        if found.removed_at is not None:
            _require_room(access.studio_id, found.size)
            found.removed_at = None
            found.save(update_fields=["removed_at"])
    return found


def used_by(studio_id: int, address: str) -> list[str]:
    """The names of the kinds of widgets that are set to a file."""
    configs = WidgetConfig.objects.filter(studio_id=studio_id, type__in=KINDS).order_by("type")
    return [KINDS[one.type].name for one in configs if any(_names(value, address) for value in one.settings.values())]


def require_known(studio_id: int, settings: dict[str, Any]) -> None:
    """Raises Invalid when a setting names a file that is none of the studio's."""
    for name in unknown(studio_id, settings):
        raise Invalid("unknown_file", "This file is not among your studio’s files any more.", field=name)


def unknown(studio_id: int, settings: dict[str, Any]) -> list[str]:
    """Settings that are a file which is none of the studio's."""
    named = {name for name, value in settings.items() if isinstance(value, str) and value.startswith(ADDRESS)}
    known = addresses(studio_id) if named else set()
    return sorted(name for name in named if settings[name] not in known)


def purge() -> int:
    """Deletes files that were removed more than a day ago, and those that no row names; returns how many. May run
    twice."""
    before, gone = timezone.now() - KEPT, 0
    for row in WidgetFile.objects.filter(removed_at__lt=before).order_by("id"):
        # The row first: from then on nobody can put it back, and a file that stays is found below.
        if WidgetFile.objects.filter(pk=row.pk, removed_at__lt=before).delete()[0]:
            gone += delete_stored([row.stored])
    storage: Any = storages["default"]
    old = [path.removeprefix(FOLDER) for path, at in storage.walk() if path.startswith(FOLDER) and at < before]
    named = set(WidgetFile.objects.filter(stored__in=old).values_list("stored", flat=True))
    return gone + delete_stored(stored for stored in old if stored not in named)


def stored_bytes(stored: str) -> bytes | None:
    """A stored file; None when it is not there. Raises PlaceAway when the bucket does not answer."""
    try:
        with storages["default"].open(FOLDER + stored) as file:
            data: bytes = file.read()
    except PlaceAway:
        raise
    except OSError:
        return None
    return data


def delete_stored(names: Iterable[str]) -> int:
    """Deletes stored files; returns how many. One that cannot be deleted is only logged: the next night finds it."""
    gone = 0
    for stored in names:
        try:
            storages["default"].delete(FOLDER + stored)
            gone += 1
        except OSError as error:
            _log.warning("A widget's file could not be deleted: %s", error)
    return gone


def _store(stored: str, data: bytes) -> None:
    try:
        storages["default"].save(FOLDER + stored, ContentFile(data))
    except OSError as error:
        _log.warning("A widget's file could not be stored: %s", error)
        raise Unavailable(
            "The place where files are kept does not answer. Nothing was changed; try again in a moment.",
            "storage_away",
        ) from error


def _row(kind: str, name: str, stored: str, size: int, sha256: str, access: Access) -> WidgetFile:
    with transaction.atomic():
        _lock(access.studio_id)
        same = WidgetFile.objects.filter(studio_id=access.studio_id, sha256=sha256).first()
        if same is not None and same.removed_at is None:
            return same
        _require_room(access.studio_id, same.size if same else size)
        if same is not None:
            same.removed_at = None
            same.save(update_fields=["removed_at"])
            return same
        return WidgetFile.objects.create(
            studio_id=access.studio_id,
            kind=kind,
            name=_named(name),
            stored=stored,
            size=size,
            sha256=sha256,
            made_by_id=access.person_id,
        )


def _lock(studio_id: int) -> None:
    """Two uploads of one studio are counted one after the other."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"widget files {studio_id}"])


def _require_room(studio_id: int, size: int) -> None:
    used = WidgetFile.objects.filter(studio_id=studio_id, removed_at=None).aggregate(sum=Sum("size"))["sum"] or 0
    if used + size > QUOTA:
        left = max(QUOTA - used, 0) / 1_000_000
        raise Invalid(
            "quota",
            f"A studio keeps {QUOTA // 1_000_000} MB of sounds and pictures for its widgets; {left:.1f} MB are left. "
            "Remove some that are not used.",
            field="file",
        )


def _of(studio_id: int, file_id: int) -> WidgetFile:
    found = WidgetFile.objects.select_for_update().filter(studio_id=studio_id, id=file_id).first()
    if found is None:
        raise NotFound("There is no such file.")
    return found


def _names(value: Any, address: str) -> bool:
    """Whether a setting is a file, or, as CSS, loads it."""
    return isinstance(value, str) and address in value


def _named(name: str) -> str:
    """A file's name as people see it: letters that can be shown, 80 at most."""
    plain = "".join(letter for letter in name.replace("\\", "/").rpartition("/")[2] if letter.isprintable())
    return " ".join(plain.split())[-80:].strip() or "File"
