"""Every way into the application, read off the application itself: its paths, its topics, their pushes."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

from cuelight import socket
from cuelight.accounts.gate import needs_of
from cuelight.live.channel import Channel
from cuelight.ui.public import Needs


@dataclass(frozen=True)
class Page:
    """A path of the resolver, as it is written there: ``/sessions/<int:session_id>/host``."""

    route: str
    view: Callable[..., Any]
    parameters: tuple[str, ...]

    @property
    def needs(self) -> Needs | None:
        return needs_of(self.view)

    def at(self, values: dict[str, object]) -> str:
        """The path with values for its parameters. KeyError for one that has none."""
        path = re.sub(r"<(?:\w+:)?(\w+)>", lambda found: str(values[found[1]]), self.route)
        return re.sub(r"\(\?P<(\w+)>(?:[^()]|\([^()]*\))*\)", lambda found: str(values[found[1]]), path)


def pages() -> list[Page]:
    """All paths, in the order in which they are tried."""
    return list(_below("/", get_resolver().url_patterns))


def channels() -> list[type[Channel]]:
    return list(socket.CHANNELS)


def pushes(channel: type[Channel]) -> Iterator[tuple[str, str]]:
    """Each push a topic takes, and what it needs: its own need, else the topic's."""
    for event, handler in channel.handlers.items():
        yield event, getattr(handler, "needs", "") or channel.needs


def _below(prefix: str, patterns: list[URLPattern | URLResolver]) -> Iterator[Page]:
    for pattern in patterns:
        route = prefix + re.sub(r"\\([-.])", r"\1", str(pattern.pattern).lstrip("^")).replace(r"\Z", "").rstrip("$")
        if isinstance(pattern, URLResolver):
            yield from _below(route, pattern.url_patterns)
        else:
            yield Page(route, pattern.callback, tuple(pattern.pattern.regex.groupindex))
