"""Somebody's way into one studio, remembered in this process until their rights change.

5,000 screens that come back after a restart would otherwise ask the database 5,000 times for the same few people.
"""

from dataclasses import dataclass

from cuelight.accounts import policy, queries
from cuelight.errors import Forbidden, NotFound
from cuelight.live.db import run_db


@dataclass(frozen=True, slots=True)
class Access:
    """A person's roles in one studio. No roles: a stranger."""

    person_id: int
    studio_id: int
    roles: frozenset[str]

    def may(self, action: str) -> bool:
        return policy.allows(self.roles, action)

    def require(self, action: str) -> None:
        """Raises NotFound for what one may not see, Forbidden for what one may see but not do."""
        if not self.may(action):
            if action in policy.SEEING:
                raise NotFound()
            raise Forbidden("Your role in this studio does not allow this.")


_known: dict[tuple[int, int], Access] = {}
#: Raised by ``forget``: an answer read before it must not be remembered after it.
_turn = 0


async def access(person_id: int, studio_id: int) -> Access:
    """A person's access to a studio; from memory where it is known."""
    found = _known.get((person_id, studio_id))
    if found is None:
        turn = _turn
        found = await run_db(read_access, person_id, studio_id)
        if turn == _turn:
            _known[person_id, studio_id] = found
    return found


def read_access(person_id: int, studio_id: int) -> Access:
    """A person's access to a studio, from the database."""
    return Access(person_id, studio_id, queries.roles(person_id, studio_id))


def accesses(person_id: int) -> list[Access]:
    """All studios a person has roles in, for pages."""
    return [Access(person_id, studio_id, roles) for studio_id, roles in queries.roles_by_studio(person_id).items()]


def forget(person_key: str) -> None:
    """Somebody's rights changed: ask the database next time."""
    global _turn
    _turn += 1
    for key in [key for key in _known if f"person:{key[0]}" == person_key]:
        del _known[key]
