"""The errors every context raises; translated once, at the edge.

``reason`` is a stable word for code, ``message`` a sentence for people.
"""

from typing import Any


class CuelightError(Exception):
    """Something a user can meet; ``status`` is what an HTTP page answers."""

    status = 400

    def __init__(self, reason: str, message: str, **more: Any) -> None:
        super().__init__(reason, message)
        self.reason = reason
        self.message = message
        #: What a client needs besides to go on, such as the newest version.
        self.more = more

    def __str__(self) -> str:
        return self.message


class Refused(CuelightError):
    """The rules of a live aggregate say no to a command. Nothing has changed."""

    status = 409


class Invalid(CuelightError):
    """What was sent cannot be read, or breaks a rule of its own."""

    status = 422


class Conflict(CuelightError):
    """True a moment ago, no longer: somebody or something else was faster."""

    status = 409


class Forbidden(CuelightError):
    """One may see this but not do it."""

    status = 403

    def __init__(self, message: str = "You may not do this.", reason: str = "forbidden") -> None:
        super().__init__(reason, message)


class NotFound(CuelightError):
    """It does not exist, or one may not know that it does."""

    status = 404

    def __init__(self, message: str = "There is nothing here.", reason: str = "not_found") -> None:
        super().__init__(reason, message)


class Gone(CuelightError):
    """It was deleted."""

    status = 410

    def __init__(self, message: str = "This was deleted.", reason: str = "gone") -> None:
        super().__init__(reason, message)


class Unavailable(CuelightError):
    """The database or another part is away for the moment; the same call may work again soon."""

    status = 503

    def __init__(
        self,
        message: str = "The database does not answer. Nothing was changed; try again in a moment.",
        reason: str = "unavailable",
    ) -> None:
        super().__init__(reason, message)


class Newer(Unavailable):
    """It was written by a newer version of the software than this process runs: another process can serve it."""

    def __init__(self) -> None:
        super().__init__("The studio was updated or restored. Reload the page.", "reload")
