"""What the topics of a studio have in common: join and pushes ask the policy."""

from typing import Any

from cuelight.accounts.identity import AnyIdentity
from cuelight.live.channel import Channel


class StudioChannel(Channel):
    """A subclass sets ``needs`` for its join, and says in ``require`` of what access the pushes' needs are asked."""

    __slots__ = ()

    identity: AnyIdentity

    def require(self, action: str) -> None:
        """Raises NotFound or Forbidden when this client may not."""
        raise NotImplementedError

    def permit(self, handler: Any) -> None:
        if handler.needs:
            self.require(handler.needs)
