"""What a studio takes out of accounts: itself, its people, its ways in without their secrets, its audit log."""

from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet

from cuelight.accounts import audit, queries
from cuelight.accounts.archive import PIECE, Archive
from cuelight.accounts.models import AccessToken, Invitation, Membership, RolePassphrase, Studio

README = """accounts/studio.json      the studio itself
accounts/members.csv      who belongs to it, in which role
accounts/invitations.jsonl, passphrases.csv, tokens.csv
                          its ways in. The links, passphrases and tokens themselves cannot be taken out.
accounts/audit.jsonl      the audit log, as its page shows it
"""

#: Named one by one: a column that is added later is not taken out by itself.
_INVITATION = (
    "id", "roles", "email", "guest_hours", "path", "max_uses", "uses", "created_by_id", "created_at", "expires_at",
    "revoked_at",
)  # fmt: skip
_TOKEN = (
    "id", "name", "scopes", "session_id", "hint", "created_by_id", "created_at", "expires_at", "last_used_at",
    "revoked_at",
)  # fmt: skip


def export_size(studio_id: int) -> int:
    """How many things ``export_studio`` will count."""
    return Membership.objects.filter(studio_id=studio_id).count()


def export_studio(studio_id: int, archive: Archive) -> None:
    """The studio's part of accounts."""
    studio = Studio.objects.filter(id=studio_id).values("id", "name", "slug", "currency", "created_at").get()
    archive.json("accounts/studio.json", studio)
    head = ["Person", "Name", "Email", "Kind", "Role", "Since", "Until"]
    archive.csv("accounts/members.csv", head, _members(studio_id, archive))
    invitations = pieces(Invitation.objects.filter(studio_id=studio_id).values(*_INVITATION))
    archive.json_lines("accounts/invitations.jsonl", invitations)
    passphrases = RolePassphrase.objects.filter(studio_id=studio_id).values_list("role", "set_at", "set_by_id")
    archive.csv("accounts/passphrases.csv", ["Role", "Set", "Set by"], ([r, str(at), by] for r, at, by in passphrases))
    tokens = pieces(AccessToken.objects.filter(studio_id=studio_id).values(*_TOKEN))
    archive.csv("accounts/tokens.csv", [name.removesuffix("_id") for name in _TOKEN], (_cells(row) for row in tokens))
    archive.json_lines("accounts/audit.jsonl", _log(studio_id))


def pieces(rows: QuerySet[Any, Any]) -> Iterator[dict[str, Any]]:
    """Rows with an ``id``, in its order, a piece at a time: nothing is held open meanwhile, however long it takes."""
    last = 0
    while found := list(rows.filter(id__gt=last).order_by("id")[:PIECE]):
        yield from found
        last = found[-1]["id"]


def _members(studio_id: int, archive: Archive) -> Iterator[list[str | int | None]]:
    columns = (
        "id", "person_id", "person__name", "person__email", "person__kind", "role", "created_at", "ends_at",
    )  # fmt: skip
    for row in pieces(Membership.objects.filter(studio_id=studio_id).values(*columns)):
        archive.count()
        yield _cells({name: row[name] for name in columns[1:]})


def _log(studio_id: int) -> Iterator[dict[str, Any]]:
    before = None
    while found := audit.newest(studio_id, limit=PIECE, before=before):
        names = queries.names({row.person_id for row in found if row.person_id is not None})
        for row in found:
            said = {"person": names.get(row.person_id or 0), "what": audit.KINDS.get(row.kind, row.kind)}
            yield row._asdict() | said
        before = found[-1].at, found[-1].id


def _cells(row: dict[str, Any]) -> list[str | int | None]:
    return [_cell(value) for value in row.values()]


def _cell(value: Any) -> str | int | None:
    if value is None or isinstance(value, int):
        return value
    return " ".join(value) if isinstance(value, list) else str(value)
