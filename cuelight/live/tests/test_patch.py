from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from msgspec import Struct, field, to_builtins

from cuelight.live import patch
from cuelight.live.patch import ABSENT


class Lamp(Struct, frozen=True):
    color: str
    level: int | None = None


class Rig(Struct, frozen=True):
    name: str = "front"
    main: Lamp | None = None
    lamps: dict[str, Lamp] = field(default_factory=dict)
    spares: list[Lamp] = []


RIG = Rig(main=Lamp("amber", 3), lamps={"1": Lamp("red"), "2": Lamp("blue", 7)})

lamps = st.builds(Lamp, st.sampled_from(["amber", "red", "blue"]), st.none() | st.integers(0, 9))
rigs = st.builds(
    Rig,
    st.text(max_size=5),
    st.none() | lamps,
    st.dictionaries(st.sampled_from("123456"), lamps),
)


@st.composite
def values(draw: st.DrawFn) -> dict[str, Any]:
    """New values at places that may or may not be there."""
    whole = st.fixed_dictionaries(
        {},
        optional={
            "name": st.text(max_size=5),
            "main": st.none() | lamps,
            **{f"lamps.{key}": lamps | st.just(ABSENT) for key in "123456"},
        },
    )
    return draw(whole)


def test_a_change_names_only_what_differs() -> None:
    changes = patch.change(RIG, {"name": "front", "main.level": 4, "lamps.2": RIG.lamps["2"]})
    assert changes == {"main.level": [3, 4]}


def test_applying_keeps_what_the_patch_does_not_name() -> None:
    after = patch.apply(RIG, patch.change(RIG, {"lamps.1.level": 5}))
    assert after.lamps["1"] == Lamp("red", 5)
    assert after.lamps["2"] is RIG.lamps["2"]
    assert after.main is RIG.main


def test_a_list_of_structs_is_put_in_as_such_and_taken_back() -> None:
    changes = patch.change(RIG, {"spares": [Lamp("red", 1)]})
    after = patch.apply(RIG, changes)
    assert after.spares == [Lamp("red", 1)]
    assert patch.moved_on(after, changes) is None
    assert patch.apply(after, patch.reverse(changes)) == RIG


def test_an_entry_can_be_added_and_taken_away() -> None:
    changes = patch.change(RIG, {"lamps.3": Lamp("gray"), "lamps.1": ABSENT})
    after = patch.apply(RIG, changes)
    assert set(after.lamps) == {"2", "3"}
    assert after.lamps["3"] == Lamp("gray")
    assert patch.apply(after, patch.reverse(changes)) == RIG


def test_a_json_value_becomes_its_struct() -> None:
    after = patch.apply(RIG, {"main": [None, {"color": "red", "level": 1}]})
    assert after.main == Lamp("red", 1)


def test_a_place_that_does_not_exist_is_absent() -> None:
    assert patch.get(RIG, "lamps.9.color") == ABSENT
    assert patch.get(RIG, "nothing") == ABSENT
    assert patch.get(RIG, "name.x") == ABSENT


def test_moved_on_names_the_path_that_somebody_changed_since() -> None:
    changes = patch.change(RIG, {"name": "back", "lamps.1.level": 5})
    after = patch.apply(RIG, changes)
    assert patch.moved_on(after, changes) is None
    later = patch.apply(after, patch.change(after, {"lamps.1.level": 6}))
    assert patch.moved_on(later, changes) == "lamps.1.level"


@given(rigs, values())
def test_a_change_puts_the_values_in_and_its_reverse_takes_them_out(rig: Rig, new: dict[str, Any]) -> None:
    changes = patch.change(rig, new)
    after = patch.apply(rig, changes)
    for path, value in new.items():
        assert patch.get(after, path) == to_builtins(value)
    assert patch.apply(after, patch.reverse(changes)) == rig
    assert patch.moved_on(after, changes) is None
