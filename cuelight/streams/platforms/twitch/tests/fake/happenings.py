"""What people do at Twitch: each fires what the real thing fires, and changes what requests answer.

Everything here happens at once, without a wait: the frames are on the wire when the function returns.
"""

import random
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from cuelight.streams.platforms.twitch.tests.fake import events
from cuelight.streams.platforms.twitch.tests.fake.events import Event
from cuelight.streams.platforms.twitch.tests.fake.eventsub import EventSub
from cuelight.streams.platforms.twitch.tests.fake.world import (
    CATEGORIES,
    NOBODY,
    User,
    World,
    new_id,
    timestamp,
    whole_second,
)

Who = str | User


@dataclass(kw_only=True)
class Happenings(World):
    eventsub: EventSub = field(init=False)

    # Chat.

    def say(
        self, user: Who, text: str, *, reply_to: str | None = None, channel: User | None = None, **more: Any
    ) -> str:
        """A message in the chat; its id. ``more``: what `events.chat_message` takes."""
        where = channel or self.broadcaster
        parent = self.channel(where.id).messages.get(reply_to or "")
        event = self._chat_message(where, self.user(user), text, reply_to=parent, **more)
        return self.fire_message(event)

    def say_in_shared_chat(self, user: Who, text: str, *, source: Who = "neighbour", **more: Any) -> str:
        """A message written in another channel, which shares its chat with ours."""
        event = self._chat_message(self.broadcaster, self.user(user), text, source=self.user(source), **more)
        return self.fire_message(event)

    def _chat_message(self, where: User, user: User, text: str, **more: Any) -> Event:
        if user.id == where.id:
            more.setdefault("badges", ("broadcaster",))
        elif user.id in self.channel(where.id).moderators:
            more.setdefault("badges", ("moderator",))
        people = {one.login: one for one in self.users.values()}
        return events.chat_message(where, user, text, people=people, **more)

    def fire_message(self, event: Event) -> str:
        self.channel(event["broadcaster_user_id"]).messages[event["message_id"]] = event
        self._fire("channel.chat.message", event)
        return str(event["message_id"])

    def delete_message(self, message_id: str) -> None:
        """By a moderator, at Twitch."""
        message = self.channel().messages.pop(message_id)
        self._fire("channel.chat.message_delete", events.message_deleted(self.broadcaster, message))

    def clear(self) -> None:
        self.channel().messages.clear()
        self._fire("channel.chat.clear", events.chat_cleared(self.broadcaster))

    def clear_user_messages(self, user: Who) -> None:
        who, channel = self.user(user), self.channel()
        channel.messages = {id: one for id, one in channel.messages.items() if one["chatter_user_id"] != who.id}
        self._fire("channel.chat.clear_user_messages", events.user_messages_cleared(self.broadcaster, who))

    def ban(self, user: Who, *, seconds: int | None = None, reason: str = "", by: Who | None = None) -> str | None:
        """For ever, or as a time-out. What they said goes too. When it ends."""
        who, moderator = self.user(user), self.user(by or self.broadcaster)
        ends_at = whole_second(datetime.now(UTC) + timedelta(seconds=seconds)) if seconds else None
        self.channel().banned[who.id] = ends_at
        self._fire("channel.ban", events.banned(self.broadcaster, who, moderator, reason, ends_at))
        self.clear_user_messages(who)
        return ends_at

    def unban(self, user: Who, *, by: Who | None = None) -> None:
        who, moderator = self.user(user), self.user(by or self.broadcaster)
        self.channel().banned.pop(who.id, None)
        self._fire("channel.unban", events.unbanned(self.broadcaster, who, moderator))

    # What is celebrated.

    def follow(self, user: Who) -> None:
        who = self.user(user)
        self.channel().followers[who.id] = whole_second()
        self._fire("channel.follow", events.followed(self.broadcaster, who))

    def subscribe(self, user: Who, *, tier: str = "1000") -> None:
        self._fire("channel.subscribe", events.subscribed(self.broadcaster, self.user(user), tier))

    def gift(
        self,
        giver: Who | None,
        recipients: int | list[Who] = 1,
        *,
        tier: str = "1000",
        cumulative: int | None = None,
        total_first: bool = False,
    ) -> None:
        """Subscriptions as a present: one event for each who gets one, and one for all. ``giver`` None: anonymous.
        The order of the two is nobody's promise: ``total_first`` turns it."""
        who = [f"lucky_{n}" for n in range(1, recipients + 1)] if isinstance(recipients, int) else recipients
        from_whom = self.user(giver) if giver else None
        total = cumulative if cumulative is not None else len(who)
        gift = events.gifted(self.broadcaster, from_whom, len(who), tier, total)
        if total_first:
            self._fire("channel.subscription.gift", gift)
        for one in who:
            self._fire("channel.subscribe", events.subscribed(self.broadcaster, self.user(one), tier, is_gift=True))
        if not total_first:
            self._fire("channel.subscription.gift", gift)

    def resub(
        self, user: Who, text: str = "", *, months: int = 2, streak: int | None = None, tier: str = "1000"
    ) -> None:
        event = events.resubscribed(self.broadcaster, self.user(user), tier, text, months, streak)
        self._fire("channel.subscription.message", event)

    def cheer(self, user: Who | None, bits: int, text: str = "") -> None:
        """Bits: the cheer, the use of bits, and the message in the chat that carries them. None: without a name."""
        who = self.user(user) if user else None
        text = text or f"Cheer{bits}"
        self._fire("channel.cheer", events.cheered(self.broadcaster, who, bits, text))
        self._fire("channel.bits.use", events.bits_used(self.broadcaster, who or NOBODY, bits, text, {}))
        self.say(who or NOBODY, text, bits=bits)

    def raid(self, user: Who, viewers: int) -> None:
        self._fire("channel.raid", events.raided(self.broadcaster, self.user(user), viewers))

    # The broadcast.

    def go_online(self, *, viewers: int = 1) -> None:
        channel = self.channel()
        channel.stream_id, channel.started_at = str(random.randrange(10**9, 10**10)), whole_second()
        channel.viewers = viewers
        self._fire("stream.online", events.went_online(self.broadcaster, channel.stream_id, channel.started_at))

    def go_offline(self) -> None:
        channel = self.channel()
        channel.stream_id = channel.started_at = ""
        channel.viewers = 0
        self._fire("stream.offline", events.went_offline(self.broadcaster))

    def set_viewers(self, viewers: int) -> None:
        self.channel().viewers = viewers

    def update(self, **fields: Any) -> None:
        """``title``, ``category_id``, ``language``, ``tags``, ``labels``, ``is_branded`` of the channel."""
        channel = self.channel()
        for name, value in fields.items():
            assert hasattr(channel, name), name
            setattr(channel, name, value)
        category = channel.category_id, CATEGORIES.get(channel.category_id, "")
        event = events.updated(
            self.broadcaster, title=channel.title, language=channel.language, category=category, labels=channel.labels
        )
        self._fire("channel.update", event)

    # Anything else.

    def fire(self, type: str, event: Event, about: dict[str, str] | None = None) -> None:
        """Any event, also one that is wrong, to whoever subscribed to its type for our broadcaster."""
        self.eventsub.notify(type, event, about or {"broadcaster_user_id": self.broadcaster.id})

    def fire_unknown(self) -> None:
        """A notification of a type that nobody subscribed to, on every socket."""
        for socket in self.eventsub.open_sockets():
            said = {"id": new_id(), "type": "channel.unheard_of", "version": "7", "status": "enabled", "cost": 0}
            subscription = said | {"condition": {}, "transport": {"method": "websocket"}, "created_at": timestamp()}
            metadata = {
                "message_id": new_id(),
                "message_type": "notification",
                "message_timestamp": timestamp(),
                "subscription_type": "channel.unheard_of",
                "subscription_version": "7",
            }
            payload = {"subscription": subscription, "event": {"broadcaster_user_id": self.broadcaster.id}}
            socket.say({"metadata": metadata, "payload": payload})

    def _fire(self, type: str, event: Event) -> None:
        about = {name: event[name] for name in _WHOSE if event.get(name)}
        self.eventsub.notify(type, event, about)


#: The fields of an event that conditions name.
_WHOSE = ("broadcaster_user_id", "to_broadcaster_user_id", "from_broadcaster_user_id")
