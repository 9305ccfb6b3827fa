"""What widgets can be set to: defaults, bounds, and that nothing else is ever kept or shown (T22)."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cuelight.errors import Invalid
from cuelight.widgets import schema
from cuelight.widgets.contract import Kind
from cuelight.widgets.kinds import KINDS

every_kind = pytest.mark.parametrize("kind", KINDS.values(), ids=list(KINDS))
CARD = KINDS["product_card"]


@every_kind
def test_the_defaults_are_accepted_and_nothing_of_them_is_kept(kind: Kind) -> None:
    assert schema.checked(kind, schema.defaults(kind)) == {}


@every_kind
def test_every_field_can_be_asked_for(kind: Kind) -> None:
    for field in schema.form(kind):
        assert field["label"], field["name"]
        assert field["control"] in {
            *("number", "color", "switch", "text", "template", "choice", "font", "sound", "image", "css")
        }


@every_kind
def test_every_preset_is_accepted(kind: Kind) -> None:
    assert kind.presets
    for name, preset in kind.presets.items():
        assert name
        assert schema.resolved(kind, schema.checked(kind, preset)) == {**schema.defaults(kind), **preset}


@every_kind
def test_a_preview_is_the_same_for_the_same_seed_and_can_be_sent(kind: Kind) -> None:
    frames = kind.fake(7)
    assert frames
    assert frames == kind.fake(7)
    json.dumps([frame.payload for frame in frames])


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("accent", "red", "Accent: this is none of the values it can have."),
        ("accent", "#123456; background: url(//evil)", "Accent: this is none of the values it can have."),
        ("radius", 61, "Rounded corners: expected a whole number <= 60."),
        ("radius", 10**12, "Rounded corners: expected a whole number <= 60."),
        ("radius", "5", "Rounded corners: expected a whole number, got text."),
        ("font", "Comic Sans", "Font: this is none of the values it can have."),
        ("show_number", 1, "Show the number: expected yes or no, got a whole number."),
        ("css", "a" * 20_001, "Your own CSS: expected text of length <= 20000."),
    ],
)
def test_a_value_that_cannot_be_is_refused_with_the_fields_name(name: str, value: Any, says: str) -> None:
    with pytest.raises(Invalid) as refused:
        schema.checked(CARD, {name: value})
    assert str(refused.value) == says
    assert refused.value.more == {"field": name}


def test_an_unknown_setting_is_refused() -> None:
    with pytest.raises(Invalid, match="Product card has no setting “onload”"):
        schema.checked(CARD, {"onload": "alert(1)"})


plain = st.recursive(st.none() | st.booleans() | st.integers() | st.text(), lambda inner: st.lists(inner), max_leaves=5)


@settings(deadline=None)
@given(st.dictionaries(st.sampled_from(["accent", "radius", "css", "font", "onload", "show_number"]), plain))
def test_whatever_stands_in_the_table_a_screen_gets_every_setting_and_each_is_good(kept: dict[str, Any]) -> None:
    shown = schema.resolved(CARD, kept)
    assert shown.keys() == schema.defaults(CARD).keys()
    schema.checked(CARD, shown)
