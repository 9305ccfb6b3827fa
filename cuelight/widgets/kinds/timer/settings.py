"""What can be set of a timer."""

from typing import Annotated, Any

from cuelight.widgets import fields
from cuelight.widgets.look import PAPER, Look

MODES = {
    "moment": "Down to a time of your own",
    "product": "Down to the end of the product’s time",
    "show": "Down to the end of the show",
    "up": "Up since the show went live",
}
ZERO = {"words": "Show the words below", "zero": "Stay at 0:00", "hide": "Vanish"}


class Settings(Look, kw_only=True, frozen=True):
    """What is over stands at zero: by how much is the crew's to know."""

    mode: Annotated[str, fields.choice("Counts", MODES)] = "moment"
    moment: Annotated[
        str,
        fields.moment(
            "Your own time",
            hint="As 18:00 for every day, or 2026-11-22 18:00. By the clock of the computer that shows it.",
            daily=True,
        ),
    ] = "18:00"
    label: Annotated[str, fields.template("Words above it", group="Words")] = "Starting in"
    at_zero: Annotated[str, fields.choice("At zero", ZERO)] = "words"
    over_text: Annotated[str, fields.text("Words at zero", most=80, group="Words")] = "We are live!"
    show_bar: Annotated[bool, fields.switch("Show a bar", hint="Where it is known when it began.")] = True
    show_phases: Annotated[bool, fields.switch("Colour by the time left")] = True
    warn_seconds: Annotated[int, fields.number("Soon, from", least=0, most=3_600, unit="s")] = 60
    danger_seconds: Annotated[int, fields.number("Now, from", least=0, most=3_600, unit="s")] = 15
    plenty: Annotated[str, fields.color("Time enough")] = "#4ade80"
    soon: Annotated[str, fields.color("Soon")] = "#ffb224"
    now: Annotated[str, fields.color("Now")] = "#ff6b5e"


PRESETS: dict[str, dict[str, Any]] = {
    "Midnight": {},
    "Paper": {
        **PAPER,
        "plenty": "#166534",
        "soon": "#b45309",
        "now": "#b91c1c",
        "radius": 10,
    },
    "Scoreboard": {"font": "condensed", "background": "#000000f2", "accent": "#ffd54a", "radius": 4},
    "Clear": {"background": "#00000000", "radius": 0},
}
