"""Something in every table of a studio's overlays, for tests of what spans all contexts."""

from cuelight.accounts.access import Access
from cuelight.widgets import actions, queries

BOX = {"id": "a", "type": "product_card", "x": 96, "y": 760, "width": 620, "height": 230}


def fill(studio_id: int, person_id: int) -> list[str]:
    """One row in each; returns the secrets."""
    access = Access(studio_id, frozenset({"admin"}), person_id)
    made = actions.create_overlay("Main", 1920, 1080, access=access, boxes=[BOX])
    actions.save_settings("product_card", {"accent": "#ff0000"}, access=access)
    return [queries.secret_of(made), made.sealed_secret]
