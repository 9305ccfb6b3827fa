"""What a record looks like, from a real process of its own."""

import json
import subprocess
import sys

import pytest

from cuelight import logs

SPEAK = """
import logging, sys, structlog
from cuelight import logs
logs.configure(logs.configuration(production="--production" in sys.argv, secret="the secret of all cookies"))
log = structlog.get_logger("cuelight.speaking")
log.info("it began", url="postgresql://mia:hush@db/x", path="/enter/a.b-c?next=1")
logging.getLogger("uvicorn.error").warning("GET /socket/websocket?vsn=2.0.0&token=abc:def: the secret of all cookies")
logging.getLogger("some.library").info("nobody asked")
try:
    password = "never shown"
    raise ValueError("two\\nlines")
except ValueError:
    log.exception("it broke")
"""


def spoken(*words: str) -> list[str]:
    done = subprocess.run([sys.executable, "-c", SPEAK, *words], capture_output=True, text=True, check=True)
    assert done.stdout == ""
    return done.stderr.splitlines()


def test_for_people_a_record_is_a_line_with_time_level_and_logger() -> None:
    lines = spoken()
    assert "[info     ] it began [cuelight.speaking]" in lines[0]
    assert lines[0].startswith("20")
    assert "[warning  ] GET /socket" in lines[1]
    assert "[uvicorn.error]" in lines[1]
    assert "it broke" in lines[2]
    assert lines[3].startswith("Traceback")


def test_in_production_every_record_is_one_line_of_json() -> None:
    records = [json.loads(line) for line in spoken("--production")]
    assert [(record["level"], record["logger"]) for record in records] == [
        ("info", "cuelight.speaking"),
        ("warning", "uvicorn.error"),
        ("error", "cuelight.speaking"),
    ]
    assert all(record["timestamp"].endswith("Z") for record in records)
    assert "ValueError" in records[2]["exception"]


@pytest.mark.parametrize("words", [(), ("--production",)])
def test_no_record_lets_anybody_in(words: tuple[str, ...]) -> None:
    text = "\n".join(spoken(*words))
    for secret in ("hush", "abc:def", "a.b-c", "the secret of all cookies"):
        assert secret not in text
    assert "/enter/•••?•••" in text
    # Its line of source is quoted; the value of a variable never is.
    assert "password=" not in text


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("/confirm-email/Mg:1vx:k3y", "/confirm-email/•••"),
        ("/password-reset/1a/d0-f00?next=1", "/password-reset/•••?•••"),
        ("/oauth/github/callback?code=c0de&state=st4te", "/oauth/github/callback?•••"),
        ("accounts.send_mail[7](sealed='gAAAAB=')", "accounts.send_mail[7](sealed='•••')"),
    ],
)
def test_links_that_are_mailed_and_ways_back_are_blanked(text: str, left: str) -> None:
    assert logs.without_secrets(text, "") == left
