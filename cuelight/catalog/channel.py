"""Topic ``catalog:{studio_id}``: which products of a studio have changed, for whoever may see its catalogue."""

from cuelight.accounts import access as accounts_access
from cuelight.accounts.channel import StudioChannel
from cuelight.live.payload import Payload


class CatalogChannel(StudioChannel):
    """Relays what ``actions`` broadcast: ``product_changed`` and ``product_edited``. A join brings nothing."""

    topic = "catalog:{studio_id}"
    needs = "catalog.read"

    __slots__ = ()

    async def authorise(self) -> None:
        self.access = await accounts_access.access(self.identity, self.id_param("studio_id"))
        self.require(self.needs)

    async def join(self, payload: Payload) -> Payload:
        return {}
