"""How spans of time are written on the history page."""

from datetime import datetime, timedelta

from django import template
from django.utils.safestring import SafeString

from cuelight.sessions import history_words
from cuelight.ui.templatetags.local_time import local_time

register = template.Library()


@register.filter
def clock(span: timedelta | int | None) -> str:
    """``h:mm:ss`` of a span or of seconds; a dash for none."""
    if span is None:
        return "–"
    return history_words.clock(span if isinstance(span, timedelta) else timedelta(seconds=span))


@register.filter
def percent(ratio: float | None) -> str:
    """A share of the plan; a dash where nothing is planned."""
    return "–" if ratio is None else f"{ratio:.0%}"


@register.filter
def short(seconds: int) -> str:
    """``4:30`` of seconds, ``1:04:30`` from an hour on."""
    whole = history_words.clock(timedelta(seconds=seconds)).removeprefix("0:")
    return whole.removeprefix("0")


@register.filter
def hours(minutes: int) -> str:
    """``3 h``, ``2 h 30 min``, ``45 min`` of minutes."""
    whole, rest = divmod(minutes, 60)
    return " ".join([*([f"{whole} h"] if whole else []), *([f"{rest} min"] if rest or not whole else [])])


@register.simple_tag
def moment(at: datetime, shift: timedelta | None, show: str = "hour") -> SafeString | str:
    """A moment as ``local_time`` writes it; with ``shift``, how far a clock is ahead of UTC, as that clock shows it."""
    if shift is None:
        return local_time(at, show)
    there = at + shift
    day = f"{there.day} {there:%b %Y}"
    return {"hour": f"{there:%H:%M}", "time": f"{there:%H:%M:%S}", "date": day, "datetime": f"{day}, {there:%H:%M}"}[
        show
    ]


@register.filter
def zone(shift: timedelta) -> str:
    """``UTC``, ``UTC+2``, ``UTC−3:30``."""
    minutes = int(shift.total_seconds()) // 60
    hours, rest = divmod(abs(minutes), 60)
    return "UTC" + (f"{'+' if minutes > 0 else '−'}{hours}{f':{rest:02}' if rest else ''}" if minutes else "")
