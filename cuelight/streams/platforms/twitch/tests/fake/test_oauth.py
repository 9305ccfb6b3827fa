"""Consent, codes, tokens that rotate, validation, revocation; and the fake as a process and in a thread."""

import asyncio
import sys
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx2 as httpx
import pytest

from cuelight.streams.platforms.twitch.tests.fake import CLIENT, SECRET, FakeTwitch
from cuelight.streams.platforms.twitch.tests.fake.bare import Bare
from cuelight.streams.platforms.twitch.tests.fake.threaded import InThread

BACK = "http://127.0.0.1:9/back"
CONSENT = {
    "client_id": CLIENT,
    "redirect_uri": BACK,
    "response_type": "code",
    "scope": "user:read:chat bits:read",
    "state": "s t&te",
}


async def _consent(bare: Bare, **change: str) -> httpx.Response:
    return await bare.http.get(f"{bare.twitch.oauth_url}/authorize?{urlencode(CONSENT | change)}")


async def _sent_back(bare: Bare, **change: str) -> dict[str, str]:
    answer = await _consent(bare, **change)
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith(BACK)
    return {name: values[0] for name, values in parse_qs(urlsplit(answer.headers["Location"]).query).items()}


async def _exchange(bare: Bare, code: str, **change: str) -> httpx.Response:
    form = {
        "client_id": CLIENT,
        "client_secret": SECRET,
        "code": code,
        "grant_type": "authorization_code",
        "redirect_uri": BACK,
    }
    return await bare.http.post(f"{bare.twitch.oauth_url}/token", data=form | change)


async def _validate(bare: Bare, access: str, scheme: str = "OAuth") -> httpx.Response:
    headers = {"Authorization": f"{scheme} {access}"}
    return await bare.http.get(f"{bare.twitch.oauth_url}/validate", headers=headers)


async def test_consent_sends_back_with_a_code_that_is_good_once(bare: Bare) -> None:
    back = await _sent_back(bare)
    assert back["state"] == "s t&te"
    said = (await _exchange(bare, back["code"])).json()
    assert said["scope"] == ["user:read:chat", "bits:read"]
    assert said["token_type"] == "bearer"
    assert set(said) == {"access_token", "expires_in", "refresh_token", "scope", "token_type"}
    assert (await _exchange(bare, back["code"])).status_code == 400


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"redirect_uri": "http://127.0.0.1:9/elsewhere"}, 400),
        ({"client_secret": "wrong"}, 403),
        ({"client_id": "wrong"}, 400),
        ({"grant_type": "magic"}, 400),
        ({"code": "wrong"}, 400),
    ],
)
async def test_a_wrong_exchange_is_refused(bare: Bare, change: dict[str, str], status: int) -> None:
    code = (await _sent_back(bare))["code"]
    assert (await _exchange(bare, **{"code": code} | change)).status_code == status


async def test_a_person_can_say_no(bare: Bare) -> None:
    bare.twitch.says = "access_denied"
    back = await _sent_back(bare)
    assert back["error"] == "access_denied"
    assert back["state"] == "s t&te"
    assert "code" not in back


async def test_the_page_of_consent_waits_for_a_button(bare: Bare) -> None:
    bare.twitch.asks = True
    page = await _consent(bare, state='"><script>')
    assert page.status_code == 200
    assert "<button" in page.text
    assert "<script>" not in page.text
    assert "code" in await _sent_back(bare, pressed="allow")
    assert (await _sent_back(bare, pressed="cancel"))["error"] == "access_denied"


async def test_a_stranger_of_an_app_gets_no_page(bare: Bare) -> None:
    assert (await _consent(bare, client_id="wrong")).status_code == 400


async def test_a_refresh_token_rotates_and_reuse_is_noticed(bare: Bare) -> None:
    first, access = bare.granted.refresh, bare.granted.access
    assert (await bare.refresh()).status_code == 200
    assert bare.granted.refresh != first
    assert bare.granted.access != access
    assert (await bare.ask("GET", "users")).status_code == 200
    assert bare.twitch.oauth.reused == []
    again = await bare.refresh(first)
    assert (again.status_code, again.json()["error"]) == (400, "invalid_grant")
    assert bare.twitch.oauth.reused == [first]
    assert (await bare.ask("GET", "users")).status_code == 401
    assert (await bare.refresh()).status_code == 400
    assert len(bare.twitch.refreshes()) == 3


async def test_a_token_is_validated_until_it_ends(bare: Bare) -> None:
    for scheme in ("OAuth", "Bearer"):
        said = (await _validate(bare, bare.granted.access, scheme)).json()
        assert said["login"] == "pavoi"
        assert said["user_id"] == "1001"
        assert "user:read:chat" in said["scopes"]
        assert 14_000 < said["expires_in"] <= 14_400
    bare.twitch.oauth.expire()
    assert (await _validate(bare, bare.granted.access)).status_code == 401


async def test_a_revoked_token_is_void(bare: Bare) -> None:
    form = {"client_id": CLIENT, "token": bare.granted.access}
    url = f"{bare.twitch.oauth_url}/revoke"
    assert (await bare.http.post(url, data=form)).status_code == 200
    assert (await bare.ask("GET", "users")).status_code == 401
    assert (await bare.http.post(url, data=form)).status_code == 400


async def test_an_app_gets_a_token_of_its_own(bare: Bare) -> None:
    said = (await _exchange(bare, "", grant_type="client_credentials")).json()
    assert "refresh_token" not in said
    assert "user_id" not in (await _validate(bare, said["access_token"])).json()


async def test_a_server_that_is_stopped_leaves_nothing_open() -> None:
    async with FakeTwitch() as twitch, Bare(twitch, twitch.grant()) as bare:
        ear = await bare.listen()
        await twitch.__aexit__()
        await ear.until(lambda: ear.is_over)
        with pytest.raises(httpx.ConnectError):
            await bare.ask("GET", "users")


def test_it_runs_in_a_thread_for_clients_that_block() -> None:
    with InThread(speed=50) as fake:
        granted = fake.do(lambda twitch: twitch.grant())
        headers = {"Authorization": f"Bearer {granted.access}", "Client-Id": fake.twitch.client_id}
        assert httpx.get(f"{fake.twitch.helix_url}/users", headers=headers).status_code == 200
        assert fake.twitch.count("/helix/users") == 1
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"{fake.twitch.helix_url}/users")


async def test_it_runs_as_a_process_and_is_told_what_happens() -> None:
    name = "cuelight.streams.platforms.twitch.tests.fake"
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", name, "--port", "0", stdout=asyncio.subprocess.PIPE
    )
    try:
        assert process.stdout
        line = (await asyncio.wait_for(process.stdout.readline(), 20)).decode()
        origin = line.split()[1].removesuffix("/helix")
        async with httpx.AsyncClient() as http:
            said = await http.post(f"{origin}/control/say", json={"user": "ada", "text": "hello"})
            assert said.json()["result"]
            assert (await http.post(f"{origin}/control/follow", json={"user": "ada"})).status_code == 200
            granted = (await http.post(f"{origin}/control/grant", json={})).json()["result"]
            headers = {"Authorization": f"Bearer {granted['access']}", "Client-Id": CLIENT}
            followers = await http.get(f"{origin}/helix/channels/followers?broadcaster_id=1001", headers=headers)
            assert followers.json()["total"] == 1
            assert (await http.get(f"{origin}/control/asked")).json()["asked"][0]["path"] == "/helix/channels/followers"
            assert (await http.post(f"{origin}/control/nonsense", json={})).status_code == 404
            assert (await http.post(f"{origin}/control/say", json={"user": 7})).status_code == 400
    finally:
        process.terminate()
        assert await asyncio.wait_for(process.wait(), 10) == 0


async def test_a_fake_that_falls_over_says_so_when_it_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else a mistake of the fake looks like a fault that was asked for."""
    with pytest.raises(ExceptionGroup, match="fell over"):
        async with FakeTwitch() as twitch, Bare(twitch, twitch.grant()) as bare:
            monkeypatch.setattr(twitch.oauth, "token", lambda access: 1 / 0)
            with pytest.raises(httpx.RemoteProtocolError):
                await bare.ask("GET", "users")
