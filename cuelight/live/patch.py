"""Patches: what one event changes in a state, as ``{path: [before, after]}``. Pure.

A state is a tree of frozen msgspec structs and dicts with text keys. A path names a place in it, parts joined by dots:
``live.item_id``, ``items.17``, ``items.17.position``. Values are plain JSON; ``ABSENT`` marks a dict entry that is
not there, so that adding and removing are patches like any other.
"""

from collections.abc import Mapping
from functools import cache
from typing import Any, TypeVar, get_args, get_type_hints

import msgspec
from msgspec import Struct, structs

Changes = dict[str, list[Any]]

#: What stands for "no such entry" in a patch. JSON has no better word that survives a round trip.
ABSENT: dict[str, Any] = {"absent": True}

S = TypeVar("S")


def change(state: Any, values: Mapping[str, Any]) -> Changes:
    """The patch that puts ``values`` (path to new value, structs or JSON) into ``state``; equal values are left out."""
    changes: Changes = {}
    for path, value in values.items():
        before, after = get(state, path), msgspec.to_builtins(value)
        if before != after:
            changes[path] = [before, after]
    return changes


def apply(state: S, changes: Changes) -> S:
    """``state`` with the patch put in. What the patch does not name is the same object as before."""
    for path, (_, after) in changes.items():
        state = _put(state, path.split("."), after)
    return state


def reverse(changes: Changes) -> Changes:
    """The patch that takes this one back. Last change first, so that ``items.7`` and ``items.7.x`` nest rightly."""
    return {path: [after, before] for path, (before, after) in reversed(changes.items())}


def moved_on(state: Any, changes: Changes) -> str | None:
    """The first path where ``state`` no longer holds what the patch put there, or None when all still do."""
    for path, (_, after) in changes.items():
        if get(state, path) != after:
            return path
    return None


def get(state: Any, path: str) -> Any:
    """The plain JSON value at ``path``; ``ABSENT`` where there is none."""
    for name in path.split("."):
        if isinstance(state, dict):
            state = state.get(name, ABSENT)
        elif isinstance(state, Struct) and name in state.__struct_fields__:
            state = getattr(state, name)
        else:
            return ABSENT
    return msgspec.to_builtins(state)


def _put(node: Any, names: list[str], value: Any, kind: Any = None) -> Any:
    if not names:
        return msgspec.convert(value, kind) if kind is not None and isinstance(value, dict | list) else value
    name, rest = names[0], names[1:]
    if isinstance(node, dict):
        entries = dict(node)
        if not rest and value == ABSENT:
            entries.pop(name, None)
        else:
            entries[name] = _put(entries.get(name), rest, value, _entry_type(kind))
        return entries
    kind_of_node: type[Struct] = type(node)
    field_type = _struct_fields(kind_of_node).get(name)
    return structs.replace(node, **{name: _put(getattr(node, name), rest, value, field_type)})


def _entry_type(kind: Any) -> Any:
    arguments = get_args(kind)
    return arguments[1] if len(arguments) == 2 else None


@cache
def _struct_fields(kind: type[Struct]) -> dict[str, Any]:
    """The fields of a struct whose values are more than plain JSON, with their types."""
    hints = get_type_hints(kind)
    return {name: hints[name] for name in kind.__struct_fields__ if _holds_structs(hints[name])}


def _holds_structs(hint: Any) -> bool:
    if isinstance(hint, type) and issubclass(hint, Struct):
        return True
    return any(_holds_structs(part) for part in get_args(hint))
