"""How spans of time are written on the history page."""

from datetime import timedelta

from django import template

from cuelight.sessions import history_words

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
