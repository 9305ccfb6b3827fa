"""Where one is signed in; and that a sign-in ends with its open pages, within a second."""

import pytest
from allauth.usersessions.models import UserSession
from django.test import Client as Browser

from cuelight.accounts import actions, devices, identity, links
from cuelight.accounts.models import AuditEntry, Person, Studio
from cuelight.accounts.tests.mailbox import is_in
from cuelight.accounts.tests.test_sign_out import with_cookie
from cuelight.live.db import run_db
from cuelight.live.testing import connect

FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Mobile Safari/604.1"
PASSWORD = "a long secret phrase"


def browser_of(person: Person, user_agent: str = FIREFOX) -> Browser:
    browser = Browser(headers={"User-Agent": user_agent})
    browser.get(links.make(person.pk, "/"))
    return browser


def device(browser: Browser) -> str:
    return str(UserSession.objects.get(session_key=browser.session.session_key).pk)


def test_every_sign_in_is_listed_with_what_it_was_made_with(producer: Person) -> None:
    desk, phone = browser_of(producer), browser_of(producer, PHONE)
    page = desk.get("/account/devices").content.decode()
    assert page.count("Firefox on Windows") >= 1
    assert page.count("Safari on iPhone") >= 1
    assert page.count("This one") == 1
    assert "127.0.0.1" in page
    for browser in (desk, phone):
        assert str(browser.session.session_key) not in page


def test_one_device_is_signed_out(producer: Person) -> None:
    desk, phone = browser_of(producer), browser_of(producer, PHONE)
    assert desk.post("/account/devices", {"device": device(phone)})["Location"] == "/account/devices"
    assert (is_in(desk), is_in(phone)) == (True, False)
    assert AuditEntry.objects.get(kind="sign_out").target == "Safari on iPhone"


def test_all_others_or_all_are_signed_out(producer: Person) -> None:
    desk, phone, tablet = browser_of(producer), browser_of(producer), browser_of(producer)
    desk.post("/account/devices", {"device": "others"})
    assert [is_in(one) for one in (desk, phone, tablet)] == [True, False, False]
    phone = browser_of(producer)
    answer = desk.post("/account/devices", {"device": "all"})
    assert (answer["Location"], answer["Clear-Site-Data"]) == ("/sign-in", '"cache", "storage"')
    assert [is_in(one) for one in (desk, phone)] == [False, False]


@pytest.mark.parametrize("wanted", ["", "x", "0", "-1", "9" * 30, "1 OR 1=1"])
def test_what_is_no_device_signs_nobody_out(producer: Person, wanted: str) -> None:
    desk = browser_of(producer)
    assert desk.post("/account/devices", {"device": wanted}).status_code == 302
    assert is_in(desk)


def test_nobody_signs_somebody_else_out(producer: Person, host: Person) -> None:
    eve, tom = browser_of(producer), browser_of(host)
    eve.post("/account/devices", {"device": device(tom)})
    eve.post("/account/devices", {"device": "all"})
    assert is_in(tom)


def test_a_sign_in_is_noted_once_a_minute(producer: Person, django_assert_num_queries: object) -> None:
    desk = browser_of(producer)
    first = UserSession.objects.get().last_seen_at
    desk.get("/account/devices")
    assert UserSession.objects.get().last_seen_at == first
    devices.forget(str(desk.session.session_key))
    desk.get("/account/devices")
    assert UserSession.objects.get().last_seen_at > first


def test_signing_out_takes_it_off_the_list(producer: Person) -> None:
    desk = browser_of(producer)
    desk.post("/sign-out")
    assert not UserSession.objects.exists()


@pytest.mark.parametrize(
    ("user_agent", "name"),
    [
        (FIREFOX, "Firefox on Windows"),
        (PHONE, "Safari on iPhone"),
        ("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/150.0 Safari/537.36", "Chrome on Linux"),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/150.0 Safari/537.36 Edg/150.0", "Edge on Windows"),
        ("curl/8.0", "curl"),
        ("", "A browser"),
        ("<script>alert(1)</script>", "scriptalert1"),
    ],
)
def test_what_a_device_is_called(user_agent: str, name: str) -> None:
    assert devices.called(user_agent) == name


@pytest.mark.usefixtures("live")
async def test_signing_a_device_out_ends_its_sockets_and_no_others(studio: Studio, producer: Person) -> None:
    desk = await run_db(browser_of, producer)
    phone = await run_db(browser_of, producer, PHONE)
    here = await identity.authenticate(with_cookie(desk))
    there = await identity.authenticate(with_cookie(phone))
    async with connect(here) as kept, connect(there) as ended:
        for socket in (kept, ended):
            assert (await socket.join(f"air:{studio.pk}")).status == "ok"
        await run_db(desk.post, "/account/devices", {"device": await run_db(device, phone)})
        await ended.until(lambda: ended.close_code is not None)
        assert (await kept.join(f"air:{studio.pk}")).status == "ok"
        assert kept.close_code is None
    assert await identity.authenticate(with_cookie(phone)) is None


@pytest.mark.usefixtures("live")
async def test_a_new_password_ends_the_sockets_of_every_other_sign_in(studio: Studio, producer: Person) -> None:
    def set_up() -> tuple[Browser, Browser]:
        producer.set_password(PASSWORD)
        producer.save()
        return browser_of(producer), browser_of(producer, PHONE)

    desk, phone = await run_db(set_up)
    async with connect(await identity.authenticate(with_cookie(phone))) as ended:
        assert (await ended.join(f"air:{studio.pk}")).status == "ok"
        form = {"oldpassword": PASSWORD, "password1": "quite another phrase"}
        assert (await run_db(desk.post, "/account/password", form)).status_code == 302
        await ended.until(lambda: ended.close_code is not None)
    assert await identity.authenticate(with_cookie(phone)) is None
    assert await identity.authenticate(with_cookie(desk)) is not None


@pytest.mark.usefixtures("live")
async def test_erasing_an_account_ends_its_sockets(studio: Studio, producer: Person) -> None:
    desk = await run_db(browser_of, producer)
    async with connect(await identity.authenticate(with_cookie(desk))) as ended:
        assert (await ended.join(f"air:{studio.pk}")).status == "ok"
        await run_db(actions.erase_person, producer.pk)
        await ended.until(lambda: ended.close_code is not None)
    assert await identity.authenticate(with_cookie(desk)) is None
