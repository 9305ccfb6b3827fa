"""What can be subscribed to: type → its version, what its condition must say, which scope it wants."""

from dataclasses import dataclass, field
from typing import Any

from cuelight.streams.platforms.twitch.tests.fake.world import new_id, timestamp

BROADCASTER = ("broadcaster_user_id",)
READER = ("broadcaster_user_id", "user_id")
MODERATOR = ("broadcaster_user_id", "moderator_user_id")


@dataclass(frozen=True)
class Kind:
    version: str
    condition: tuple[str, ...]
    scope: str = ""
    #: Keys that may be said as well.
    optional: tuple[str, ...] = ()
    #: Scopes of which any one will do, where there is not just one.
    any_scope: tuple[str, ...] = ()


def _kinds(names: str, version: str, condition: tuple[str, ...], scope: str = "", **more: Any) -> dict[str, Kind]:
    return {name: Kind(version, condition, scope, **more) for name in names.split()}


KINDS: dict[str, Kind] = {
    **_kinds(
        "channel.chat.message channel.chat.notification channel.chat.message_delete channel.chat.clear"
        " channel.chat.clear_user_messages",
        "1",
        READER,
        "user:read:chat",
    ),
    **_kinds("channel.follow", "2", MODERATOR, "moderator:read:followers"),
    **_kinds(
        "channel.subscribe channel.subscription.end channel.subscription.gift channel.subscription.message",
        "1",
        BROADCASTER,
        "channel:read:subscriptions",
    ),
    **_kinds("channel.cheer channel.bits.use", "1", BROADCASTER, "bits:read"),
    **_kinds("channel.raid", "1", (), optional=("to_broadcaster_user_id", "from_broadcaster_user_id")),
    **_kinds("channel.update", "2", BROADCASTER),
    **_kinds("stream.online stream.offline", "1", BROADCASTER),
    **_kinds(
        "channel.hype_train.begin channel.hype_train.progress channel.hype_train.end",
        "2",
        BROADCASTER,
        "channel:read:hype_train",
    ),
    **_kinds(
        "channel.channel_points_custom_reward_redemption.add channel.channel_points_custom_reward_redemption.update",
        "1",
        BROADCASTER,
        "channel:read:redemptions",
        optional=("reward_id",),
    ),
    **_kinds("channel.poll.begin channel.poll.progress channel.poll.end", "1", BROADCASTER, "channel:read:polls"),
    **_kinds(
        "channel.prediction.begin channel.prediction.progress channel.prediction.lock channel.prediction.end",
        "1",
        BROADCASTER,
        "channel:read:predictions",
    ),
    **_kinds("channel.goal.begin channel.goal.progress channel.goal.end", "1", BROADCASTER, "channel:read:goals"),
    **_kinds("channel.charity_campaign.donate", "1", BROADCASTER, "channel:read:charity"),
    **_kinds("channel.ban channel.unban", "1", BROADCASTER, "channel:moderate"),
    **_kinds("channel.shoutout.create channel.shoutout.receive", "1", MODERATOR, "moderator:read:shoutouts"),
    **_kinds("channel.ad_break.begin", "1", BROADCASTER, "channel:read:ads"),
    **_kinds(
        "channel.moderate",
        "2",
        MODERATOR,
        any_scope=("moderator:read:banned_users", "moderator:manage:banned_users"),
    ),
}


@dataclass
class Subscription:
    type: str
    version: str
    condition: dict[str, str]
    #: Whoever's token asked, and for which app.
    user_id: str
    client_id: str
    session_id: str
    connected_at: str
    cost: int = 0
    status: str = "enabled"
    id: str = field(default_factory=new_id)
    created_at: str = field(default_factory=timestamp)

    def key(self) -> tuple[str, tuple[tuple[str, str], ...]]:
        """Type and condition: what must not be there twice."""
        return self.type, tuple(sorted(self.condition.items()))

    def hears(self, type: str, about: dict[str, str]) -> bool:
        """Whether an event is for it: ``about`` names whose it is, and what the condition says of that must agree."""
        said = {name: self.condition[name] for name in about if self.condition.get(name)}
        return self.status == "enabled" and self.type == type and bool(said) and said.items() <= about.items()

    def shown(self, *, in_notification: bool = False) -> dict[str, Any]:
        transport = {"method": "websocket", "session_id": self.session_id}
        if not in_notification:
            transport |= {"connected_at": self.connected_at}
        return {
            "id": self.id,
            "status": self.status,
            "type": self.type,
            "version": self.version,
            "condition": self.condition,
            "created_at": self.created_at,
            "transport": transport,
            "cost": self.cost,
        }


def trouble_with(type: Any, version: Any, condition: Any) -> str:
    """Why a subscription cannot be made from this, or ""."""
    kind = KINDS.get(type) if isinstance(type, str) else None
    if kind is None or version != kind.version:
        return "invalid subscription type and version"
    if not isinstance(condition, dict) or not all(isinstance(value, str) for value in condition.values()):
        return "invalid condition"
    said = {name for name, value in condition.items() if value}
    if not set(kind.condition) <= said or not said <= {*kind.condition, *kind.optional}:
        return "invalid condition: its fields are not those of this type"
    if not kind.condition and len(said) != 1:
        return "invalid condition: exactly one of its fields must be set"
    return ""
