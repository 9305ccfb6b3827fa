"""Signing out ends a person's sockets: a console that was left open must not go on driving the show."""

import pytest
from django.test import Client as Browser

from cuelight.accounts import identity
from cuelight.accounts.models import Person, Studio
from cuelight.accounts.testing import secret_of_token, who
from cuelight.live import frames
from cuelight.live.db import run_db
from cuelight.live.handshake import Handshake
from cuelight.live.testing import connect

pytestmark = pytest.mark.usefixtures("live")


def with_cookie(browser: Browser) -> Handshake:
    return Handshake({name: morsel.value for name, morsel in browser.cookies.items()}, {}, {}, None, None)


async def with_token(person: Person, studio: Studio) -> Handshake:
    return Handshake({}, {}, {}, None, await run_db(secret_of_token, studio.pk, "overlay"))


async def test_signing_out_ends_all_sockets_of_that_person_and_of_nobody_else(
    studio: Studio, producer: Person, host: Person
) -> None:
    browser, air = Browser(), f"air:{studio.pk}"
    await browser.aforce_login(producer)
    signed_in = with_cookie(browser)
    mia = await identity.authenticate(signed_in)
    tom = who(host)
    async with connect(mia) as console, connect(mia) as overlay, connect(tom) as screen:
        for socket in (console, overlay, screen):
            assert (await socket.join(air)).status == "ok"
        await run_db(browser.post, "/sign-out")
        for socket in (console, overlay):
            await socket.until(lambda socket=socket: socket.close_code is not None)  # type: ignore[misc]
            assert socket.close_code == frames.SERVICE_RESTART  # which makes a client try again, with what it has
        assert (await screen.join(air)).status == "ok"
        assert screen.close_code is None
    assert await identity.authenticate(signed_in) is None


async def test_a_socket_with_a_token_stays(studio: Studio, producer: Person) -> None:
    """An overlay in OBS has a token of its own and must survive its producer's signing out at home."""
    browser = Browser()
    await browser.aforce_login(producer)
    overlay = await with_token(producer, studio)
    async with connect(await identity.authenticate(overlay)) as socket:
        await run_db(browser.post, "/sign-out")
        assert (await socket.join(f"air:{studio.pk}")).status == "ok"
        assert socket.close_code is None
    async with connect(await identity.authenticate(overlay)) as socket:
        assert (await socket.join(f"air:{studio.pk}")).status == "ok"
