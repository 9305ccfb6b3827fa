"""How long the product on air and the whole show may take. Pure.

The browser has the same rules: ``frontend/src/sessions/show-time.ts``.
"""

from datetime import datetime, timedelta

from cuelight.live.kind import Facts
from cuelight.sessions.lineup import Item, SessionState
from cuelight.sessions.passing import is_passed

#: A line that the plan leaves nothing for still gets this, in seconds.
LEAST_SHARE = 60
#: A show that begins earlier than this before its schedule is another show.
EARLY = timedelta(hours=3)


def seconds_of(item: Item, state: SessionState, facts: Facts) -> int:
    """What is planned for one line: its own time, or its even share of what the own ones leave of the show."""
    if item.planned_seconds is not None:
        return item.planned_seconds
    counted = [one for one in state.order if not is_passed(one, state, facts)]
    own = [one.planned_seconds for one in counted if one.planned_seconds is not None]
    others = len(counted) - len(own) or 1
    # Rounded half up, as the screens do.
    share = (state.settings.duration_minutes * 60 - sum(own)) / others
    return max(LEAST_SHARE, int(share + 0.5))


def end_of_show(state: SessionState) -> datetime | None:
    """As scheduled, unless the show runs at quite another time; a rehearsal is measured from its own beginning. None
    for one that does not run."""
    if state.live.started_at is None:
        return None
    length = timedelta(minutes=state.settings.duration_minutes)
    started = datetime.fromisoformat(state.live.started_at)
    if state.settings.scheduled_at is not None and state.live.status != "rehearsal":
        scheduled = datetime.fromisoformat(state.settings.scheduled_at)
        if scheduled - EARLY <= started < scheduled + length:
            return scheduled + length
    return started + length
