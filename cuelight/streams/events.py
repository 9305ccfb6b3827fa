"""The one shape of everything that happens on a platform, whichever it is. Pure.

Names, texts and addresses come from strangers: they are bounded here and escaped wherever they are shown.
"""

from datetime import datetime
from typing import Any, Literal, get_args

from msgspec import Struct, field, structs, to_builtins

Kind = Literal[
    "chat", "follow", "subscription", "gift", "donation", "raid", "like", "order", "question", "join", "system"
]
KINDS: tuple[Kind, ...] = get_args(Kind)
#: What stands in the chat; everything else is an activity.
TALK: frozenset[Kind] = frozenset({"chat", "question", "system"})
#: Roles that may stand beside a name.
ROLES = ("broadcaster", "moderator", "vip", "subscriber", "verified", "own")

LONGEST_ID, LONGEST_NAME, LONGEST_TEXT, LONGEST_ADDRESS = 200, 100, 2_000, 500
MOST_FRAGMENTS = 100
#: Bytes of what the platform sent that are kept; longer, it is left out.
LONGEST_RAW = 8_000


class User(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Who it was, as the platform names them. ``color``: "#rrggbb" or nothing."""

    id: str
    name: str
    login: str = ""
    avatar: str = ""
    color: str = ""
    roles: tuple[str, ...] = ()


class Fragment(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A piece of a message, in order; together they are its text. ``image`` is the address of an emote's picture."""

    type: Literal["text", "emote", "mention", "cheer", "link"]
    text: str
    image: str = ""


class Amount(Struct, frozen=True, kw_only=True):
    """Money in minor units of an ISO currency; or a platform's own unit ("BITS", "KICKS", "COINS")."""

    value: int
    currency: str


class Event(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One thing that happened. ``platform`` and ``platform_id`` together are it: the second of a pair is a repeat.

    ``at`` is the platform's own time, in UTC. ``count``: gifts, viewers of a raid, likes, months, pieces ordered.
    ``detail``: what only some kinds have, small and plain: ``tier``, ``months``, ``is_gift``, ``is_anonymous``,
    ``reply_to``, ``item``, ``sku``, ``product_id``, ``order_id``, ``target``. ``rehearsal``: nobody really did it, so
    nothing counts it. ``raw``: what the platform sent, kept for a while to look at, never shown.
    """

    platform: str
    platform_id: str
    kind: Kind
    at: datetime
    channel: str = ""
    user: User | None = None
    text: str = ""
    fragments: tuple[Fragment, ...] = ()
    amount: Amount | None = None
    count: int = 0
    detail: dict[str, Any] = field(default_factory=dict)
    rehearsal: bool = False
    raw: dict[str, Any] | None = None

    @property
    def is_talk(self) -> bool:
        return self.kind in TALK


def bounded(event: Event) -> Event:
    """The event with everything a stranger could make endless cut, and what no database takes left out.

    Raises ValueError for one that cannot be told from another: without an id.
    """
    platform_id = _clean(event.platform_id, LONGEST_ID + 1)
    if not platform_id or len(platform_id) > LONGEST_ID:
        raise ValueError(f"an event of {event.platform} has no usable id")
    user = event.user
    if user is not None:
        user = User(
            id=_clean(user.id, LONGEST_ID),
            name=_clean(user.name, LONGEST_NAME) or _clean(user.login, LONGEST_NAME),
            login=_clean(user.login, LONGEST_NAME),
            avatar=_address(user.avatar),
            color=_color(user.color),
            roles=tuple(role for role in user.roles if role in ROLES),
        )
    fragments = tuple(
        structs.replace(one, text=_clean(one.text, LONGEST_TEXT), image=_address(one.image))
        for one in event.fragments[:MOST_FRAGMENTS]
    )
    return structs.replace(
        event,
        platform_id=platform_id,
        channel=_clean(event.channel, LONGEST_ID),
        user=user,
        text=_clean(event.text, LONGEST_TEXT),
        fragments=fragments,
    )


def shown(event: Event, event_id: int) -> dict[str, Any]:
    """As screens get it: everything but what the platform sent."""
    told: dict[str, Any] = to_builtins(structs.replace(event, raw=None))
    return {"id": event_id, **told}


def _clean(text: str, most: int) -> str:
    # Control characters: PostgreSQL refuses the first of them, and none says anything on a screen. Text that would
    # turn the direction of what stands beside it is no name either.
    if text.isprintable() and len(text) <= most:
        return text
    kept = "".join(letter for letter in text[: most * 2] if letter == "\n" or letter.isprintable() or letter in JOINERS)
    return kept[:most]


#: Not printable, but parts of emoji and of Persian or Indic words.
JOINERS = "\u200c\u200d"


def _address(text: str) -> str:
    return text if text.startswith("https://") and len(text) <= LONGEST_ADDRESS and text.isprintable() else ""


def _color(text: str) -> str:
    is_color = len(text) == 7 and text[0] == "#" and all(letter in "0123456789abcdefABCDEF" for letter in text[1:])
    return text.lower() if is_color else ""
