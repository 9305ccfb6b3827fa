"""No record holds what lets somebody in, wherever the mishap was: on a page, on a socket, in a job."""

import json
import logging
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import pytest
import structlog
from django.test import Client
from pytest_django import Settings

from cuelight import logs
from cuelight.accounts.models import Person
from cuelight.accounts.testing import who
from cuelight.live.testing import connect, running
from cuelight.live.tests.rooms import Room
from cuelight.tests.installation import ROOT, until

PLANTED = "cue_" + "Kx7-planted_Q" * 3
LINK = "eyJ0aGlzIjoiaXMifQ:1abcde:planted-signature_of-a-link"
SECRET = 'planted "secret" of äll cookies, 40 letters'

#: What tells of a mishap in full: its line and its traceback.
ADDRESSES = [
    f"/enter/{LINK}",
    f"/invitation/{LINK}",
    f"/confirm-email/{LINK}/",
    f"/password-reset/{LINK}/",
    f"/w/{LINK}",
    f"/dock/{LINK}",
    f"/sessions?token={PLANTED}&next=/enter/{LINK}",
    f"/anything/{PLANTED}",
]


@pytest.fixture(params=[False, True], ids=["for people", "in production"])
def written(request: pytest.FixtureRequest) -> Iterator[StringIO]:
    """What the process would have written to standard error."""
    stream = StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logs.formatter(production=request.param, secret=SECRET))
    root = logging.getLogger()
    root.addHandler(handler)
    before = structlog.get_config()
    structlog.configure(
        processors=[*logs.STAMPS, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
    )
    yield stream
    structlog.configure(**before)
    root.removeHandler(handler)


def assert_nothing_planted(text: str) -> None:
    assert logs.BLANK in text, "nothing was blanked: is it the right log?"
    for piece in ("planted", LINK[:20], "eyJ0aGlz", PLANTED[4:20]):
        assert piece not in text, text[-3000:]


@pytest.mark.urls("cuelight.tests.failing_urls")
@pytest.mark.parametrize("address", ADDRESSES)
def test_a_page_that_breaks(client: Client, written: StringIO, address: str, settings: Settings, db: None) -> None:
    client.raise_request_exception = False
    answer = client.get(
        address, headers={"authorization": "", "cookie": f"cuelight={LINK}", "referer": f"http://testserver{address}"}
    )
    assert answer.status_code == 500
    assert "Traceback" in written.getvalue()
    assert "broke while" in written.getvalue()
    assert_nothing_planted(written.getvalue())


async def test_a_socket_that_breaks(written: StringIO, producer: Person) -> None:
    class Careless(Room):
        topic = "careless:{room_id}"

        async def authorise(self) -> None:
            self.crew = False

        async def join(self, payload: object) -> dict[str, object]:  # type: ignore[override]
            raise RuntimeError(f"broke while it held {payload} Bearer {LINK}")

    async with running([Careless]), connect(who(producer)) as client:
        await client.join("careless:1", {"token": PLANTED})
        await client.join(f"careless:{PLANTED}", {})
    assert "join failed" in written.getvalue()
    assert_nothing_planted(written.getvalue())


JOB = f"""
import os
import django
os.environ["DJANGO_SETTINGS_MODULE"] = "cuelight.settings"
django.setup()
from django.conf import settings
from cuelight import logs
logs.configure(settings.LOGGING)
from cuelight.jobs import job, enqueue, worker

@job("test.careless")
def careless(link, token):
    raise RuntimeError(f"broke while it held {{link}} and {{token}} and {{settings.SECRET_KEY}}")

enqueue("test.careless", link="https://studio.example/invitation/{LINK}", token="{PLANTED}")
worker.run()
"""


@pytest.mark.parametrize("production", [False, True])
def test_a_job_that_fails(database_url: str, tmp_path: Path, production: bool) -> None:
    told = tmp_path / "worker.log"
    environment = os.environ | {
        "DATABASE_URL": database_url,
        "SECRET_KEY_BASE": SECRET,
        "CUELIGHT_DATA_DIR": str(tmp_path),
        "CUELIGHT_ENV": "production" if production else "development",
        "CUELIGHT_PUBLIC_URL": "https://studio.example",
    }
    with told.open("w") as log:
        worker = subprocess.Popen([sys.executable, "-c", JOB], env=environment, cwd=ROOT, stderr=log)
    try:
        until(lambda: "broke while" in told.read_text(), "a record of the failure")
    finally:
        worker.send_signal(signal.SIGTERM)
        worker.wait(20)
    text = told.read_text()
    if production:
        for line in text.splitlines():
            json.loads(line)
    assert_nothing_planted(text)


@pytest.mark.parametrize("secret", ["", "plain secret of all cookies", SECRET])
def test_the_secret_of_all_cookies_in_any_spelling(secret: str) -> None:
    for text in (f"it is {secret}!", json.dumps({"it": f"is {secret}!"}), json.dumps(secret, ensure_ascii=False)):
        found = logs.without_secrets(text, secret)
        assert not secret or secret not in found
        assert not secret or json.dumps(secret)[1:-1] not in found
    assert logs.without_secrets("nothing of it", secret) == "nothing of it"


@pytest.mark.parametrize(
    "text",
    [
        "rescue_operations_for_all",
        "/sessions/7/producer",
        "really? yes",
        "2026-11-21T10:00:00Z",
        "https://studio.example/",
    ],
)
def test_what_is_no_secret_stays_readable(text: str) -> None:
    assert logs.without_secrets(text, "plain secret of all cookies") == text
