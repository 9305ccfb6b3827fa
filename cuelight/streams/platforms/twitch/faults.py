"""What can go wrong between Twitch and us, each in a sentence that says what to do. Pure."""

from collections.abc import Iterable

from cuelight.streams.platforms.contract import NeedsYou, Refused, Unsupported

#: What we ask for at Twitch, and what it is for.
SCOPES = {
    "user:read:chat": "read the chat",
    "user:write:chat": "write into the chat",
    "moderator:read:followers": "see follows",
    "channel:read:subscriptions": "see subscriptions and gifts",
    "bits:read": "see cheers",
    "channel:moderate": "hear of bans",
    "moderator:manage:chat_messages": "delete messages",
    "moderator:manage:banned_users": "time out and ban",
    "channel:manage:broadcast": "change title and category",
}


class Away(Refused):
    """It may work the next time, ``after_s`` from now where Twitch has said so. ``was_done``: it may have worked."""

    status = 502

    def __init__(self, reason: str, message: str, *, after_s: float | None = None, was_done: bool = False) -> None:
        super().__init__(reason, message)
        self.after_s = after_s
        self.was_done = was_done


def away(*, was_done: bool = False, after_s: float | None = None) -> Away:
    return Away("away", "Twitch does not answer just now. Try again in a moment.", was_done=was_done, after_s=after_s)


def unreadable(*, was_done: bool = True) -> Away:
    return Away("unreadable", "What Twitch answers cannot be read. Try again in a moment.", was_done=was_done)


def busy(after_s: float | None) -> Away:
    wait = f"in {after_s:.0f} seconds" if after_s and after_s >= 2 else "in a moment"
    return Away("busy", f"Twitch has had too many requests from us. Try again {wait}.", after_s=after_s)


def perhaps_sent() -> Refused:
    return Refused(
        "perhaps_sent",
        "Twitch did not say whether the message went out. Look into the chat before you send it again.",
    )


def refused(status: int, said: str) -> Refused:
    reason = " ".join(said.split())[:200].rstrip(".")
    return Refused("refused", f"Twitch refuses this: {reason or f'it answers {status} and gives no reason'}.")


def not_sent(code: str, said: str) -> Refused:
    reason = " ".join(said.split())[:200].rstrip(".")
    return Refused(code or "not_sent", f"Twitch did not send the message: {reason or 'it gives no reason'}.")


def empty() -> Refused:
    return Refused("empty", "Write something first.")


def too_long(length: int, most: int) -> Refused:
    return Refused("too_long", f"A message at Twitch has {most} characters at most; this one has {length}.")


def too_fast() -> Refused:
    return Refused("too_fast", "That is more than Twitch lets one account write. Wait half a minute.")


def no_such_category(name: str, nearest: str) -> Refused:
    found = f" The nearest is {nearest}." if nearest else ""
    return Refused("no_such_category", f"Twitch has no category called {name}.{found}")


def bad_metadata(what: str) -> Refused:
    return Refused("bad_metadata", what)


def scope_missing(scopes: Iterable[str]) -> NeedsYou:
    return NeedsYou("scope_missing", f"Cuelight may not {allowed(scopes)}. Connect Twitch again and allow it all.")


def sign_in_again() -> NeedsYou:
    return NeedsYou("sign_in_again", "Twitch no longer takes our sign-in. Connect the account again.")


def revoked() -> NeedsYou:
    return NeedsYou(
        "revoked", "Cuelight was removed from this account at Twitch, or its password was changed. Connect it again."
    )


def user_gone() -> NeedsYou:
    return NeedsYou("user_gone", "Twitch has no such channel any more. Connect the channel that you stream on.")


def other_user() -> NeedsYou:
    return NeedsYou("other_user", "The sign-in kept here is for another account. Connect the right one again.")


def not_connected() -> NeedsYou:
    return NeedsYou("not_connected", "No Twitch account is connected.")


def unsealable() -> NeedsYou:
    return NeedsYou("unsealable", "The sign-in kept here can no longer be read. Connect the account again.")


def wrong_keys() -> NeedsYou:
    return NeedsYou(
        "wrong_keys",
        "Twitch does not know this Cuelight: its client ID or secret is wrong. Whoever runs Cuelight corrects it.",
    )


def encoder_decides() -> Unsupported:
    return Unsupported(
        "encoder_decides", "At Twitch the encoder decides: you are live while it sends, and no longer when it stops."
    )


def allowed(scopes: Iterable[str]) -> str:
    """What scopes are for, in words: ``read the chat, see follows and see cheers``."""
    words = [SCOPES.get(scope, scope) for scope in scopes]
    return " and ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else "".join(words)
