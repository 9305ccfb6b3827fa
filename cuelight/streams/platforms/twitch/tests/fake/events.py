"""Events as they stand in a notification. Pure: who and what in, a dict out."""

import re
from typing import Any

from cuelight.streams.platforms.twitch.tests.fake.world import EMOTES, User, new_id, timestamp

Event = dict[str, Any]
TIERS = ("1000", "2000", "3000")


def fragments(text: str, people: dict[str, User]) -> list[Event]:
    """A message in its parts. ``people`` by login are who can be mentioned."""
    parts: list[Event] = []
    for word in re.split(r"(\s+)", text):
        part = _fragment(word, people)
        if part["type"] == "text" and parts and parts[-1]["type"] == "text":
            parts[-1]["text"] += word
        elif word:
            parts.append(part)
    return parts


def _fragment(word: str, people: dict[str, User]) -> Event:
    part: Event = {"type": "text", "text": word, "cheermote": None, "emote": None, "mention": None}
    if word in EMOTES:
        emote = {"id": EMOTES[word], "emote_set_id": "0", "owner_id": "0", "format": ["static"]}
        return part | {"type": "emote", "emote": emote}
    if cheered := re.fullmatch(r"(Cheer)(\d+)", word, re.IGNORECASE):
        cheermote = {"prefix": cheered[1].lower(), "bits": int(cheered[2]), "tier": 1}
        return part | {"type": "cheermote", "cheermote": cheermote}
    if word.startswith("@") and word[1:].lower() in people:
        return part | {"type": "mention", "mention": people[word[1:].lower()].named()}
    return part


def chat_message(
    channel: User,
    user: User,
    text: str,
    *,
    people: dict[str, User],
    bits: int = 0,
    badges: tuple[str, ...] = (),
    reply_to: Event | None = None,
    message_type: str = "text",
    reward_id: str | None = None,
    color: str | None = None,
    source: User | None = None,
) -> Event:
    """``source``: the channel it was written in, when that is another one of a shared chat."""
    worn = [{"set_id": badge, "id": "1", "info": ""} for badge in badges]
    return {
        **channel.named("broadcaster_"),
        **user.named("chatter_"),
        "message_id": new_id(),
        "message": {"text": text, "fragments": fragments(text, people)},
        "message_type": message_type,
        "badges": worn,
        "cheer": {"bits": bits} if bits else None,
        "color": user.color if color is None else color,
        "reply": _reply(reply_to) if reply_to else None,
        "channel_points_custom_reward_id": reward_id,
        "source_broadcaster_user_id": source.id if source else None,
        "source_broadcaster_user_login": source.login if source else None,
        "source_broadcaster_user_name": source.name if source else None,
        "source_message_id": new_id() if source else None,
        "source_badges": worn if source else None,
        "is_source_only": False if source else None,
    }


def _reply(parent: Event) -> Event:
    thread = parent["reply"] or {}
    who = {f"user_{part}": parent[f"chatter_user_{part}"] for part in ("id", "login", "name")}
    return {
        "parent_message_id": parent["message_id"],
        "parent_message_body": parent["message"]["text"],
        **{f"parent_{name}": value for name, value in who.items()},
        "thread_message_id": thread.get("thread_message_id", parent["message_id"]),
        **{f"thread_{name}": thread.get(f"thread_{name}", value) for name, value in who.items()},
    }


def message_deleted(channel: User, message: Event) -> Event:
    target = {f"target_user_{part}": message[f"chatter_user_{part}"] for part in ("id", "login", "name")}
    return {**channel.named("broadcaster_"), **target, "message_id": message["message_id"]}


def chat_cleared(channel: User) -> Event:
    return channel.named("broadcaster_")


def user_messages_cleared(channel: User, user: User) -> Event:
    return {**channel.named("broadcaster_"), **user.named("target_")}


def followed(channel: User, user: User) -> Event:
    return {**user.named(), **channel.named("broadcaster_"), "followed_at": timestamp()}


def subscribed(channel: User, user: User, tier: str, *, is_gift: bool = False) -> Event:
    return {**user.named(), **channel.named("broadcaster_"), "tier": tier, "is_gift": is_gift}


def gifted(channel: User, giver: User | None, total: int, tier: str, cumulative: int | None) -> Event:
    """``giver`` None: who wants no name; then no cumulative total is said either."""
    return {
        **_named_or_not(giver),
        **channel.named("broadcaster_"),
        "total": total,
        "tier": tier,
        "cumulative_total": cumulative if giver else None,
        "is_anonymous": giver is None,
    }


def resubscribed(channel: User, user: User, tier: str, text: str, months: int, streak: int | None) -> Event:
    emotes = [
        {"begin": found.start(), "end": found.end() - 1, "id": EMOTES[found[0]]}
        for found in re.finditer(r"\S+", text)
        if found[0] in EMOTES
    ]
    return {
        **user.named(),
        **channel.named("broadcaster_"),
        "tier": tier,
        "message": {"text": text, "emotes": emotes or None},
        "cumulative_months": months,
        "streak_months": streak,
        "duration_months": 1,
    }


def cheered(channel: User, user: User | None, bits: int, text: str) -> Event:
    return {
        "is_anonymous": user is None,
        **_named_or_not(user),
        **channel.named("broadcaster_"),
        "message": text,
        "bits": bits,
    }


def bits_used(channel: User, user: User, bits: int, text: str, people: dict[str, User]) -> Event:
    return {
        **channel.named("broadcaster_"),
        **user.named(),
        "bits": bits,
        "type": "cheer",
        "power_up": None,
        "message": {"text": text, "fragments": fragments(text, people)},
    }


def raided(channel: User, raider: User, viewers: int) -> Event:
    return {**raider.named("from_broadcaster_"), **channel.named("to_broadcaster_"), "viewers": viewers}


def updated(channel: User, *, title: str, language: str, category: tuple[str, str], labels: list[str]) -> Event:
    """``category``: its id and its name, both "" for none."""
    return {
        **channel.named("broadcaster_"),
        "title": title,
        "language": language,
        "category_id": category[0],
        "category_name": category[1],
        "content_classification_labels": labels,
    }


def went_online(channel: User, stream_id: str, started_at: str) -> Event:
    return {"id": stream_id, **channel.named("broadcaster_"), "type": "live", "started_at": started_at}


def went_offline(channel: User) -> Event:
    return channel.named("broadcaster_")


def banned(channel: User, user: User, moderator: User, reason: str, ends_at: str | None) -> Event:
    return {
        **user.named(),
        **channel.named("broadcaster_"),
        **moderator.named("moderator_"),
        "reason": reason,
        "banned_at": timestamp(),
        "ends_at": ends_at,
        "is_permanent": ends_at is None,
    }


def unbanned(channel: User, user: User, moderator: User) -> Event:
    return {**user.named(), **channel.named("broadcaster_"), **moderator.named("moderator_")}


def _named_or_not(user: User | None) -> Event:
    return user.named() if user else {"user_id": None, "user_login": None, "user_name": None}
