"""Who may do what: the one table that pages, API, joins and pushes ask. What is not in it is denied.

Each context registers its rows in a module ``rights.py``. A *grant* is what somebody holds: a role in a studio, a
scope of a token, or, for what belongs to no studio, the kind of account they signed in with.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

ROLES = ("admin", "producer", "host", "cataloger")
SCOPES = ("overlay", "watch", "control", "catalog")
KINDS = ("person", "station", "guest")
GRANTS = frozenset((*ROLES, *SCOPES, *KINDS))


@dataclass(frozen=True, slots=True)
class Row:
    """One action and who may do it."""

    action: str
    says: str
    grants: frozenset[str]
    #: Grants that may do it only where a fact about the thing holds: ``{"host": "host_may_drive"}``.
    where: Mapping[str, str] = field(default_factory=dict)
    #: The action of seeing what this is done to. Who may not even see it is told NotFound, everybody else Forbidden.
    under: str = ""


_rows: dict[str, Row] = {}


def register(action: str, says: str, *, to: str, where: Mapping[str, str] | None = None, under: str = "") -> None:
    """Adds a row. ``to`` names the grants, with spaces between; ``under`` the action of seeing what this is done to.

    ValueError for a grant nobody can hold and for an action that is there already.
    """
    grants = frozenset(to.split())
    conditions = dict(where or {})
    if unknown := (grants | conditions.keys()) - GRANTS:
        raise ValueError(f"{action} is given to {sorted(unknown)}, which nobody can hold")
    if action in _rows:
        raise ValueError(f"{action} is in the table already")
    _rows[action] = Row(action, says, grants, conditions, under or action)


def row(action: str) -> Row:
    """An action that the table does not name is a mistake of ours: KeyError."""
    return _rows[action]


def rows() -> list[Row]:
    """The whole table, in the order of its registration."""
    return list(_rows.values())


def allows(grants: frozenset[str], action: str, facts: object = None) -> bool:
    """Whether one of the grants may do it; ``facts`` is what the conditions of the row are asked of."""
    found = _rows[action]
    if not grants.isdisjoint(found.grants):
        return True
    return any(grant in grants and getattr(facts, fact, False) is True for grant, fact in found.where.items())
