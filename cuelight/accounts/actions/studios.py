"""Writes of studios."""

from cuelight.accounts.models import Studio


def create_studio(name: str, slug: str, *, currency: str = "USD") -> int:
    """A new studio without members; returns its id. The same slug again returns the one there is."""
    studio, _ = Studio.objects.get_or_create(slug=slug, defaults={"name": name, "currency": currency})
    return studio.id
