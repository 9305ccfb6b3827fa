"""What the base template needs to know of whoever looks at a page."""

from functools import cache
from typing import Any, TypedDict

from django.http import HttpRequest

from cuelight.accounts import access, queries, studio_pages, studios
from cuelight.accounts.access import Access
from cuelight.accounts.queries import StudioRow


class Menu(TypedDict):
    """The studio somebody is in, the others, and where its own pages begin for them."""

    current: StudioRow | None
    others: list[StudioRow]
    #: The first of the studio's pages that they may open; nothing: none.
    pages: str
    may_leave: bool
    #: "person", "station", "guest".
    kind: str


def rights(request: HttpRequest) -> dict[str, Any]:
    """``may_watch``, ``may_overlays``, ``may_import``, ``may_catalog``: whether the menu has what is live, the
    overlays, the importer and the products, in whichever studio; ``studio_menu``. Asked only by pages that draw
    them."""

    @cache
    def accesses() -> list[Access]:
        who = getattr(request, "identity", None)
        return [] if who is None else access.accesses(who)

    @cache
    def studio_menu() -> Menu | None:
        return _menu(request, accesses())

    return {
        "may_watch": lambda: any(one.may("stream.watch") for one in accesses()),
        "may_alerts": lambda: any(one.may("alert.run") for one in accesses()),
        "may_docks": lambda: any(one.may("dock.edit") for one in accesses()),
        "may_reports": lambda: any(one.may("stream.reports") for one in accesses()),
        "may_overlays": lambda: any(one.may("overlay.edit") for one in accesses()),
        "may_import": lambda: any(one.may("catalog.import") for one in accesses()),
        "may_catalog": lambda: any(one.may("catalog.read") for one in accesses()),
        "studio_menu": studio_menu,
    }


def _menu(request: HttpRequest, accesses: list[Access]) -> Menu | None:
    kind = getattr(getattr(request, "identity", None), "kind", "")
    if not kind:
        return None
    # A page of a studio is of that one, whichever was chosen.
    here: Access | None = getattr(request, "access", None)
    current = here if here is not None and here.grants else studios.current(request, accesses)
    if current is None:
        return {"current": None, "others": [], "pages": "", "may_leave": False, "kind": kind}
    rows = {row["id"]: row for row in queries.studios(one.studio_id for one in accesses)}
    found = rows.pop(current.studio_id, None)
    return {
        "current": found,
        "others": list(rows.values()),
        "pages": studio_pages.first(current, found["slug"]) if found else "",
        "may_leave": kind == "person",
        "kind": kind,
    }
