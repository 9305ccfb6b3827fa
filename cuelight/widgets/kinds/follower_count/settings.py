"""What can be set of the followers’ count."""

from cuelight.widgets.audience_count import PRESETS as PRESETS
from cuelight.widgets.audience_count import Count, Label, LabelOfOne


class Settings(Count, kw_only=True, frozen=True):
    """In the words of followers."""

    label: Label = "followers"
    label_of_one: LabelOfOne = "follower"
