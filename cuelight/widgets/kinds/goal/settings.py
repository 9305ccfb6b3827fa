"""What can be set of a goal."""

from typing import Annotated, Any

from cuelight.widgets import fields
from cuelight.widgets.audience import SPANS
from cuelight.widgets.look import PAPER, STUDIO_RED, Look

COUNTS = {
    "followers": "Followers in all",
    "follows": "New followers",
    "subscriptions": "Subscriptions",
    "gifts": "Gifts",
    "donations": "Donations",
    "revenue": "Sales, in money",
    "pieces": "Sales, in pieces",
}


class Settings(Look, kw_only=True, frozen=True):
    """Money is counted in one currency, in whole units here: a target of 500 is $500."""

    title: Annotated[str, fields.text("Title", most=80)] = "Follower goal"
    counts: Annotated[str, fields.choice("What counts", COUNTS)] = "followers"
    target: Annotated[int, fields.number("Goal", least=1, most=100_000_000)] = 2_500
    start: Annotated[
        int,
        fields.number(
            "Begins at",
            least=0,
            most=100_000_000,
            hint="Followers in all: where the bar begins. Everything else: what there is already.",
        ),
    ] = 0
    currency: Annotated[str, fields.currency()] = "USD"
    since: Annotated[str, fields.choice("Counted since", {**SPANS, "moment": "A time of your own"})] = "stream"
    since_at: Annotated[str, fields.moment("Your own time", hint="As 2026-11-22 18:00, in UTC.")] = ""
    shape: Annotated[str, fields.choice("Shape", {"bar": "Bar", "ring": "Ring"})] = "bar"
    title_label: Annotated[str, fields.template("Words above it", "title", "value", "target", "left", "percent")] = (
        "{title}"
    )
    value_label: Annotated[str, fields.template("Figures", "value", "target", "left", "percent")] = "{value} / {target}"
    reached_label: Annotated[str, fields.template("Words when it is reached", "title", "value", "target")] = (
        "Goal reached!"
    )
    short_numbers: Annotated[bool, fields.switch("Short numbers", hint="12.3K instead of 12,345.")] = False
    celebrate: Annotated[bool, fields.switch("Celebrate when it is reached", hint="Once, for some seconds.")] = True
    track: Annotated[str, fields.color("Bar behind")] = "#ffffff33"


PRESETS: dict[str, dict[str, Any]] = {
    "Midnight": {},
    "Paper": {**PAPER, "track": "#16171a1f", "radius": 10},
    "Studio red": STUDIO_RED,
    "Mint ring": {"shape": "ring", "background": "#06251bf0", "accent": "#4ade80", "radius": 24},
    "Clear": {"background": "#00000066", "radius": 0, "font": "condensed"},
}
