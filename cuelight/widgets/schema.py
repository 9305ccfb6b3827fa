"""Settings of a widget as a form asks for them, as they are kept, and as a screen gets them. Pure."""

from typing import Any, TypedDict, get_type_hints

import msgspec
from msgspec import Meta, structs

from cuelight.errors import Invalid
from cuelight.widgets import custom_css
from cuelight.widgets.contract import Kind
from cuelight.widgets.look import Look

#: Bytes of one kind's settings as JSON.
MOST_BYTES = 64_000


class PresetRow(TypedDict):
    """A look to choose: every setting that any preset of the kind names, so that one takes the place of another."""

    name: str
    settings: dict[str, Any]


class FieldRow(TypedDict, total=False):
    """One field of a form. Besides: ``least``, ``most``, ``unit``, ``options``, ``words``, as `fields` has them."""

    name: str
    control: str
    label: str
    hint: str
    group: str
    default: Any


def form(kind: Kind) -> list[FieldRow]:
    """The fields of a kind in their order, those of the look last."""
    rows = [_row(kind, name) for name in kind.settings.__struct_fields__]
    looks = Look.__struct_fields__
    return [row for row in rows if row["name"] not in looks] + [row for row in rows if row["name"] in looks]


def defaults(kind: Kind) -> dict[str, Any]:
    return structs.asdict(kind.settings())


def presets(kind: Kind) -> list[PresetRow]:
    """The looks of a kind, in their order. What no preset names is left as it is by choosing one."""
    usual = defaults(kind)
    named = [name for name in usual if any(name in preset for preset in kind.presets.values())]
    return [
        {"name": name, "settings": {one: preset.get(one, usual[one]) for one in named}}
        for name, preset in kind.presets.items()
    ]


def sorted_out(kind: Kind, given: dict[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """Of given settings those that can be, with the defaults among them; and a sentence about each of the others."""
    good, wrong = {}, []
    for name, value in given.items():
        try:
            checked(kind, {name: value})
        except Invalid as error:
            wrong.append(error.message)
        else:
            good[name] = value
    return good, wrong


def resolved(kind: Kind, kept: dict[str, Any]) -> dict[str, Any]:
    """Everything a screen needs: the defaults, with what is kept put over them. What an older version kept and this
    one does not know, or accepts no longer, is left out: an overlay shows something, whatever happens."""
    values = defaults(kind)
    for name, value in kept.items():
        if name in values:
            try:
                msgspec.convert({name: value}, kind.settings)
            except msgspec.ValidationError:
                continue
            values[name] = value
    return values


def checked(kind: Kind, given: dict[str, Any]) -> dict[str, Any]:
    """Given settings, as they are kept: only what differs from the defaults. Raises Invalid, naming the field."""
    unknown = sorted(set(given) - set(kind.settings.__struct_fields__))
    if unknown:
        raise Invalid("unknown_setting", f"{kind.name} has no setting “{unknown[0][:40]}”.", field=unknown[0])
    require_size(given)
    usual = defaults(kind)
    for name, value in given.items():
        try:
            msgspec.convert({name: value}, kind.settings)
        except msgspec.ValidationError as error:
            raise Invalid("invalid_setting", f"{_row(kind, name)['label']}: {_plain(error)}.", field=name) from error
        if name == "css" and (wrong := custom_css.wrong_with(value)):
            raise Invalid("invalid_css", f"{_row(kind, name)['label']}, {wrong}.", field=name)
    return {name: value for name, value in given.items() if value != usual[name]}


def require_size(settings: dict[str, Any]) -> None:
    """Raises Invalid for more than a kind's settings may have."""
    if len(msgspec.json.encode(settings)) > MOST_BYTES:
        raise Invalid("too_large", "These settings are too large to be kept.")


def _row(kind: Kind, name: str) -> FieldRow:
    hints = get_type_hints(kind.settings, include_extras=True)
    metas = [one for one in getattr(hints[name], "__metadata__", ()) if isinstance(one, Meta)]
    shown: dict[str, Any] = dict(metas[0].extra or {}) if metas else {}
    return {"name": name, **shown, "default": defaults(kind)[name]}  # type: ignore[typeddict-item]


def _plain(error: msgspec.ValidationError) -> str:
    """What msgspec says, for people: "Expected `int` <= 60 - at `$.seconds`" → "expected a whole number <= 60"."""
    told = str(error).partition(" - at ")[0].replace("`", "")
    if "matching regex" in told:
        return "this is none of the values it can have"
    words = (told[:1].lower() + told[1:]).replace("int", "a whole number").replace("str", "text")
    return words.replace("bool", "yes or no")
