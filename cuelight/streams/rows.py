"""What screens get of the streams, as plain rows. Times are ISO 8601 in UTC."""

from typing import Any, TypedDict


class AbilitiesRow(TypedDict):
    """What can be done at a platform (`contract.Abilities`)."""

    send: bool
    reply: bool
    delete: bool
    time_out: bool
    ban: bool
    metadata: bool
    start: bool
    longest_message: int


class FeedRow(TypedDict):
    """One platform of a studio: what is connected, how it is doing, the newest of everything.

    ``status``: off, connecting, connected, reconnecting, needs_you; ``sentence`` says more in words. ``is_live`` None:
    the platform has not said.
    """

    platform: str
    name: str
    channel: str
    status: str
    sentence: str
    since: str
    viewers: int | None
    followers: int | None
    is_live: bool | None
    live_since: str | None
    title: str
    category: str
    heard_at: str | None
    rehearsal: bool
    abilities: AbilitiesRow


class ViewersRow(TypedDict):
    """How many watched at one time, in all and by platform."""

    at: str
    total: int
    by: dict[str, int]


class StreamRow(TypedDict):
    """One broadcast."""

    id: int
    title: str
    started_at: str
    ended_at: str | None
    platforms: list[str]
    rehearsal: bool
    session_id: int | None


class AirRow(TypedDict):
    """Whether this is on air, from session, platforms and encoder. ``lamp``: on_air, off_air, rehearsal, disagrees;
    ``words`` stand on it, ``sentence`` says what does not fit together, or nothing."""

    lamp: str
    words: str
    sentence: str
    session: dict[str, Any] | None
    live: list[str]
    encoder: bool | None


class QuestionRow(TypedDict):
    """Something viewers ask. ``number``: of the lineup item it is about, as printed; ``asked``: how often;
    ``event_id``: of the message whose words it has."""

    id: int
    session_id: int | None
    item_id: int | None
    product_id: int | None
    number: int | None
    product: str
    event_id: int
    platform: str
    user_name: str
    user_color: str
    text: str
    asked: int
    first_at: str
    last_at: str
    state: str
    rehearsal: bool


class WantedRow(TypedDict):
    """How often a line of the lineup was asked for: in all, and within the last two minutes."""

    total: int
    recent: int
