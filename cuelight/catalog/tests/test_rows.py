import pytest

from cuelight.catalog.importing.rows import as_points


@pytest.mark.parametrize(
    ("text", "points"),
    [
        ("- a\\n- b", "- a\n- b"),
        ("one\\ntwo", "one\ntwo"),
        ("-a\n-b", "- a\n- b"),
        ("• a\n· b\n– c", "- a\n- b\n- c"),
        ("- a\n  - nested", "- a\n  - nested"),
        ("**bold** first", "**bold** first"),
        ("* a", "* a"),
        ("---", "---"),
        ("a - b", "a - b"),
        ("  - a  \r\n", "- a"),
        ("-20% today", "- 20% today"),
    ],
)
def test_talking_points_become_markdown(text: str, points: str) -> None:
    assert as_points(text) == points
