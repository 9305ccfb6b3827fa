"""A studio's accounts at platforms: made, switched, removed. How one is connected is the platform's own affair."""

from typing import Any

from django.conf import settings
from django.db import transaction

from cuelight.errors import NotFound
from cuelight.streams import broadcasts
from cuelight.streams.models import Feed, PlatformAccount
from cuelight.streams.platforms import registry
from cuelight.streams.platforms.contract import Account

State = PlatformAccount.State


def opened(account_id: int) -> Account | None:
    """An account as its adapter gets it; None when it is gone or switched off."""
    found = PlatformAccount.objects.filter(pk=account_id, state=State.CONNECTED).first()
    return None if found is None else _account(found)


def of_studio(studio_id: int) -> list[Account]:
    """The accounts that are connected."""
    found = PlatformAccount.objects.filter(studio_id=studio_id, state=State.CONNECTED, platform__in=registry.here())
    return [_account(one) for one in found.order_by("platform")]


def ensure_simulator(studio_id: int) -> None:
    """A studio without any account gets the simulated audience, where that is allowed and nobody switched it off."""
    if not settings.SIMULATOR or PlatformAccount.objects.filter(studio_id=studio_id).exists():
        return
    with transaction.atomic():
        PlatformAccount.objects.get_or_create(
            studio_id=studio_id,
            platform=registry.SIMULATOR,
            defaults={"channel_id": "simulator", "name": "Simulated audience"},
        )
        broadcasts.feed_changed(studio_id, registry.SIMULATOR)


def switch(studio_id: int, platform: str, *, on: bool, **more: Any) -> None:
    """Reads a platform, or lets it be; with other settings where some are given. Raises NotFound."""
    registry.platform(platform)
    with transaction.atomic():
        found = PlatformAccount.objects.select_for_update().filter(studio_id=studio_id, platform=platform).first()
        if found is None and platform == registry.SIMULATOR:
            found = PlatformAccount(
                studio_id=studio_id, platform=platform, channel_id=platform, name="Simulated audience"
            )
        if found is None:
            raise NotFound("This platform is not connected.")
        found.state, found.sentence = (State.CONNECTED if on else State.OFF), ""
        found.settings = {**found.settings, **more}
        found.save()
        broadcasts.feed_changed(studio_id, platform)


def remove(studio_id: int, platform: str) -> None:
    """Forgets an account and how it was doing. What happened there stays. Gone already is no error."""
    with transaction.atomic():
        PlatformAccount.objects.filter(studio_id=studio_id, platform=platform).delete()
        Feed.objects.filter(studio_id=studio_id, platform=platform).delete()
        broadcasts.feed_changed(studio_id, platform)


def _account(found: PlatformAccount) -> Account:
    return Account(
        id=found.pk,
        studio_id=found.studio_id,
        platform=found.platform,
        channel_id=found.channel_id,
        login=found.login,
        name=found.name,
        scopes=tuple(found.scopes),
        settings=dict(found.settings),
    )
