"""api.twitch.tv/helix: who may ask, how often, and what is answered."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import orjson

from cuelight.streams.platforms.twitch.tests.fake import events
from cuelight.streams.platforms.twitch.tests.fake.happenings import Happenings
from cuelight.streams.platforms.twitch.tests.fake.http import Answer, Asked, say_error, say_json
from cuelight.streams.platforms.twitch.tests.fake.oauth import OAuth, Token
from cuelight.streams.platforms.twitch.tests.fake.world import CATEGORIES, Channel, User, whole_second

LONGEST_MESSAGE, LONGEST_TITLE, MOST_TAGS, LONGEST_TAG = 500, 140, 10, 25
#: Messages in 30 s: of anybody, and of the broadcaster and moderators.
MESSAGES, MORE_MESSAGES, MESSAGES_S, MUTED_S = 20, 100, 30, 1800

#: Method and path → the scope without which it is refused. The chat looks by itself: an app may send too.
SCOPES = {
    ("PATCH", "channels"): "channel:manage:broadcast",
    ("DELETE", "moderation/chat"): "moderator:manage:chat_messages",
    ("POST", "moderation/bans"): "moderator:manage:banned_users",
    ("DELETE", "moderation/bans"): "moderator:manage:banned_users",
}


@dataclass
class Bucket:
    points: float
    at: float


@dataclass
class Helix:
    world: Happenings
    oauth: OAuth
    #: "" or the code of a drop_reason: the next messages are answered 200 and not sent.
    drops: list[str] = field(default_factory=list)
    buckets: dict[str, Bucket] = field(default_factory=dict)
    #: User id → when they sent; until when they are muted.
    sent_at: dict[str, list[float]] = field(default_factory=dict)
    muted_until: dict[str, float] = field(default_factory=dict)

    async def answer(self, asked: Asked) -> Answer:
        token = self._token(asked)
        if isinstance(token, Answer):
            return token
        limits = self._take_point(token)
        if limits["Ratelimit-Remaining"] == "-1":
            return say_error(429, "Too Many Requests", **limits | {"Ratelimit-Remaining": "0"})
        answer = await self._act(asked, token)
        answer.headers |= limits
        return answer

    def _token(self, asked: Asked) -> Token | Answer:
        scheme, _, access = asked.headers.get("authorization", "").partition(" ")
        if not access or scheme.lower() != "bearer":
            return say_error(401, "OAuth token is missing")
        if "client-id" not in asked.headers:
            return say_error(401, "Client ID is missing")
        token = self.oauth.token(access)
        if token is None:
            return say_error(401, "Invalid OAuth token")
        if asked.headers["client-id"] != self.world.client_id:
            return say_error(401, "Client ID and OAuth token do not match")
        return token

    def _take_point(self, token: Token) -> dict[str, str]:
        """The three headers; a remaining of -1 is one too many."""
        most, now = self.world.points, time.monotonic()
        bucket = self.buckets.setdefault(token.user_id, Bucket(most, now))
        rate = most / self.world.seconds(60)
        bucket.points = min(most, bucket.points + (now - bucket.at) * rate)
        bucket.at = now
        is_empty = bucket.points < 1
        if not is_empty:
            bucket.points -= 1
        reset = int(time.time() + (most - bucket.points) / rate) + 1
        left = -1 if is_empty else int(bucket.points)
        return {"Ratelimit-Limit": str(most), "Ratelimit-Remaining": str(left), "Ratelimit-Reset": str(reset)}

    async def _act(self, asked: Asked, token: Token) -> Answer:
        path = asked.path.removeprefix("/helix/")
        acts: dict[tuple[str, str], Callable[[Asked, Token], Answer]] = {
            ("GET", "users"): self._users,
            ("GET", "channels"): self._channels,
            ("PATCH", "channels"): self._change_channel,
            ("GET", "streams"): self._streams,
            ("GET", "channels/followers"): self._followers,
            ("GET", "search/categories"): self._categories,
            ("DELETE", "moderation/chat"): self._delete_message,
            ("POST", "moderation/bans"): self._ban,
            ("DELETE", "moderation/bans"): self._unban,
            ("POST", "eventsub/subscriptions"): lambda asked, token: self.world.eventsub.create(token, body_of(asked)),
            ("GET", "eventsub/subscriptions"): lambda asked, token: self.world.eventsub.listing(token, asked),
            ("DELETE", "eventsub/subscriptions"): lambda asked, token: self.world.eventsub.delete(
                token, asked.get("id")
            ),
        }
        if (asked.method, path) == ("POST", "chat/messages"):
            return await self._send(asked, token)
        act = acts.get((asked.method, path))
        if act is None:
            return say_error(404, "Not Found")
        scope = SCOPES.get((asked.method, path))
        if scope and scope not in token.scopes:
            return say_error(401, f"Missing scope: {scope}")
        return act(asked, token)

    # People and channels.

    def _users(self, asked: Asked, token: Token) -> Answer:
        ids, logins = asked.query.get("id", []), asked.query.get("login", [])
        if not ids and not logins:
            ids = [token.user_id]
        if ids == [""]:
            return say_error(400, "ID or Login must be specified")
        found = [one for one in self.world.users.values() if one.id in ids or one.login in logins]
        has_email = "user:read:email" in token.scopes
        return say_json(200, {"data": [_user(one, has_email=has_email) for one in found]})

    def _channels(self, asked: Asked, _token: Token) -> Answer:
        ids = asked.query.get("broadcaster_id")
        if not ids:
            return say_error(400, "Missing required parameter: broadcaster_id")
        found = [one for one in self.world.users.values() if one.id in ids]
        return say_json(200, {"data": [_channel(one, self.world.channel(one.id)) for one in found]})

    def _change_channel(self, asked: Asked, token: Token) -> Answer:
        body = body_of(asked)
        if asked.get("broadcaster_id") != token.user_id:
            return say_error(401, "The ID in broadcaster_id must match the user ID found in the request's OAuth token.")
        if trouble := _trouble_with_change(body):
            return say_error(400, trouble)
        names = {
            "title": "title",
            "game_id": "category_id",
            "broadcaster_language": "language",
            "tags": "tags",
            "is_branded_content": "is_branded",
        }
        fields = {name: body[key] for key, name in names.items() if key in body}
        if "content_classification_labels" in body:
            fields["labels"] = [one["id"] for one in body["content_classification_labels"] if one.get("is_enabled")]
        if fields.get("category_id") == "0":
            fields["category_id"] = ""
        self.world.update(**fields)
        return Answer(204)

    def _streams(self, asked: Asked, _token: Token) -> Answer:
        ids, logins = asked.query.get("user_id", []), asked.query.get("user_login", [])
        found = [one for one in self.world.users.values() if one.id in ids or one.login in logins]
        live = [(one, self.world.channels[one.id]) for one in found if one.id in self.world.channels]
        shown = [_stream(user, channel) for user, channel in live if channel.stream_id]
        return say_json(200, {"data": shown, "pagination": {}})

    def _followers(self, asked: Asked, token: Token) -> Answer:
        id = asked.get("broadcaster_id")
        if not id:
            return say_error(400, "Missing required parameter: broadcaster_id")
        followers = self.world.channel(id).followers
        if "moderator:read:followers" not in token.scopes:
            return say_json(200, {"total": len(followers), "data": [], "pagination": {}})
        newest = [(self.world.users[user_id], at) for user_id, at in reversed(followers.items())]
        shown = [user.named() | {"followed_at": at} for user, at in newest]
        return say_json(200, {"total": len(followers), **_page(shown, asked)})

    def _categories(self, asked: Asked, _token: Token) -> Answer:
        wanted = asked.get("query").lower()
        if not wanted:
            return say_error(400, "Missing required parameter: query")
        art = "https://static-cdn.jtvnw.net/ttv-boxart/{}-52x72.jpg"
        found = [
            {"id": id, "name": name, "box_art_url": art.format(id)}
            for id, name in CATEGORIES.items()
            if wanted in name.lower()
        ]
        return say_json(200, _page(found, asked))

    # The chat.

    async def _send(self, asked: Asked, token: Token) -> Answer:
        body = body_of(asked)
        if refused := self._refuse_message(body, token):
            return refused
        sender, where = self.world.users[body["sender_id"]], self.world.users[body["broadcaster_id"]]
        if reason := self._drop_reason(sender, self.world.channel(where.id)):
            dropped = {"message_id": "", "is_sent": False, "drop_reason": reason}
            return say_json(200, {"data": [dropped]})
        parent = self.world.channel(where.id).messages.get(body.get("reply_parent_message_id") or "")
        event = self.world._chat_message(where, sender, body["message"], reply_to=parent)
        self.world.channel(where.id).messages[event["message_id"]] = event
        await self._echo(event)
        sent = {"message_id": event["message_id"], "is_sent": True, "drop_reason": None}
        return say_json(200, {"data": [sent]})

    async def _echo(self, event: events.Event) -> None:
        fire = partial(self.world.fire_message, event)
        if self.world.echo == "before":
            fire()
            await asyncio.sleep(self.world.echo_gap_s)
        elif self.world.echo == "after":
            asyncio.get_running_loop().call_later(self.world.echo_gap_s, fire)

    def _refuse_message(self, body: Any, token: Token) -> Answer | None:
        fields = ("broadcaster_id", "sender_id", "message")
        if not isinstance(body, dict) or not all(isinstance(body.get(name), str) and body[name] for name in fields):
            return say_error(400, f"Missing required parameter: one of {', '.join(fields)}")
        if len(body["message"]) > LONGEST_MESSAGE:
            return say_error(400, "The message is too long")
        if not {body["sender_id"], body["broadcaster_id"]} <= set(self.world.users):
            return say_error(400, "The user ID is not valid")
        if token.user_id:
            if "user:write:chat" not in token.scopes:
                return say_error(401, "Missing scope: user:write:chat")
            if token.user_id != body["sender_id"]:
                return say_error(401, "The ID in sender_id must match the user ID found in the request's OAuth token.")
            return None
        consents = self.oauth.consents
        if not {"user:write:chat", "user:bot"} <= consents.get(body["sender_id"], set()):
            return say_error(401, "The sender has not granted user:write:chat and user:bot")
        is_moderator = body["sender_id"] in self.world.channel(body["broadcaster_id"]).moderators
        if not is_moderator and "channel:bot" not in consents.get(body["broadcaster_id"], set()):
            return say_error(403, "The sender is not allowed to send in this channel")
        return None

    def _drop_reason(self, sender: User, channel: Channel) -> dict[str, str] | None:
        if self.drops and (code := self.drops.pop(0)):
            return {"code": code, "message": "Your message was held by the settings of this channel."}
        if sender.id in channel.banned:
            return {"code": "user_banned", "message": "You are permanently banned from talking in this channel."}
        now = time.monotonic()
        recent = [at for at in self.sent_at.get(sender.id, []) if at > now - self.world.seconds(MESSAGES_S)]
        is_trusted = self.world.channel(sender.id) is channel or sender.id in channel.moderators
        self.sent_at[sender.id] = [*recent, now]
        if len(recent) >= (MORE_MESSAGES if is_trusted else MESSAGES):
            self.muted_until[sender.id] = now + self.world.seconds(MUTED_S)
        if self.muted_until.get(sender.id, 0) > now:
            return {"code": "msg_ratelimit", "message": "Your message was not sent: you are sending too quickly."}
        return None

    # Moderation.

    def _delete_message(self, asked: Asked, token: Token) -> Answer:
        if refused := self._refuse_moderation(asked, token):
            return refused
        message_id = asked.get("message_id")
        if not message_id:
            self.world.clear()
        elif message_id not in self.world.channel().messages:
            return say_error(404, "The message was not found.")
        else:
            self.world.delete_message(message_id)
        return Answer(204)

    def _ban(self, asked: Asked, token: Token) -> Answer:
        if refused := self._refuse_moderation(asked, token):
            return refused
        body = body_of(asked)
        wanted = body.get("data") if isinstance(body, dict) else None
        if not isinstance(wanted, dict) or wanted.get("user_id") not in self.world.users:
            return say_error(400, "The user ID in the user_id field is not valid.")
        seconds = wanted.get("duration")
        if seconds is not None and not (isinstance(seconds, int) and 1 <= seconds <= 1_209_600):
            return say_error(400, "The duration must be between 1 and 1209600.")
        user_id, channel = wanted["user_id"], self.world.channel()
        if user_id == self.world.broadcaster.id:
            return say_error(400, "The user specified in the user_id field may not be banned.")
        if user_id in channel.banned and channel.banned[user_id] is None:
            return say_error(400, "The user specified in the user_id field is already banned.")
        user = self.world.users[user_id]
        ends_at = self.world.ban(user, seconds=seconds, reason=wanted.get("reason") or "", by=self._moderator(token))
        said = {
            "broadcaster_id": asked.get("broadcaster_id"),
            "moderator_id": token.user_id,
            "user_id": user_id,
            "created_at": whole_second(),
            "end_time": ends_at,
        }
        return say_json(200, {"data": [said]})

    def _unban(self, asked: Asked, token: Token) -> Answer:
        if refused := self._refuse_moderation(asked, token):
            return refused
        if asked.get("user_id") not in self.world.channel().banned:
            return say_error(400, "The user in the user_id query parameter is not banned.")
        self.world.unban(self.world.users[asked.get("user_id")], by=self._moderator(token))
        return Answer(204)

    def _moderator(self, token: Token) -> User:
        return self.world.users[token.user_id]

    def _refuse_moderation(self, asked: Asked, token: Token) -> Answer | None:
        if asked.get("broadcaster_id") != self.world.broadcaster.id:
            return say_error(400, "The broadcaster_id query parameter is not valid.")
        if asked.get("moderator_id") != token.user_id:
            return say_error(401, "The ID in moderator_id must match the user ID found in the request's OAuth token.")
        if token.user_id not in {self.world.broadcaster.id, *self.world.channel().moderators}:
            return say_error(403, "The user in moderator_id is not one of the broadcaster's moderators.")
        return None


def body_of(asked: Asked) -> Any:
    """The JSON of a request, None when it is none."""
    try:
        return asked.json()
    except orjson.JSONDecodeError:
        return None


def _trouble_with_change(body: Any) -> str:
    if not isinstance(body, dict) or not body:
        return "At least one parameter must be set"
    title, tags = body.get("title", "x"), body.get("tags", [])
    if not isinstance(title, str) or not 1 <= len(title) <= LONGEST_TITLE:
        return "The title may not be empty or longer than 140 characters"
    if body.get("game_id", "") not in {"", "0", *CATEGORIES}:
        return "The game ID is not valid"
    if not isinstance(tags, list) or len(tags) > MOST_TAGS:
        return "The list of tags is too long"
    if not all(isinstance(tag, str) and 1 <= len(tag) <= LONGEST_TAG and tag.isalnum() for tag in tags):
        return "One of the tags is not valid"
    return ""


def _user(user: User, *, has_email: bool) -> dict[str, Any]:
    shown = {
        "id": user.id,
        "login": user.login,
        "display_name": user.name,
        "type": "",
        "broadcaster_type": "affiliate",
        "description": "",
        "profile_image_url": f"https://static-cdn.jtvnw.net/user-default-pictures/{user.id}-300x300.png",
        "offline_image_url": "",
        "view_count": 0,
        "created_at": "2020-01-02T03:04:05Z",
    }
    return shown | ({"email": user.email} if has_email else {})


def _channel(user: User, channel: Channel) -> dict[str, Any]:
    return {
        "broadcaster_id": user.id,
        "broadcaster_login": user.login,
        "broadcaster_name": user.name,
        "broadcaster_language": channel.language,
        "game_id": channel.category_id,
        "game_name": CATEGORIES.get(channel.category_id, ""),
        "title": channel.title,
        "delay": 0,
        "tags": channel.tags,
        "content_classification_labels": channel.labels,
        "is_branded_content": channel.is_branded,
    }


def _stream(user: User, channel: Channel) -> dict[str, Any]:
    return {
        "id": channel.stream_id,
        **user.named(),
        "game_id": channel.category_id,
        "game_name": CATEGORIES.get(channel.category_id, ""),
        "type": "live",
        "title": channel.title,
        "tags": channel.tags,
        "viewer_count": channel.viewers,
        "started_at": channel.started_at,
        "language": channel.language,
        "thumbnail_url": "",
        "is_mature": False,
    }


def _page(rows: list[dict[str, Any]], asked: Asked) -> dict[str, Any]:
    first, start = min(100, int(asked.get("first") or 20)), int(asked.get("after") or 0)
    more = {"cursor": str(start + first)} if len(rows) > start + first else {}
    return {"data": rows[start : start + first], "pagination": more}
