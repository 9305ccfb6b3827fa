"""Topic ``shopify:{studio_id}``: how the studio's shop stands, for whoever may import into it."""

from cuelight.accounts import access as accounts_access
from cuelight.accounts.channel import StudioChannel
from cuelight.catalog.shopify import connecting, syncing
from cuelight.catalog.shopify.status import status
from cuelight.errors import Invalid
from cuelight.live.channel import on
from cuelight.live.db import run_db
from cuelight.live.payload import Payload, require_int


class ShopChannel(StudioChannel):
    """The join and every ``changed`` carry the whole of `status.Status`."""

    topic = "shopify:{studio_id}"
    needs = "catalog.import"

    __slots__ = ()

    async def authorise(self) -> None:
        self.access = await accounts_access.access(self.identity, self.id_param("studio_id"))
        self.require(self.needs)

    async def join(self, payload: Payload) -> Payload:
        return {**await run_db(status, self.access.studio_id)}

    @on("sync", needs="catalog.import")
    async def sync(self, payload: Payload) -> Payload:
        full, remove = payload.get("full") is True, payload.get("remove") is True
        if remove and not self.access.may("catalog.edit"):
            raise Invalid("forbidden", "Your role in this studio does not let you remove products.")
        person_id = self.access.person_id
        await run_db(syncing.ask, self.access.studio_id, full=full, by=person_id, may_remove=remove)
        return {}

    @on("revert", needs="catalog.edit")
    async def revert(self, payload: Payload) -> Payload:
        run_id = require_int(payload, "run_id")
        access = self.access
        return {
            **await run_db(connecting.revert, access.studio_id, run_id, by=access.person_id, token_id=access.token_id)
        }
