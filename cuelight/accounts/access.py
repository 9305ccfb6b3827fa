"""Somebody's way into one studio, remembered in this process until their rights change.

5,000 screens that come back after a restart would otherwise ask the database 5,000 times for the same few people.
"""

from dataclasses import dataclass

from cuelight.accounts import identity, policy, queries
from cuelight.accounts.identity import AnyIdentity, PersonIdentity
from cuelight.accounts.tokens import TokenIdentity
from cuelight.errors import Forbidden, NotFound
from cuelight.live.db import run_db


@dataclass(frozen=True, slots=True)
class Access:
    """What somebody holds in one studio. No grants: a stranger."""

    studio_id: int
    grants: frozenset[str]
    #: Who answers for what is done: the person, or whoever made the token.
    person_id: int | None
    token_id: int | None = None
    #: The only session that this is good for; None: all of the studio's.
    session_id: int | None = None

    @property
    def source(self) -> str:
        """Where a command comes from, as the journal has it."""
        return "key" if self.token_id is None else f"token:{self.token_id}"

    def may(self, action: str, facts: object = None) -> bool:
        return policy.allows(self.grants, action, facts)

    def require(self, action: str, facts: object = None) -> None:
        """Raises NotFound for what one may not see, Forbidden for what one may see but not do."""
        if not self.may(action, facts):
            row = policy.row(action)
            if not self.may(row.under):
                raise NotFound()
            holder = "Your role in this studio" if self.token_id is None else "This token"
            raise Forbidden(f"{holder} does not let you {row.says}.")

    def reaches(self, session_id: int) -> bool:
        """Whether this is good for a session of the studio: a token may be for another one only."""
        return self.session_id in (None, session_id)


#: By the key of who it is, and studio.
_known: dict[tuple[str, int], Access] = {}
#: Raised by ``forget``: an answer read before it must not be remembered after it.
_turn = 0


async def access(who: AnyIdentity, studio_id: int) -> Access:
    """Somebody's access to a studio; from memory where it is known."""
    if isinstance(who, TokenIdentity) and await identity.token_now(who) is None:
        return _of_token(None, who, studio_id)
    found = _known.get((who.key, studio_id))
    if found is None:
        turn = _turn
        found = await run_db(read_access, who, studio_id)
        if turn == _turn:
            _known[who.key, studio_id] = found
    return found


def read_access(who: AnyIdentity, studio_id: int) -> Access:
    """Somebody's access to a studio, from the database."""
    if isinstance(who, TokenIdentity):
        return _of_token(identity.read_token(who.token_id), who, studio_id)
    return Access(studio_id, queries.roles(who.person_id, studio_id), who.person_id)


def read_access_to_deleted(who: AnyIdentity, studio_id: int) -> Access:
    """What somebody held in a studio that is deleted: what lets them restore it. Tokens hold nothing."""
    if isinstance(who, TokenIdentity):
        return Access(studio_id, frozenset(), None, who.token_id)
    return Access(studio_id, queries.roles_before_deletion(who.person_id, studio_id), who.person_id)


def accesses(who: AnyIdentity) -> list[Access]:
    """All studios somebody holds anything in, for pages."""
    if isinstance(who, TokenIdentity):
        return [read_access(who, who.studio_id)]
    found = queries.roles_by_studio(who.person_id)
    return [Access(studio_id, roles, who.person_id) for studio_id, roles in found.items()]


def in_no_studio(who: AnyIdentity) -> frozenset[str]:
    """What somebody holds by themselves: the kind of their account. A token is nobody."""
    return frozenset({who.kind}) if isinstance(who, PersonIdentity) else frozenset()


def forget(key: str) -> None:
    """Somebody's rights changed: ask the database next time."""
    global _turn
    _turn += 1
    for known in [known for known in _known if known[0] == key]:
        del _known[known]


def _of_token(token: TokenIdentity | None, asked: TokenIdentity, studio_id: int) -> Access:
    """A token's access: what it is good for now, in its own studio only."""
    if token is None or token.studio_id != studio_id:
        return Access(studio_id, frozenset(), None, asked.token_id)
    return Access(studio_id, token.scopes, token.person_id, token.token_id, token.session_id)
