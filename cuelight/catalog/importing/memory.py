"""How a person read a file the last time: remembered by its headers, for the next file that has the same."""

from cuelight.catalog.importing.plan import Remembered
from cuelight.catalog.models import ImportMapping


def recall(studio_id: int, fingerprint: str) -> Remembered | None:
    """(format key, mapping) that somebody of the studio chose for a file with these headers."""
    found = ImportMapping.objects.filter(studio_id=studio_id, fingerprint=fingerprint).first()
    return (found.mapping.get("format", ""), found.mapping.get("columns", {})) if found else None


def remember(studio_id: int, fingerprint: str, *, format_key: str, mapping: dict[str, str]) -> None:
    """Keeps a choice. None at all (no format, no mapping) forgets what was kept."""
    kept = ImportMapping.objects.filter(studio_id=studio_id, fingerprint=fingerprint)
    if not format_key and not mapping:
        kept.delete()
        return
    ImportMapping.objects.update_or_create(
        studio_id=studio_id,
        fingerprint=fingerprint,
        defaults={"mapping": {"format": format_key, "columns": mapping}},
    )
