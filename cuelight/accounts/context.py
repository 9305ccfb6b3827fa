"""What the base template needs to know of whoever looks at a page."""

from typing import Any

from django.http import HttpRequest

from cuelight.accounts import access


def rights(request: HttpRequest) -> dict[str, Any]:
    """``may_import``: whether the menu has the importer, in whichever studio. Asked only by pages that draw it."""

    def may_import() -> bool:
        who = getattr(request, "identity", None)
        return who is not None and any(one.may("catalog.import") for one in access.accesses(who))

    return {"may_import": may_import}
