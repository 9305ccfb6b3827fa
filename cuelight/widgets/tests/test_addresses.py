"""Secret addresses: the same for overlays and docks."""

from collections.abc import Callable

import pytest
from django.test import override_settings

from cuelight.accounts import tokens
from cuelight.accounts.access import Access
from cuelight.accounts.models import Person, Studio
from cuelight.errors import Invalid, NotFound
from cuelight.sealing import unseal
from cuelight.widgets import actions, addresses, dock_actions
from cuelight.widgets.address_models import Addressed
from cuelight.widgets.models import Dock, Overlay

pytestmark = pytest.mark.django_db


@pytest.fixture
def access(studio: Studio, producer: Person) -> Access:
    return Access(studio.pk, frozenset({"producer"}), producer.pk)


@pytest.fixture(params=["overlay", "dock"])
def made(request: pytest.FixtureRequest, access: Access) -> Addressed:
    if request.param == "overlay":
        return actions.create_overlay("Main", 1920, 1080, access=access)
    return dock_actions.create_dock("Main", "watch", access=access)


def leads_to(secret: str) -> list[Addressed]:
    """Every page that opens under an address."""
    found = [addresses.by_secret(Overlay, secret), addresses.by_secret(Dock, secret)]
    return [one for one in found if one is not None]


def test_an_address_leads_to_its_page_alone(made: Addressed) -> None:
    assert leads_to(addresses.secret_of(made)) == [made]
    assert leads_to("cue_nobody") == []


def test_a_secret_is_sealed_for_its_kind_of_page(made: Addressed) -> None:
    purpose = {Overlay: "widgets.overlay", Dock: "widgets.dock"}[type(made)]
    assert unseal(made.sealed_secret, purpose=purpose) == addresses.secret_of(made) != ""


@pytest.mark.parametrize(
    ("page", "name", "scopes"),
    [
        ("overlay", "Overlay Main", {"overlay"}),
        ("watch", "Dock Main", {"watch"}),
        ("control", "Dock Main", {"control"}),
    ],
)
def test_its_token_has_the_pages_name_and_no_right_but_its_own(
    access: Access, page: str, name: str, scopes: set[str]
) -> None:
    made: Addressed = (
        actions.create_overlay("Main", 1920, 1080, access=access)
        if page == "overlay"
        else dock_actions.create_dock("Main", page, access=access)
    )
    token = tokens.by_secret(addresses.secret_of(made))
    assert token is not None
    assert (token.token_id, token.name, set(token.scopes)) == (made.token_id, name, scopes)
    assert (token.studio_id, token.person_id) == (access.studio_id, access.person_id)


def test_a_secret_whose_key_is_lost_is_nothing_and_made_anew(made: Addressed, access: Access) -> None:
    with override_settings(SECRET_KEY="another-key-of-fifty-letters-or-more-for-the-signing", SECRET_KEY_FALLBACKS=[]):
        assert addresses.secret_of(made) == ""
        secret = addresses.regenerate(type(made), made.pk, access=access)
        made.refresh_from_db()
        assert addresses.secret_of(made) == secret
    assert leads_to(secret) == [made]


def test_a_new_address_ends_the_old_one(made: Addressed, access: Access) -> None:
    old = addresses.secret_of(made)
    new = addresses.regenerate(type(made), made.pk, access=access)
    assert (leads_to(old), leads_to(new)) == ([], [made])


def test_a_deleted_page_comes_back_under_another_address(made: Addressed, access: Access) -> None:
    old = addresses.secret_of(made)
    addresses.delete(type(made), made.pk, access=access)
    assert leads_to(old) == []
    assert addresses.pages(type(made), access.studio_id) == []
    assert addresses.studio_of(type(made), made.pk) == access.studio_id
    back = addresses.restore(type(made), made.pk, access=access)
    assert (leads_to(old), leads_to(addresses.secret_of(back))) == ([], [made])


def test_to_restore_what_is_there_changes_nothing(made: Addressed, access: Access) -> None:
    back = addresses.restore(type(made), made.pk, access=access)
    assert addresses.secret_of(back) == addresses.secret_of(made)


@pytest.mark.parametrize("act", [addresses.delete, addresses.restore, addresses.regenerate])
def test_another_studios_page_is_not_there(made: Addressed, stranger: Person, act: Callable[..., object]) -> None:
    elsewhere = Access(made.studio_id + 1, frozenset({"producer"}), stranger.pk)
    with pytest.raises(NotFound, match=f"There is no such {made.CALLED}."):
        act(type(made), made.pk, access=elsewhere)
    assert leads_to(addresses.secret_of(made)) == [made]


@pytest.mark.parametrize("name", ["", "  ", "a" * 61, "a\x07b"])
def test_a_page_has_a_name(made: Addressed, name: str) -> None:
    with pytest.raises(Invalid, match=f"Give the {made.CALLED} a name of up to 60 letters.") as refused:
        addresses.named(type(made), name)
    assert refused.value.reason == "invalid_name"


def test_a_studio_has_so_many_pages_at_most(made: Addressed, access: Access) -> None:
    addresses.require_room(type(made), access.studio_id, 2)
    with pytest.raises(Invalid, match=f"A studio has 1 {made.CALLED}s at most.") as refused:
        addresses.require_room(type(made), access.studio_id, 1)
    assert refused.value.reason == "too_many"
    addresses.delete(type(made), made.pk, access=access)
    addresses.require_room(type(made), access.studio_id, 1)
