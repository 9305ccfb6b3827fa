"""What can be set of the ticker."""

from typing import Annotated, Any

from cuelight.widgets import fields
from cuelight.widgets.look import PAPER, Look


class Settings(Look, kw_only=True, frozen=True):
    """Its parts come in this order, again and again. A part without words is left out."""

    messages: Annotated[
        str, fields.text("Your own words", most=1_000, hint="Several are told apart by a | between them.")
    ] = "Free shipping over $50 | Ask for a product by its number in the chat"
    show_product: Annotated[bool, fields.switch("The product on air")] = True
    show_goal: Annotated[bool, fields.switch("The goal")] = True
    show_latest: Annotated[bool, fields.switch("What has just happened")] = True
    latest: Annotated[int, fields.number("How many of those", least=1, most=20)] = 6
    product_label: Annotated[str, fields.template("Product", "number", "product", "price")] = (
        "On air: {number} {product} {price}"
    )
    goal_label: Annotated[str, fields.template("Goal", "title", "value", "target", "left", "percent")] = (
        "{title}: {value} of {target}"
    )
    follow_label: Annotated[str, fields.template("Somebody follows", "name")] = "{name} follows"
    subscription_label: Annotated[str, fields.template("Somebody subscribes", "name", "count")] = "{name} subscribed"
    gift_label: Annotated[str, fields.template("Gifts", "name", "count")] = "{name} gave {count} gifts"
    donation_label: Annotated[str, fields.template("Donation", "name", "amount")] = "{name} donated {amount}"
    raid_label: Annotated[str, fields.template("Raid", "name", "count")] = "{name} raided with {count}"
    order_label: Annotated[str, fields.template("Order", "count", "item")] = "Just sold: {item}"
    nobody: Annotated[str, fields.text("Who gives no name", most=40, group="Words")] = "Somebody"
    separator: Annotated[
        str, fields.choice("Between them", {"dot": "Dot", "bar": "Bar", "diamond": "Diamond", "none": "Nothing"})
    ] = "dot"
    speed: Annotated[int, fields.number("Speed", least=20, most=400, unit="px/s", group="Motion")] = 90
    direction: Annotated[
        str, fields.choice("It runs", {"left": "To the left", "right": "To the right"}, group="Motion")
    ] = "left"
    radius: Annotated[int, fields.number("Rounded corners", least=0, most=60, unit="px", group="Look")] = 0


PRESETS: dict[str, dict[str, Any]] = {
    "Midnight": {},
    "Paper": PAPER,
    "News red": {"background": "#b91c1cf5", "accent": "#ffe08a", "font": "condensed"},
    "Clear": {"background": "#00000066"},
}
