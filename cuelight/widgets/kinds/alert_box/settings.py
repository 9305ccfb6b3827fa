"""What can be set of the alert box: one look for all, words, sound and picture for each kind of alert."""

from typing import Annotated, Any

from cuelight.widgets import fields
from cuelight.widgets.look import PAPER, Look

_LAYOUTS = {"banner": "Picture beside the words", "card": "Picture above the words", "words": "Words only"}
_MOTIONS = {"slide": "Sliding", "rise": "Rising", "pop": "Growing", "fade": "Fading"}
_SPEAKS = {"off": "Nothing", "money": "Messages of donations and gifts", "all": "Every message"}
#: What a sentence may name.
_WORDS = ("name", "amount", "count", "item", "platform")


class Settings(Look, kw_only=True, frozen=True):
    """For how long an alert shows, from which amount on, and what is approved first stands with the alerts' rules."""

    layout: Annotated[str, fields.choice("Layout", _LAYOUTS)] = "banner"
    show_text: Annotated[bool, fields.switch("Show the viewer’s message")] = True
    show_platform: Annotated[bool, fields.switch("Show which platform it is from")] = True
    motion: Annotated[str, fields.choice("They come in", _MOTIONS, group="Motion")] = "slide"

    follow_title: Annotated[str, fields.template("Sentence", *_WORDS, group="Followers")] = "{name} follows"
    follow_sound: Annotated[str, fields.sound("Sound", group="Followers")] = "pop"
    follow_image: Annotated[str, fields.image("Picture", group="Followers")] = ""
    subscription_title: Annotated[str, fields.template("Sentence", *_WORDS, group="Subscriptions")] = (
        "{name} subscribes"
    )
    subscription_sound: Annotated[str, fields.sound("Sound", group="Subscriptions")] = "chime"
    subscription_image: Annotated[str, fields.image("Picture", group="Subscriptions")] = ""
    gift_title: Annotated[str, fields.template("Sentence", *_WORDS, group="Gifts")] = "{name} gives {count} × {item}"
    gift_sound: Annotated[str, fields.sound("Sound", group="Gifts")] = "chime"
    gift_image: Annotated[str, fields.image("Picture", group="Gifts")] = ""
    donation_title: Annotated[str, fields.template("Sentence", *_WORDS, group="Donations")] = "{name} gives {amount}"
    donation_sound: Annotated[str, fields.sound("Sound", group="Donations")] = "coins"
    donation_image: Annotated[str, fields.image("Picture", group="Donations")] = ""
    raid_title: Annotated[str, fields.template("Sentence", *_WORDS, group="Raids")] = (
        "{name} comes with {count} viewers"
    )
    raid_sound: Annotated[str, fields.sound("Sound", group="Raids")] = "fanfare"
    raid_image: Annotated[str, fields.image("Picture", group="Raids")] = ""
    order_title: Annotated[str, fields.template("Sentence", *_WORDS, group="Orders")] = "{name} orders {item}"
    order_sound: Annotated[str, fields.sound("Sound", group="Orders")] = "coins"
    order_image: Annotated[str, fields.image("Picture", group="Orders")] = ""

    volume: Annotated[int, fields.number("Loudness", least=0, most=100, unit="%", group="Sound")] = 70
    speak: Annotated[
        str,
        fields.choice("Read aloud", _SPEAKS, hint="After the sound, by the machine’s own voice.", group="Sound"),
    ] = "off"
    speak_letters: Annotated[int, fields.number("Letters read at most", least=20, most=500, group="Sound")] = 200


PRESETS: dict[str, dict[str, Any]] = {
    "Midnight": {},
    "Spotlight": {"layout": "card", "background": "#ffb224f5", "text": "#16130a", "accent": "#16130a", "motion": "pop"},
    "Paper": {**PAPER, "background": "#fffffff5", "radius": 10, "motion": "rise"},
    "Bare": {"layout": "words", "background": "#00000000", "font": "condensed", "size": 140, "motion": "fade"},
}
