"""Which role may do what: the one table that pages, joins and pushes ask. What is not in it is denied.

A host drives a session only where the session says so; that exception is the session's own and is made in
``sessions.commands``.
"""

EVERYONE = frozenset({"admin", "producer", "host", "cataloger"})

ROLES_THAT_MAY: dict[str, frozenset[str]] = {
    "studio.enter": EVERYONE,
    "session.list": frozenset({"admin", "producer", "host"}),
    "session.watch": frozenset({"admin", "producer", "host"}),
    "session.acknowledge": frozenset({"admin", "producer", "host"}),
    "session.console": frozenset({"admin", "producer"}),
    "session.history": frozenset({"admin", "producer"}),
    "session.drive": frozenset({"admin", "producer"}),
    "session.read_notes": frozenset({"admin", "producer"}),
    "session.edit_lineup": frozenset({"admin", "producer"}),
    "session.settings": frozenset({"admin", "producer"}),
    "session.create": frozenset({"admin", "producer"}),
    "session.delete": frozenset({"admin"}),
    "air.watch": EVERYONE,
    "catalog.read": frozenset({"admin", "producer", "cataloger"}),
    "catalog.edit": frozenset({"admin", "producer", "cataloger"}),
    "catalog.import": frozenset({"admin", "producer", "cataloger"}),
}

#: Who may not do this may not know that it is there.
SEEING = frozenset({"studio.enter", "session.list", "session.watch", "air.watch", "catalog.read"})


def allows(roles: frozenset[str], action: str) -> bool:
    """Whether one of the roles may do it. An action that the table does not name is a mistake of ours: KeyError."""
    return not roles.isdisjoint(ROLES_THAT_MAY[action])
