"""What can be wanted of an alert queue, as plain data. What each does is in ``alerts.py``.

The tag is the command's name on the wire, in the journal and in the control API.
"""

from typing import ClassVar

from cuelight.live.kind import Command
from cuelight.streams.alert_state import Alert


class AlertCommand(Command, frozen=True):
    """``undoable`` says whether Ctrl+Z takes it back."""

    undoable: ClassVar[bool] = False


class Enqueue(AlertCommand, frozen=True, tag="enqueue"):
    """Something happened that is to be shown; ``head``: before all that waits."""

    alerts: list[Alert]
    head: bool = False


class Advance(AlertCommand, frozen=True, tag="advance"):
    """The clock's: what has shown is over, what waited too long is missed, the next one starts.

    ``overlays``: whether a page is there that draws it; ``tests``: one that draws tests only. ``rehearsals``: whether
    what nobody really did may show now, which it never may on a live stream.
    """

    overlays: bool
    tests: bool
    rehearsals: bool


class Begun(AlertCommand, frozen=True, tag="begun"):
    """An overlay draws an alert, or has drawn it while nobody heard it say so."""

    id: int
    run: int = 0


class Pause(AlertCommand, frozen=True, tag="pause"):
    """What shows is shown to its end, and nothing starts after it."""

    undoable = True


class Resume(AlertCommand, frozen=True, tag="resume"):
    """Alerts start again."""

    undoable = True


class Skip(AlertCommand, frozen=True, tag="skip"):
    """What shows is over now. ``id``: only if it is this one still, so that two people skip one alert, not two."""

    id: int | None = None


class Clear(AlertCommand, frozen=True, tag="clear"):
    """Nothing waits any more. What shows stays."""

    undoable = True


class Replay(AlertCommand, frozen=True, tag="replay"):
    """Show an alert once more that is over, before all that waits."""

    id: int


class Approve(AlertCommand, frozen=True, tag="approve"):
    """Somebody has read it: it may be shown with its text."""

    id: int


class Dismiss(AlertCommand, frozen=True, tag="dismiss"):
    """An alert that waits is not to be shown."""

    id: int

    undoable = True


class Hold(AlertCommand, frozen=True, tag="hold"):
    """Everything stands still, what shows included. For panic."""


class Release(AlertCommand, frozen=True, tag="release"):
    """It goes on where it stood: what showed for the rest of its time."""


class Withdraw(AlertCommand, frozen=True, tag="withdraw"):
    """These are no longer to be seen at all: moderation took them away."""

    ids: list[int]
