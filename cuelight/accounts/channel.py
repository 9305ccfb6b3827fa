"""What the topics of a studio have in common: join and pushes ask the policy."""

from typing import Any

from cuelight.accounts.access import Access
from cuelight.accounts.identity import AnyIdentity
from cuelight.live.channel import Channel


class StudioChannel(Channel):
    """A subclass sets ``needs``, and in ``authorise`` the ``access`` that its join and its pushes are asked of."""

    __slots__ = ("access",)

    identity: AnyIdentity
    access: Access

    def require(self, action: str) -> None:
        """Raises NotFound or Forbidden when this client may not. Where conditions of the policy are about a thing of
        the topic, the subclass asks with it."""
        self.access.require(action)

    def permit(self, handler: Any) -> None:
        if handler.needs:
            self.require(handler.needs)
