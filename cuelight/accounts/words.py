"""What roles and scopes are, in words, for the pages that give them."""

from collections.abc import Iterable

from cuelight.accounts.models import Role

ROLES = {
    "admin": "Everything, and the studio itself",
    "producer": "Runs the show by keyboard",
    "host": "Reads the screen on camera",
    "cataloger": "Products, prices and imports",
}

SCOPES = {
    "overlay": ("Overlay", "Sees what viewers see: the product card on air."),
    "watch": ("Watch", "Sees the sessions as the host does. Changes nothing."),
    "control": ("Control", "Drives the show: next, jump, messages to the host."),
    "catalog": ("Catalog", "Reads and changes products, prices and imports."),
}


def role(value: str) -> str:
    return str(Role(value).label)


def roles(values: Iterable[str]) -> str:
    """``admin and host``, in the order in which roles are always named."""
    held = set(values)
    names = [value for value in Role.values if value in held]
    return f"{', '.join(names[:-1])} and {names[-1]}" if len(names) > 1 else "".join(names)
