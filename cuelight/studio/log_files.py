"""The audit log as a file, written while it is read: however long it is, a piece of it is in memory."""

from collections.abc import Iterator
from datetime import UTC
from typing import Any

import orjson

from cuelight.studio import log
from cuelight.studio.log import GROUPS, Filter, Line
from cuelight.ui import spreadsheet

HEAD = ["Time (UTC)", "Who", "Kind", "What", "Of", "Details", "By way of", "Address"]


def as_csv(studio_id: int, wanted: Filter) -> Iterator[bytes]:
    """One line an entry, newest first; opens in a spreadsheet, and runs nothing there."""
    yield (spreadsheet.BOM + spreadsheet.lines([HEAD])).encode()
    for some in log.lines(studio_id, wanted):
        yield spreadsheet.lines(_cells(line) for line in some).encode()


def as_json(studio_id: int, wanted: Filter) -> Iterator[bytes]:
    """A list of objects, newest first."""
    mark = b"["
    for some in log.lines(studio_id, wanted):
        for line in some:
            yield mark + b"\n" + orjson.dumps(_object(line))
            mark = b","
    yield b"[]\n" if mark == b"[" else b"\n]\n"


def _cells(line: Line) -> list[spreadsheet.Cell]:
    return [_moment(line), line.who, GROUPS[line.group], line.what, line.of, line.detail, line.via, line.address]


def _object(line: Line) -> dict[str, Any]:
    return {
        "at": _moment(line),
        "who": line.who,
        "who_key": line.who_key or None,
        "group": line.group,
        "kind": line.kind,
        "what": line.what,
        "of": line.of or None,
        "details": line.detail or None,
        "via": line.via or None,
        "address": line.address or None,
    }


def _moment(line: Line) -> str:
    return line.at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
