"""A message of EventSub in our words. Pure: no clock, no I/O, and nothing that comes in raises.

What is asked for is in `subscriptions`; a type that is not in `READERS` is none of ours. Ids: a chat message has its
own, which is what sending one returns, too; anything else is known by the id of the message that told of it, which is
the same when it is told again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

import orjson

from cuelight.streams.events import Amount, Event, Fragment, Kind, User, bounded
from cuelight.streams.platforms.contract import Metadata, Removal

PLATFORM = "twitch"
#: The most that anybody can have given, watched or cheered: what is more is a mistake or a joke.
MOST = 1_000_000_000
MOST_RAW = 7_000


@dataclass(frozen=True, slots=True)
class Live:
    """Whether the channel is live."""

    is_live: bool
    since: datetime | None = None


Heard = Event | Removal | Metadata | Live


@dataclass(frozen=True, slots=True)
class Message:
    """One message of the WebSocket. ``id`` is the same when it is told again, also by another socket."""

    type: str
    id: str
    at: datetime | None
    payload: dict[str, Any]
    subscription_type: str = ""


@dataclass(frozen=True, slots=True)
class Reader:
    """Whose channel is read, what time it is if Twitch does not say, and where pictures of emotes are."""

    channel_id: str
    now: datetime
    emotes_url: str = ""


@dataclass(frozen=True, slots=True)
class Notice:
    """A notification: its event, and what every one has."""

    reader: Reader
    id: str
    at: datetime
    event: dict[str, Any]

    def made(self, kind: Kind, *, platform_id: str = "", at: datetime | None = None, **more: Any) -> Event:
        more["detail"] = {name: value for name, value in more.get("detail", {}).items() if value not in ("", None)}
        return Event(
            platform=PLATFORM,
            platform_id=platform_id or self.id,
            kind=kind,
            at=at or self.at,
            channel=self.reader.channel_id,
            raw=_raw(self.event),
            **more,
        )


def parsed(text: str | bytes) -> Message | None:
    """What came over the socket; None for what is no message of EventSub."""
    try:
        said = orjson.loads(text)
    except orjson.JSONDecodeError:
        return None
    metadata = _dict(said).get("metadata")
    kind = _text(_dict(metadata).get("message_type"))
    if not kind:
        return None
    about = _dict(metadata)
    payload = _dict(_dict(said).get("payload"))
    named = _text(about.get("subscription_type")) or _text(_dict(payload.get("subscription")).get("type"))
    if kind == "notification" and not named:
        return None
    return Message(kind, _id(about.get("message_id")), time_of(about.get("message_timestamp")), payload, named)


def is_of(message: Message, channel_id: str) -> bool:
    """Whether a notification says that it is of this channel. One that does not is broken, or somebody else's."""
    event = _dict(message.payload.get("event"))
    return channel_id == (_id(event.get("broadcaster_user_id")) or _id(event.get("to_broadcaster_user_id")))


def heard(message: Message, reader: Reader) -> Heard | None:
    """What a notification tells; None: nothing for us, or nothing that can be read."""
    read = READERS.get(message.subscription_type)
    if read is None or not is_of(message, reader.channel_id):
        return None
    event = _dict(message.payload.get("event"))
    found = read(Notice(reader, message.id, message.at or reader.now, event))
    if not isinstance(found, Event):
        return found
    try:
        return bounded(found)
    except ValueError:
        return None  # without an id it could not be told from another


def _chat(notice: Notice) -> Event | None:
    event, message = notice.event, _dict(notice.event.get("message"))
    if _is_from_elsewhere(event, notice.reader.channel_id) or not _id(event.get("message_id")):
        return None
    return notice.made(
        "chat",
        platform_id=_id(event.get("message_id")),
        user=_chatter(event, notice.reader.channel_id),
        text=_text(message.get("text")),
        fragments=tuple(_fragments(message.get("fragments"), notice.reader.emotes_url)),
        detail={"reply_to": _id(_dict(event.get("reply")).get("parent_message_id"))},
    )


def _is_from_elsewhere(event: dict[str, Any], channel_id: str) -> bool:
    """In a shared chat each channel tells of the others' messages, too: who reads both would have them twice."""
    source = _id(event.get("source_broadcaster_user_id"))
    return source != channel_id if source else bool(_id(event.get("source_message_id")))


def _chatter(event: dict[str, Any], channel_id: str) -> User | None:
    found = _user(event, "chatter_user_")
    if found is None:
        return None
    roles = list(_roles(event.get("badges")))
    if found.id == channel_id:
        # What we send comes back without a word of who wrote it: it is the studio's own either way.
        roles = [*dict.fromkeys(["broadcaster", *roles, "own"])]
    return User(id=found.id, login=found.login, name=found.name, color=_text(event.get("color")), roles=tuple(roles))


_BADGES = {
    "broadcaster": "broadcaster",
    "moderator": "moderator",
    "lead_moderator": "moderator",
    "vip": "vip",
    "subscriber": "subscriber",
    "founder": "subscriber",
    "partner": "verified",
}


def _roles(badges: Any) -> list[str]:
    found = [_BADGES.get(_text(_dict(badge).get("set_id")), "") for badge in _list(badges)]
    return [role for role in dict.fromkeys(found) if role]


_FRAGMENTS: dict[str, Any] = {"text": "text", "emote": "emote", "mention": "mention", "cheermote": "cheer"}


def _fragments(pieces: Any, emotes_url: str) -> list[Fragment]:
    found = []
    for piece in _list(pieces):
        text, kind = _text(_dict(piece).get("text")), _FRAGMENTS.get(_text(_dict(piece).get("type")), "text")
        emote_id = _id(_dict(_dict(piece).get("emote")).get("id")) if kind == "emote" else ""
        if text:
            found.append(Fragment(type=kind, text=text, image=emote_image(emotes_url, emote_id)))
    return found


def emote_image(emotes_url: str, emote_id: str) -> str:
    """The picture of an emote: animated where it is, for dark screens, twice the size of text."""
    return f"{emotes_url}/{quote(emote_id, safe='')}/default/dark/2.0" if emotes_url and emote_id else ""


def _follow(notice: Notice) -> Event | None:
    user = _user(notice.event)
    return notice.made("follow", user=user, at=time_of(notice.event.get("followed_at"))) if user else None


def _subscribe(notice: Notice) -> Event | None:
    user = _user(notice.event)
    if user is None or notice.event.get("is_gift") is True:
        return None  # who gave it is told once, with how many
    return notice.made("subscription", user=user, detail={"tier": _tier(notice), "is_gift": False})


def _resubscribe(notice: Notice) -> Event | None:
    message, months = _dict(notice.event.get("message")), _count(notice.event.get("cumulative_months"))
    text, user = _text(message.get("text")), _user(notice.event)
    if user is None:
        return None
    return notice.made(
        "subscription",
        user=user,
        text=text,
        fragments=tuple(_cut(text, message.get("emotes"), notice.reader.emotes_url)),
        count=months,
        detail={"tier": _tier(notice), "months": months, "is_gift": False},
    )


def _cut(text: str, emotes: Any, emotes_url: str) -> list[Fragment]:
    """A text in pieces by where its emotes begin and end, the end included."""
    found: list[Fragment] = []
    at = 0
    places = [(_count(_dict(one).get("begin")), _count(_dict(one).get("end")), _dict(one)) for one in _list(emotes)]
    for begin, end, emote in sorted(places, key=lambda place: place[:2]):
        if not at <= begin <= end < len(text):
            continue
        if begin > at:
            found.append(Fragment(type="text", text=text[at:begin]))
        image = emote_image(emotes_url, _id(emote.get("id")))
        found.append(Fragment(type="emote", text=text[begin : end + 1], image=image))
        at = end + 1
    if found and at < len(text):
        found.append(Fragment(type="text", text=text[at:]))
    return found


def _gift(notice: Notice) -> Event | None:
    count = _count(notice.event.get("total"))
    if not count:
        return None
    return notice.made(
        "gift", user=_giver(notice), count=count, detail={"tier": _tier(notice), "is_anonymous": _is_anonymous(notice)}
    )


def _cheer(notice: Notice) -> Event | None:
    return _donated(notice, _text(notice.event.get("message")))


def _bits(notice: Notice) -> Event | None:
    """Bits for anything but a cheer, of which ``channel.cheer`` tells: power-ups and combos."""
    if _text(notice.event.get("type")) in ("", "cheer"):
        return None
    return _donated(notice, _text(_dict(notice.event.get("message")).get("text")))


def _donated(notice: Notice, text: str) -> Event | None:
    bits = _count(notice.event.get("bits"))
    if not bits:
        return None
    return notice.made(
        "donation",
        user=_giver(notice),
        text=text,
        amount=Amount(value=bits, currency="BITS"),
        detail={"is_anonymous": _is_anonymous(notice)},
    )


def _raid(notice: Notice) -> Event | None:
    user = _user(notice.event, "from_broadcaster_user_")
    return notice.made("raid", user=user, count=_count(notice.event.get("viewers"))) if user else None


def _online(notice: Notice) -> Live | None:
    # A rerun or a premiere is not a show that somebody is on.
    is_live = notice.event.get("type") == "live"
    return Live(True, time_of(notice.event.get("started_at")) or notice.at) if is_live else None


def _offline(notice: Notice) -> Live:
    return Live(False)


def _update(notice: Notice) -> Metadata:
    return Metadata(
        title=_said(notice.event.get("title")),
        category=_said(notice.event.get("category_name")),
        category_id=_said(notice.event.get("category_id")),
    )


def _deleted(notice: Notice) -> Removal | None:
    message_id = _id(notice.event.get("message_id"))
    return Removal("deleted", platform_ids=(message_id,)) if message_id else None


def _cleared(notice: Notice) -> Removal:
    return Removal("clear", everything=True)


def _cleared_of(notice: Notice) -> Removal | None:
    """After a time-out as after a ban; it does not say after which."""
    user_id = _id(notice.event.get("target_user_id"))
    return Removal("timeout", user_id=user_id) if user_id else None


def _banned(notice: Notice) -> Removal | None:
    user_id = _id(notice.event.get("user_id"))
    is_for_ever = notice.event.get("is_permanent") is True or notice.event.get("ends_at") is None
    return Removal("ban" if is_for_ever else "timeout", user_id=user_id) if user_id else None


#: By type of subscription: what its event says.
READERS: dict[str, Callable[[Notice], Heard | None]] = {
    "channel.chat.message": _chat,
    "channel.chat.message_delete": _deleted,
    "channel.chat.clear": _cleared,
    "channel.chat.clear_user_messages": _cleared_of,
    "channel.ban": _banned,
    "channel.follow": _follow,
    "channel.subscribe": _subscribe,
    "channel.subscription.message": _resubscribe,
    "channel.subscription.gift": _gift,
    "channel.cheer": _cheer,
    "channel.bits.use": _bits,
    "channel.raid": _raid,
    "channel.update": _update,
    "stream.online": _online,
    "stream.offline": _offline,
}


def _giver(notice: Notice) -> User | None:
    return None if _is_anonymous(notice) else _user(notice.event)


def _is_anonymous(notice: Notice) -> bool:
    return notice.event.get("is_anonymous") is True


def _tier(notice: Notice) -> str:
    return _text(notice.event.get("tier"))[:20]


def _user(event: dict[str, Any], prefix: str = "user_") -> User | None:
    user_id, login = _id(event.get(f"{prefix}id")), _text(event.get(f"{prefix}login"))
    return User(id=user_id, login=login, name=_text(event.get(f"{prefix}name")) or login) if user_id else None


def _raw(event: dict[str, Any]) -> dict[str, Any] | None:
    """What is kept to look at: nothing that is long, or nested so deep that it could not be written again."""
    try:
        return event if len(orjson.dumps(event)) <= MOST_RAW else None
    except orjson.JSONEncodeError:
        return None


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: Any) -> list[Any]:
    return value[:500] if isinstance(value, list) else []


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _said(value: Any) -> str | None:
    return value[:300] if isinstance(value, str) else None


def _id(value: Any) -> str:
    """Ids are strings; one that came as a number is one all the same."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return value if isinstance(value, str) else ""


def _count(value: Any) -> int:
    is_number = isinstance(value, int) and not isinstance(value, bool)
    return min(max(value, 0), MOST) if is_number else 0


def time_of(value: Any) -> datetime | None:
    """A time with nanoseconds, as Twitch has them; None for what is none."""
    try:
        at = datetime.fromisoformat(_text(value))
        return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
