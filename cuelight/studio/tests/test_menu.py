"""The menu at the side of office pages: who finds which way in it."""

import re
from collections.abc import Callable

import pytest
from django.test import Client

from cuelight.accounts.models import Membership, Person, Studio
from cuelight.accounts.testing import sign_in


def menu(person: Person, path: str = "/home") -> dict[str, bool]:
    """What the places of the menu are called, each with whether it is the page one is on."""
    client = Client()
    sign_in(client, person)
    page = client.get(path).content.decode()
    link = r'<a class="nav-link" href="[^"]+" ([^>]*)>.*?<span class="word">(\w+)</span>'
    return {name: marked == 'aria-current="page"' for marked, name in re.findall(link, page, re.DOTALL)}


@pytest.mark.parametrize(
    ("role", "places"),
    [
        ("admin", ["Home", "Live", "Overlays", "Sessions", "Documents", "Products", "Imports", "Docks", "Studio"]),
        ("producer", ["Home", "Live", "Overlays", "Sessions", "Documents", "Products", "Imports", "Docks", "Studio"]),
        ("host", ["Home", "Live", "Sessions", "Documents"]),
        ("cataloger", ["Home", "Sessions", "Documents", "Products", "Imports", "Studio"]),
    ],
)
def test_each_role_finds_what_it_may_open(
    studio: Studio, person: Callable[..., Person], role: str, places: list[str]
) -> None:
    assert list(menu(person("Somebody", studio, role))) == places


def test_who_belongs_to_no_studio_finds_nothing_live(person: Callable[..., Person]) -> None:
    assert list(menu(person("Noor"))) == ["Home", "Sessions", "Documents"]


def test_a_role_in_any_studio_shows_what_is_live(studio: Studio, person: Callable[..., Person]) -> None:
    cat = person("Cat", studio, "cataloger")
    assert "Live" not in menu(cat)
    Membership.objects.create(person=cat, studio=Studio.objects.create(name="Rival TV", slug="rival"), role="host")
    assert "Live" in menu(cat)


@pytest.mark.parametrize(("path", "place"), [("/home", "Home"), ("/sessions", "Sessions"), ("/imports", "Imports")])
def test_the_page_one_is_on_is_marked(producer: Person, path: str, place: str) -> None:
    assert [name for name, is_here in menu(producer, path).items() if is_here] == [place]
