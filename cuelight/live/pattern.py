"""Topic patterns: ``session:{session_id}:state`` matches ``session:42:state``. Pure."""

import re


class TopicPattern:
    """A compiled pattern. A parameter is digits or a slug: ASCII letters, digits, ``-`` and ``_``, 64 at most."""

    __slots__ = ("_regex", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        pieces = re.split(r"\{(\w+)\}", text)
        for index, piece in enumerate(pieces):
            pieces[index] = rf"(?P<{piece}>[A-Za-z0-9_-]{{1,64}})" if index % 2 else re.escape(piece)
        self._regex = re.compile("".join(pieces))

    def match(self, topic: str) -> dict[str, str] | None:
        """The parameters of a concrete topic, or None if it is not one of this pattern."""
        found = self._regex.fullmatch(topic)
        return found.groupdict() if found else None

    def fill(self, **params: object) -> str:
        """The concrete topic for these parameters."""
        return self.text.format(**params)
