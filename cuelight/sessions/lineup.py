"""The parts a live session's state is made of. Pure data; the rules are in ``state.py``."""

from collections.abc import Mapping

from msgspec import Struct, field

from cuelight.errors import Refused


class Message(Struct, frozen=True):
    """What the producer tells the host; stays until it is cleared or replaced."""

    id: str
    text: str
    color: str
    sent_at: str
    acked_at: str | None = None


class Clock(Struct, frozen=True):
    """How long the item on air has been there: now (or ``paused_at``) − ``since``; ``since`` is when it came on air,
    later by every pause that is over, and None while the show does not run. ``added_seconds`` go to its planned time.
    """

    since: str | None = None
    paused_at: str | None = None
    added_seconds: int = 0


class Armed(Struct, frozen=True):
    """The item that "go" shows, and since when it is staged."""

    item_id: int
    at: str


class Flash(Struct, frozen=True):
    """A lower price of one line until ``ends_at``. ``by`` and ``approved_by`` are ``person:3`` or ``token:7``."""

    id: str
    price_cents: int
    #: What was charged when it began.
    was_cents: int
    started_at: str
    ends_at: str
    by: str
    approved_by: str | None = None


class Offer(Struct, frozen=True):
    """A flash price that waits for a second person's yes."""

    id: str
    item_id: int
    price_cents: int
    was_cents: int
    seconds: int
    by: str
    at: str


class Live(Struct, frozen=True):
    """What is on air: the small part that every key press changes and every screen holds."""

    status: str = "draft"
    item_id: int | None = None
    image_index: int = 0
    card_shown: bool = False
    message: Message | None = None
    started_at: str | None = None
    clock: Clock = Clock()
    armed: Armed | None = None
    #: By the id of their line.
    flashes: dict[str, Flash] = {}
    offer: Offer | None = None
    #: The viewers' question on the host's screen. Its words are the viewers' own and stand in no journal.
    question_id: int | None = None


class Item(Struct, frozen=True):
    """One line of the lineup. None means: as the product has it; for ``warn_seconds`` and ``danger_seconds``: as the
    session has it; for ``planned_seconds``: its share of the show. Prices are cents. ``skipped``: next and previous
    pass over it. ``document_id``: the shared document that is its talking points."""

    id: int
    product_id: int
    position: int
    section: str = ""
    notes: str = ""
    name: str | None = None
    talking_points_md: str | None = None
    original_price_cents: int | None = None
    sale_price_cents: int | None = None
    planned_seconds: int | None = None
    warn_seconds: int | None = None
    danger_seconds: int | None = None
    skipped: bool = False
    document_id: int | None = None


class Host(Struct, frozen=True):
    """Somebody on camera; ``role`` is primary or co_host."""

    person_id: int
    role: str = "primary"


class Preset(Struct, frozen=True):
    """A message to the host that one key sends."""

    text: str
    color: str


#: What a studio's first session starts with.
DEFAULT_PRESETS = (
    Preset("Wrap it up", "amber"),
    Preset("Slow down", "blue"),
    Preset("Show the back", "purple"),
    Preset("Sold out soon", "red"),
    Preset("Great, keep going", "green"),
    Preset("Two minutes left", "amber"),
)


class Settings(Struct, frozen=True):
    """What is set up before the show and rarely changed during it. Times are ISO 8601 in UTC."""

    name: str
    slug: str
    notes: str = ""
    wrap: bool = False
    host_may_drive: bool = False
    scheduled_at: str | None = None
    duration_minutes: int = 180
    warn_seconds: int = 60
    danger_seconds: int = 15
    freeze_at_zero: bool = False
    arming: bool = False
    presets: list[Preset] = []
    #: By the person's id, so that changes of two hosts are two.
    hosts: dict[str, Host] = {}
    skip_sold_out: bool = False
    card_theme: str = "standard"
    approve_prices: bool = False
    is_template: bool = False
    is_archived: bool = False


class Former(Struct, frozen=True, array_like=True):
    """The clock that the entry of ``version`` put another in the place of."""

    version: int
    item_id: int | None
    clock: Clock


class Latest(Struct, frozen=True):
    """The newest entry, as screens are told of it; ``lineup_version`` is the newest that touched lineup or settings."""

    version: int = 0
    lineup_version: int = 0
    actor_id: int | None = None
    kind: str = "created"
    at: str | None = None


class SessionState(Struct, frozen=True):
    """Everything the rules of one session work on. ``order`` and ``products`` follow from ``items``.
    ``former`` are the newest clocks that others took the place of, oldest first."""

    id: int
    studio_id: int
    currency: str
    settings: Settings
    live: Live = Live()
    items: dict[str, Item] = field(default_factory=dict)
    order: tuple[Item, ...] = ()
    products: frozenset[int] = frozenset()
    latest: Latest = Latest()
    former: tuple[Former, ...] = ()

    @property
    def on_air(self) -> Item | None:
        """The item the screens show."""
        return self.items.get(str(self.live.item_id))

    @property
    def place(self) -> int:
        """Index of the item on air in the order; -1 when there is none."""
        current = self.on_air
        return next((place for place, item in enumerate(self.order) if item is current), -1)

    def numbered(self, number: int) -> Item | None:
        """The item with this number on the printed lineup."""
        return next((item for item in self.order if item.position == number), None)

    def item(self, item_id: int) -> Item:
        """An item by id. Raises Refused ``unknown_item``."""
        item = self.items.get(str(item_id))
        if item is None:
            raise Refused("unknown_item", "This item is not in the lineup any more")
        return item


def ordered(items: Mapping[str, Item]) -> tuple[Item, ...]:
    """Items by their number."""
    return tuple(sorted(items.values(), key=lambda item: item.position))


def products_of(items: Mapping[str, Item]) -> frozenset[int]:
    """The products that the items point at."""
    return frozenset(item.product_id for item in items.values())
