"""Links that sign in: signed, for one purpose, for some hours."""

import pytest

from cuelight.accounts import links
from cuelight.errors import Invalid


def test_a_link_says_whom_it_signs_in_and_where_to() -> None:
    link = links.make(7, "/sessions/1/host").removeprefix("/enter/")
    assert links.read(link) == (7, "/sessions/1/host")
    with pytest.raises(Invalid, match="not complete"):
        links.read(link[:-1])


def test_a_link_runs_out(monkeypatch: pytest.MonkeyPatch) -> None:
    link = links.make(7, "/").removeprefix("/enter/")
    monkeypatch.setattr(links, "MAX_AGE_S", -1)
    with pytest.raises(Invalid, match="run out"):
        links.read(link)


@pytest.mark.parametrize(
    "path", [None, "", "https://elsewhere.example/", "//elsewhere.example", "/\\elsewhere.example", "javascript:x"]
)
def test_a_way_back_stays_on_this_site(path: str | None) -> None:
    assert links.local(path) == "/"
    assert links.local("/sessions/2/host?sp=1") == "/sessions/2/host?sp=1"
