"""Tokens and links: signed, for one purpose, for some hours."""

import pytest
from django.core import signing

from cuelight.accounts import links, tokens
from cuelight.errors import Invalid


def test_a_token_names_its_person_until_it_has_run_out() -> None:
    assert tokens.read(tokens.make(7)) == 7
    assert tokens.read(tokens.make(7, max_age_s=-1)) is None


@pytest.mark.parametrize("token", ["", "x", "a:b:c", "☃", signing.dumps([7, 9e12], salt="another purpose")])
def test_what_we_did_not_sign_is_no_token(token: str) -> None:
    assert tokens.read(token) is None
    assert tokens.read(tokens.make(7)[:-1]) is None


def test_a_link_is_no_token_and_a_token_no_link() -> None:
    link = links.make(7, "/sessions/1/host").removeprefix("/enter/")
    assert links.read(link) == (7, "/sessions/1/host")
    assert tokens.read(link) is None
    with pytest.raises(Invalid, match="not complete"):
        links.read(tokens.make(7))


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
