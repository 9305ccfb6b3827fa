"""Numbers as they are read."""

from django import template

register = template.Library()


@register.filter
def thousands(number: int) -> str:
    """``1204`` → ``1,204``."""
    return f"{number:,}"
