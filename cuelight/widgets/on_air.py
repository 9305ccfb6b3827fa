"""Whether viewers may see an overlay just now. Then nothing is drawn over it that was not asked for twice."""

from cuelight.errors import Conflict
from cuelight.streams import queries as streams


def is_on_air(studio_id: int) -> bool:
    """A session is live, or a platform says that it is: a studio of which nobody knows better is taken to be seen."""
    air = streams.air(studio_id)
    return bool(air["live"]) or (air["session"] or {}).get("status") == "live"


def require_off_air(studio_id: int) -> None:
    """Raises Conflict while it is on air."""
    if is_on_air(studio_id):
        raise Conflict("on_air", "The studio is on air: viewers would see this. Press again to do it all the same.")
