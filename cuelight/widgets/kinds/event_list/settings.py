"""What can be set of the event list."""

from typing import Annotated, Any

from cuelight.widgets import fields
from cuelight.widgets.look import PAPER, Look

_LAYOUTS = {"column": "One below the other", "row": "Side by side"}
_WORDS = ("name", "amount", "count", "item", "platform")


class Settings(Look, kw_only=True, frozen=True):
    """The newest first."""

    limit: Annotated[int, fields.number("Events at once, at most", least=1, most=20)] = 5
    layout: Annotated[str, fields.choice("Layout", _LAYOUTS)] = "column"
    show_platform: Annotated[bool, fields.switch("Show which platform it is from")] = True
    follow: Annotated[bool, fields.switch("Followers", group="Which")] = True
    subscription: Annotated[bool, fields.switch("Subscriptions", group="Which")] = True
    gift: Annotated[bool, fields.switch("Gifts", group="Which")] = True
    donation: Annotated[bool, fields.switch("Donations", group="Which")] = True
    raid: Annotated[bool, fields.switch("Raids", group="Which")] = True
    order: Annotated[bool, fields.switch("Orders", group="Which")] = True
    follow_title: Annotated[str, fields.template("Follower", *_WORDS)] = "{name} follows"
    subscription_title: Annotated[str, fields.template("Subscription", *_WORDS)] = "{name} subscribes"
    gift_title: Annotated[str, fields.template("Gift", *_WORDS)] = "{name} · {count} × {item}"
    donation_title: Annotated[str, fields.template("Donation", *_WORDS)] = "{name} · {amount}"
    raid_title: Annotated[str, fields.template("Raid", *_WORDS)] = "{name} · {count} viewers"
    order_title: Annotated[str, fields.template("Order", *_WORDS)] = "{item} sold"


PRESETS: dict[str, dict[str, Any]] = {
    "Midnight": {},
    "Glass": {"background": "#0e0f1180", "radius": 24},
    "Paper": {**PAPER, "radius": 8},
    "Strip": {"layout": "row", "limit": 4, "radius": 0, "font": "condensed"},
}
