"""What overlays are told when something happens on the platforms, in the session, or to their settings."""

from typing import Any

from cuelight.live import process
from cuelight.live.listeners import listens
from cuelight.widgets import audience
from cuelight.widgets.audience_telling import known, poke

Params = dict[str, str]

#: What a kind of event may move.
_SUMS = ("goals", "supporters")


@listens("stream:{studio_id}", "activity")
async def activity(params: Params, payload: dict[str, Any]) -> None:
    _tell(int(params["studio_id"]), payload["events"])


@listens("chat:{studio_id}", "restored")
async def restored(params: Params, payload: dict[str, Any]) -> None:
    _tell(int(params["studio_id"]), payload["events"])


def _tell(studio_id: int, events: list[dict[str, Any]]) -> None:
    studio = known(studio_id)
    if studio is None:
        return
    public = [
        told
        for event in events
        if bool(event.get("rehearsal")) == studio.rehearsed and (told := audience.public_event(event)) is not None
    ]
    if public:
        process.hub.broadcast(studio.topic, "latest", {"events": public[::-1]})
        studio.want(_SUMS)


@listens("stream:{studio_id}", "removed")
async def removed(params: Params, payload: dict[str, Any]) -> None:
    studio = known(int(params["studio_id"]))
    if studio is not None:
        process.hub.broadcast(studio.topic, "removed", {"ids": payload["ids"]})
        studio.want(_SUMS)


@listens("stream:{studio_id}", "viewers")
async def viewers(params: Params, payload: dict[str, Any]) -> None:
    poke(int(params["studio_id"]), "viewers")


@listens("stream:{studio_id}", "feed_changed")
async def feed_changed(params: Params, payload: dict[str, Any]) -> None:
    poke(int(params["studio_id"]), "viewers", "followers", "goals", "rehearsal", "question", "clock")


@listens("stream:{studio_id}", "feed_removed")
async def feed_removed(params: Params, payload: dict[str, Any]) -> None:
    poke(int(params["studio_id"]), "viewers", "followers", "goals", "rehearsal")


@listens("stream:{studio_id}", "stream_changed")
async def stream_changed(params: Params, payload: dict[str, Any]) -> None:
    poke(int(params["studio_id"]), *_SUMS)


@listens("questions:{studio_id}", "question_changed")
async def question_changed(params: Params, payload: dict[str, Any]) -> None:
    poke(int(params["studio_id"]), "question")


@listens("running:{studio_id}", "show_changed")
async def show_changed(params: Params, payload: dict[str, Any]) -> None:
    poke(int(params["studio_id"]), "clock", "question", "rehearsal")


@listens("widget_config:goal:{studio_id}", "config_changed")
async def goal_set(params: Params, payload: dict[str, Any]) -> None:
    poke(int(params["studio_id"]), "goals")


@listens("widget_config:supporters:{studio_id}", "config_changed")
async def supporters_set(params: Params, payload: dict[str, Any]) -> None:
    poke(int(params["studio_id"]), "supporters")


@listens("widget_config:timer:{studio_id}", "config_changed")
async def timer_set(params: Params, payload: dict[str, Any]) -> None:
    poke(int(params["studio_id"]), "clock")


@listens("widget_config:question:{studio_id}", "config_changed")
async def question_set(params: Params, payload: dict[str, Any]) -> None:
    poke(int(params["studio_id"]), "question")
