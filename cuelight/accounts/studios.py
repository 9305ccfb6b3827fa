"""Which of several studios somebody is in just now."""

from collections.abc import Sequence

from django.http import HttpRequest

from cuelight.accounts.access import Access

#: Where a sign-in keeps the studio that was chosen.
CHOSEN = "studio"


def current(request: HttpRequest, accesses: Sequence[Access]) -> Access | None:
    """The studio that was chosen, else the first of them. None: somebody who belongs to no studio."""
    chosen = request.session.get(CHOSEN) if hasattr(request, "session") else None
    by_id = {access.studio_id: access for access in accesses if access.grants}
    return by_id[chosen] if chosen in by_id else next(iter(by_id.values()), None)


def choose(request: HttpRequest, studio_id: int) -> None:
    """From now on pages of no particular studio are of this one."""
    request.session[CHOSEN] = studio_id
