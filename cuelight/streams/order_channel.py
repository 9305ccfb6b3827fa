"""Topic ``orders:{order_import_id}``: how far an order file is, for whoever may read one in."""

from cuelight.accounts import access as accounts_access
from cuelight.accounts.channel import StudioChannel
from cuelight.errors import NotFound
from cuelight.live.db import run_db
from cuelight.live.payload import Payload
from cuelight.streams.models import OrderImport
from cuelight.streams.orders import progress


class OrderImportChannel(StudioChannel):
    """The join and every ``progress`` carry all there is to show of it."""

    topic = "orders:{order_import_id}"
    needs = "stream.orders"

    __slots__ = ("import_id",)

    async def authorise(self) -> None:
        self.import_id = self.id_param("order_import_id")
        studio_id = await run_db(studio_of, self.import_id)
        access = await accounts_access.access(self.identity, studio_id)
        if not access.may(self.needs):
            raise NotFound("There is no such import.")
        self.access = access

    async def join(self, payload: Payload) -> Payload:
        return {**await run_db(progress.row_with_worker, self.import_id)}


def studio_of(import_id: int) -> int:
    """The studio of an import. Raises NotFound."""
    found = OrderImport.objects.filter(id=import_id).values_list("studio_id", flat=True).first()
    if found is None:
        raise NotFound("There is no such import.")
    return found
