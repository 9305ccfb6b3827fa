"""What can be set of the viewers’ count."""

from cuelight.widgets.audience_count import PRESETS as PRESETS
from cuelight.widgets.audience_count import Count, Label, LabelOfOne


class Settings(Count, kw_only=True, frozen=True):
    """In the words of viewers."""

    label: Label = "watching"
    label_of_one: LabelOfOne = "watching"
