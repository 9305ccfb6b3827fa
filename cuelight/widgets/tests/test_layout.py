"""Which boxes an overlay takes."""

from typing import Any

import pytest

from cuelight.errors import Invalid
from cuelight.widgets import layout


def box(**values: Any) -> dict[str, Any]:
    return {"id": "a", "type": "product_card", "x": 96, "y": 54, "width": 620, "height": 230, "shown": True} | values


def test_boxes_are_kept_in_their_order() -> None:
    assert layout.checked([box(), box(id="b", x=-20)]) == [box(), box(id="b", x=-20)]


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ("none", "invalid_layout"),
        ([box(width=3)], "invalid_layout"),
        ([box(x="96")], "invalid_layout"),
        ([box(onclick="x")], "invalid_layout"),
        ([box(id="A B")], "invalid_layout"),
        ([box(), box()], "invalid_layout"),
        ([box(type="clock_of_doom")], "unknown_widget"),
        ([box(id=f"b{place}") for place in range(41)], "too_many_boxes"),
    ],
)
def test_what_is_no_layout_is_refused(given: Any, reason: str) -> None:
    with pytest.raises(Invalid) as refused:
        layout.checked(given)
    assert refused.value.reason == reason
