"""Which products sessions use, for the catalogue below."""

from collections.abc import Collection
from typing import Any

from django.db.models import QuerySet

from cuelight.catalog.uses import Use
from cuelight.sessions.models import LineupItem


def of_products(studio_id: int, product_ids: Collection[int]) -> dict[int, list[Use]]:
    """Product id → its sessions, the newest first; of templates and what is in the archive the status says that."""
    items = LineupItem.objects.filter(studio_id=studio_id, product_id__in=list(product_ids)).order_by("-session_id")
    uses: dict[int, list[Use]] = {}
    for product_id, session_id, name, status, is_template, is_archived, number in items.values_list(
        "product_id",
        "session_id",
        "session__name",
        "session__status",
        "session__is_template",
        "session__is_archived",
        "position",
    ):
        use: Use = {
            "session_id": session_id,
            "name": name,
            "status": "archived" if is_archived else "template" if is_template else status,
            "number": number,
            "href": f"/sessions/{session_id}/edit",
        }
        uses.setdefault(product_id, []).append(use)
    return uses


def product_ids(studio_id: int, session_id: int | None) -> QuerySet[Any, int]:
    """The ids of products used in one session, or in any of the studio."""
    items = LineupItem.objects.filter(studio_id=studio_id)
    if session_id is not None:
        items = items.filter(session_id=session_id)
    return items.values_list("product_id", flat=True)
