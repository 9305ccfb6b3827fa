"""Something in every table of a studio's overlays, for tests of what spans all contexts."""

import secrets

from cuelight.accounts.access import Access
from cuelight.widgets import actions, dock_actions, dock_queries, files, queries

BOX = {"id": "a", "type": "product_card", "x": 96, "y": 760, "width": 620, "height": 230}
#: The head of a WAV.
WAV = b"RIFF\x2c\0\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0\x40\x1f\0\0\x40\x1f\0\0\x01\0\x08\0data\x08\0\0\0"


def wav() -> bytes:
    """A short WAV, another one each time."""
    return WAV + secrets.token_bytes(8)


def fill(studio_id: int, person_id: int) -> list[str]:
    """One row in each, and a file; returns the secrets."""
    access = Access(studio_id, frozenset({"admin"}), person_id)
    made = actions.create_overlay("Main", 1920, 1080, access=access, boxes=[BOX])
    actions.save_settings("product_card", {"accent": "#ff0000"}, access=access)
    files.put_file("sound", "bell.wav", wav(), access=access)
    dock = dock_actions.create_dock("Desk", "control", access=access)
    dock_actions.set_scene("Wide", access=access, section="Vault")
    return [queries.secret_of(made), made.sealed_secret, dock_queries.secret_of(dock), dock.sealed_secret]
