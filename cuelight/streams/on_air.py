"""Whether a show is really on air: what the session says, what the platforms say, what the encoder says. Pure.

When they do not agree, the lamp says so in words: a host who talks to nobody, or to everybody without knowing, is the
worst that can happen in a studio.
"""

from collections.abc import Sequence
from typing import NamedTuple

ON, OFF, REHEARSAL, DISAGREES = "on_air", "off_air", "rehearsal", "disagrees"


class Lamp(NamedTuple):
    """``lamp``: one of the four; ``words`` stand on it; ``sentence`` says what does not fit, or nothing."""

    lamp: str
    words: str
    sentence: str = ""


def lamp(
    session: str, live: Sequence[str], encoder: bool | None = None, *, simulated: bool = False, unknown: bool = False
) -> Lamp:
    """``session``: "live", "rehearsal", or anything else for none that runs. ``live``: the names of the platforms that
    say they are live. ``encoder``: whether OBS streams; None: nobody has told. ``simulated``: the audience is not
    real. ``unknown``: some platform has not said yet."""
    where = _listed(live)
    are = "are" if len(live) > 1 else "is"
    if session == "live":
        if live and encoder is not False:
            return Lamp(ON, "ON AIR")
        if live:
            return Lamp(DISAGREES, "CHECK OBS", f"{where} {are} live, but OBS is not streaming.")
        if encoder:
            return Lamp(DISAGREES, "NOT LIVE YET", "OBS is streaming, but no platform is live yet.")
        if simulated:
            return Lamp(REHEARSAL, "REHEARSAL", "The audience is simulated: nobody outside sees this.")
        if unknown:
            return Lamp(
                DISAGREES, "NOT KNOWN", "The session is live; the platforms have not said yet whether they are."
            )
        return Lamp(DISAGREES, "NOBODY SEES IT", "The session is live, but nothing is being streamed.")
    doing = "is only rehearsing" if session == "rehearsal" else "is still a draft"
    if live and encoder is not False:
        return Lamp(DISAGREES, "YOU ARE LIVE", f"{where} {are} live, but the session {doing}.")
    if live:
        return Lamp(
            DISAGREES, "STILL LIVE", f"{where} {are} still live, though OBS has stopped and the session {doing}."
        )
    if encoder:
        return Lamp(
            DISAGREES, "OBS IS STREAMING", f"OBS is streaming, no platform is live yet, and the session {doing}."
        )
    if session == "rehearsal":
        return Lamp(REHEARSAL, "REHEARSAL")
    return Lamp(OFF, "OFF AIR")


def _listed(names: Sequence[str]) -> str:
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} and {names[-1]}"
