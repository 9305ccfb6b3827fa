"""``{% local_time moment "datetime" %}``: a moment that the page's script rewrites into the viewer's zone and locale.

The server does not know that zone. Without the script one reads UTC, and the page says so.
"""

from datetime import UTC, datetime

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()

_FALLBACK = {
    "time": "{:%H:%M:%S} UTC",
    "hour": "{:%H:%M} UTC",
    "datetime": "{0.day} {0:%b %Y, %H:%M} UTC",
    "date": "{0.day} {0:%b %Y} UTC",
}


@register.simple_tag
def local_time(moment: datetime | str | None, show: str = "datetime") -> SafeString | str:
    """An aware moment, or its ISO text, as ``time``, ``hour`` (without the seconds), ``datetime`` or ``date``; nothing
    for None."""
    if not moment:
        return ""
    at = (datetime.fromisoformat(moment) if isinstance(moment, str) else moment).astimezone(UTC)
    return format_html(
        '<time datetime="{}" data-local="{}">{}</time>', at.isoformat(), show, _FALLBACK[show].format(at)
    )
