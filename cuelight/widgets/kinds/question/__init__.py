"""The viewers' question that the producer has put onto the host's screen with Q."""

from cuelight.widgets.contract import Kind
from cuelight.widgets.kinds.question.fake import fake
from cuelight.widgets.kinds.question.settings import PRESETS, Settings

KIND = Kind(
    type="question",
    name="Question",
    says="The question that the host answers, with who asked and what it is about.",
    settings=Settings,
    presets=PRESETS,
    fake=fake,
    width=820,
    height=230,
)
