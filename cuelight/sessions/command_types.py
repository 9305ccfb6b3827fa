"""What can be wanted of a live session, as plain data. What each does is in ``state.py``.

The tag is the command's name on the wire, in the journal and in the control API.
"""

from typing import Any, ClassVar

from cuelight.live.kind import Command
from cuelight.sessions.lineup import Item


class SessionCommand(Command, frozen=True):
    """``undoable`` says whether Ctrl+Z takes it back."""

    undoable: ClassVar[bool] = True


class Jump(SessionCommand, frozen=True, tag="jump"):
    """Show the item with this number, as printed on the lineup."""

    number: int


class Next(SessionCommand, frozen=True, tag="next"):
    """Show the item after the one on air."""


class Previous(SessionCommand, frozen=True, tag="previous"):
    """Show the item before the one on air."""


class First(SessionCommand, frozen=True, tag="first"):
    """Show the item with the lowest number."""


class Last(SessionCommand, frozen=True, tag="last"):
    """Show the item with the highest number."""


class NextImage(SessionCommand, frozen=True, tag="next_image"):
    """Show the item's next picture; after the last comes the first."""


class PreviousImage(SessionCommand, frozen=True, tag="previous_image"):
    """Show the item's previous picture; before the first comes the last."""


class ShowImage(SessionCommand, frozen=True, tag="show_image"):
    """Show one picture of the item; the first is 0."""

    index: int


class SendMessage(SessionCommand, frozen=True, tag="send_message"):
    """Tell the host something. ``id`` names the message for its acknowledgement."""

    id: str
    text: str
    color: str = "amber"


class ClearMessage(SessionCommand, frozen=True, tag="clear_message"):
    """Take the message off the host's screen."""


class AckMessage(SessionCommand, frozen=True, tag="ack_message"):
    """The host has seen the message."""

    undoable = False


class PinQuestion(SessionCommand, frozen=True, tag="pin_question"):
    """Put a question of the viewers on the host's screen, in the place of another. Only its number is known here."""

    question_id: int


class ClearQuestion(SessionCommand, frozen=True, tag="clear_question", omit_defaults=True):
    """Take the viewers' question off the host's screen. ``question_id``: only if it is this one, for it waits for no
    answer any more."""

    question_id: int | None = None


class ShowCard(SessionCommand, frozen=True, tag="show_card"):
    """Show the product card on the stream."""


class HideCard(SessionCommand, frozen=True, tag="hide_card"):
    """Take the product card off the stream."""


class SetStatus(SessionCommand, frozen=True, tag="set_status"):
    """Draft → live → complete; draft → rehearsal → draft."""

    status: str


class Arm(SessionCommand, frozen=True, tag="arm"):
    """Stage the item with this number for "go"; without one the next. What is on air already is disarmed."""

    undoable = False

    number: int | None = None


class Go(SessionCommand, frozen=True, tag="go"):
    """Show the armed item."""


class Disarm(SessionCommand, frozen=True, tag="disarm"):
    """Nothing is staged any more."""

    undoable = False


class PauseClock(SessionCommand, frozen=True, tag="pause_clock"):
    """Stop the clock of the item on air."""


class ResumeClock(SessionCommand, frozen=True, tag="resume_clock"):
    """Let the clock go on from where it was stopped."""


class AddTime(SessionCommand, frozen=True, tag="add_time"):
    """Give the item on air more time than planned; less with a minus."""

    seconds: int


class FlashPrice(SessionCommand, frozen=True, tag="flash_price"):
    """A lower price for a while: ``price_cents``, or ``percent`` off. Without an item: of what is on air.

    ``by`` is who wants it, as ``person:3`` or ``token:7``; ``id`` names it. Where the session asks for a second person
    it is only offered.
    """

    id: str
    by: str
    seconds: int
    item_id: int | None = None
    price_cents: int | None = None
    percent: int | None = None


class ApproveFlash(SessionCommand, frozen=True, tag="approve_flash"):
    """A second person agrees to the flash price that is offered; it begins."""

    by: str
    offer_id: str | None = None


class DeclineFlash(SessionCommand, frozen=True, tag="decline_flash"):
    """The flash price that is offered shall not be."""

    offer_id: str | None = None


class ExtendFlash(SessionCommand, frozen=True, tag="extend_flash"):
    """More time for a flash price that runs."""

    seconds: int
    item_id: int | None = None


class EndFlash(SessionCommand, frozen=True, tag="end_flash"):
    """Back to what was charged before its time is over."""

    item_id: int | None = None


class FlashOver(SessionCommand, frozen=True, tag="flash_over"):
    """The clock's: flash prices and offers whose time is over are gone."""

    undoable = False


class AddItems(SessionCommand, frozen=True, tag="add_items"):
    """Put items into the lineup; position 0 means at the end, or at ``to_index`` of the order. ``once``: no product
    that is in it already."""

    items: list[Item]
    to_index: int | None = None
    once: bool = False


class RemoveItem(SessionCommand, frozen=True, tag="remove_item"):
    """Take an item out of the lineup. Was it on air, the next one is."""

    item_id: int


class MoveItem(SessionCommand, frozen=True, tag="move_item"):
    """Put an item at another place in the order; the first is 0."""

    item_id: int
    to_index: int


class RemoveItems(SessionCommand, frozen=True, tag="remove_items"):
    """Take several items out. Was one of them on air, the next one is."""

    item_ids: list[int]


class MoveItems(SessionCommand, frozen=True, tag="move_items"):
    """Put several items together, behind ``to_index`` of the others, and into a section where one is named."""

    item_ids: list[int]
    to_index: int
    section: str | None = None


class Renumber(SessionCommand, frozen=True, tag="renumber"):
    """Numbers from 1 without gaps."""


class OverrideItem(SessionCommand, frozen=True, tag="override_item"):
    """Give an item its own values in this session; null goes back to the product's."""

    item_id: int
    changes: dict[str, Any]


class OverrideItems(SessionCommand, frozen=True, tag="override_items"):
    """Give several items the same values of their own; null goes back to the product's."""

    item_ids: list[int]
    changes: dict[str, Any]


class RevertItems(SessionCommand, frozen=True, tag="revert_items"):
    """Name, talking points and prices of these items as their products have them."""

    item_ids: list[int]


class UpdateSettings(SessionCommand, frozen=True, tag="update_settings"):
    """Change the session's name, notes, schedule or rules."""

    changes: dict[str, Any]


class ChangeSlug(SessionCommand, frozen=True, tag="change_slug"):
    """Give the session another short name. Only by ``actions.update``, which sees to it that no other session of the
    studio has it; an undo could not."""

    slug: str

    undoable = False


class Delete(SessionCommand, frozen=True, tag="deleted"):
    """The end of the session: its lineup, its state, itself."""

    undoable = False
