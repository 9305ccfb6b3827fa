"""The end of a deleted studio, once nobody can restore it any more."""

import structlog

from cuelight.accounts import actions as accounts
from cuelight.accounts import queries
from cuelight.errors import NotFound
from cuelight.live import erasing as live
from cuelight.studio import exports
from cuelight.studio.contexts import CONTEXTS

log = structlog.get_logger(__name__)


def erase_due() -> list[int]:
    """Erases every studio whose time to be restored is over; returns their ids. One that fails is tried again later,
    and does not keep the others."""
    erased = []
    for studio_id in queries.studios_to_erase():
        try:
            erase_studio(studio_id)
        except NotFound:
            continue  # another worker was faster
        except Exception:
            log.error("a studio could not be erased", studio=studio_id, exc_info=True)
        else:
            erased.append(studio_id)
    return erased


def erase_studio(studio_id: int) -> None:
    """Every row and file of a studio, from the top context down, in batches. May run twice; what one run has left the
    next one finds. Raises NotFound for a studio that is not to be erased."""
    accounts.require_erasable(studio_id)
    live.close_studio(studio_id)
    exports.erase_studio(studio_id)
    for context in reversed(CONTEXTS):
        context.erase(studio_id)
