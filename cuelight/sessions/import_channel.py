"""Topic ``import:{import_id}``: one run of the importer, for whoever may import into its studio."""

from cuelight.accounts import access as accounts_access
from cuelight.accounts.channel import StudioChannel
from cuelight.errors import Forbidden, Invalid, NotFound
from cuelight.live.channel import on
from cuelight.live.db import run_db
from cuelight.live.payload import Payload
from cuelight.sessions import imports


class ImportChannel(StudioChannel):
    """The join and every ``progress`` carry the whole run."""

    topic = "import:{import_id}"
    needs = "catalog.import"

    __slots__ = ("import_id",)

    async def authorise(self) -> None:
        self.import_id = self.id_param("import_id")
        studio_id = await run_db(imports.studio_of, self.import_id)
        access = await accounts_access.access(self.identity, studio_id)
        if not access.may("catalog.import"):
            raise NotFound("There is no such import.")
        self.access = access

    async def join(self, payload: Payload) -> Payload:
        return {**await run_db(imports.row, self.import_id)}

    @on("choose")
    async def choose(self, payload: Payload) -> Payload:
        mapping = payload.get("mapping") or {}
        if not isinstance(mapping, dict) or not all(isinstance(field, str) for field in mapping.values()):
            raise Invalid("invalid", "mapping must name a field for each column")
        format_key = payload.get("format") or ""
        if not isinstance(format_key, str) or len(format_key) > 30 or len(mapping) > 300:
            raise Invalid("invalid", "format must be a text")
        await run_db(
            imports.choose,
            self.import_id,
            upsert=payload.get("upsert") is True,
            mapping=mapping,
            format_key=format_key,
            clear_blank=payload.get("clear_blank") is True,
            also_edited=payload.get("also_edited") is True,
            forget=payload.get("forget") is True,
        )
        return {}

    @on("start")
    async def start(self, payload: Payload) -> Payload:
        if not self.access.may("session.edit_lineup") and await run_db(imports.fills_lineup, self.import_id):
            # Its goal is no secret to who sees the import, so this is not "there is no such thing".
            raise Forbidden("This import makes a lineup, and that is for those who prepare the show.")
        await run_db(imports.start, self.import_id, by=self.access.person_id, token_id=self.access.token_id)
        return {}

    @on("cancel")
    async def cancel(self, payload: Payload) -> Payload:
        await run_db(imports.cancel, self.import_id)
        return {}

    @on("fetch_again")
    async def fetch_again(self, payload: Payload) -> Payload:
        await run_db(imports.fetch_again, self.import_id)
        return {}

    @on("take_back")
    async def take_back(self, payload: Payload) -> Payload:
        if not self.access.may("session.edit_lineup") and await run_db(imports.fills_lineup, self.import_id):
            raise Forbidden("This import made a lineup, and that is for those who prepare the show.")
        await run_db(imports.take_back, self.import_id, by=self.access.person_id, token_id=self.access.token_id)
        return {}
