"""Who answers for the database has proved its name, on every connection there is; shown on the wire."""

import asyncio
import re
import ssl
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from typing import Any
from urllib.parse import quote

import asyncpg
import psycopg
import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import connections
from django.db.backends.postgresql.base import DatabaseWrapper
from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector

from cuelight import environment, settings
from cuelight.live.connections import Connections
from cuelight.live.db import asyncpg_arguments, psycopg_arguments
from cuelight.live.relay_postgres import PostgresCarrier
from cuelight.postgres.pytest_plugin import databases
from cuelight.tests.certificates import Authority
from cuelight.tests.installation import ROOT, Installation
from cuelight.tests.tls_front import Front

# --- the rule


@pytest.mark.parametrize(
    ("url", "mode"),
    [
        ("postgresql://db.example/show", "verify-full"),
        ("postgresql://db.example/show?sslmode=verify-full", "verify-full"),
        ("postgresql://10.0.0.7/show", "verify-full"),
        ("postgresql://localhost.evil.example/show", "verify-full"),
        ("postgresql:///show?host=db.example", "verify-full"),
        ("postgresql:///show?host=localhost,db.example", "verify-full"),
        ("postgresql:///show", "verify-full"),  # libpq may have been told of a host by variables of its own
        ("postgresql://localhost/show", None),
        ("postgresql://127.0.0.1:5433/show", None),
        ("postgresql://[::1]/show", None),
        ("postgresql:///show?host=/run/postgresql", None),
        ("postgresql://localhost/show?sslmode=disable", "disable"),
        ("postgresql://localhost/show?sslmode=verify-full", "verify-full"),
    ],
)
def test_beyond_this_machine_the_server_must_prove_its_name(url: str, mode: str | None) -> None:
    options = settings.database(url)["OPTIONS"]
    assert options.get("sslmode") == mode
    assert ("sslrootcert" in options) is (mode == "verify-full")


@pytest.mark.parametrize("mode", ["disable", "allow", "prefer", "require", "verify-ca"])
@pytest.mark.parametrize("place", ["postgresql://db.example/show?", "postgresql:///show?host=/tmp,db.example&"])
def test_what_would_not_look_is_refused_with_what_to_do(mode: str, place: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="sslmode=verify-full") as refused:
        settings.database(f"{place}sslmode={mode}")
    assert f"sslmode={mode}, which does not check who answers" in str(refused.value)
    assert "CUELIGHT_DATABASE_CA" in str(refused.value)


@pytest.mark.parametrize("way_round", ["hostaddr=203.0.113.9", "service=other"])
def test_there_is_no_way_round_the_name(way_round: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="name the server"):
        settings.database(f"postgresql://localhost/show?{way_round}")


def test_whose_word_is_taken() -> None:
    assert settings.verified("db.example", {}, "/own.pem")["sslrootcert"] == "/own.pem"
    assert settings.verified("db.example", {"sslrootcert": "/url.pem"}, "")["sslrootcert"] == "/url.pem"
    assert settings.verified("db.example", {}, "")["sslrootcert"] == settings.SYSTEM_AUTHORITIES


@pytest.mark.parametrize(
    "option",
    [
        "ssl_cert_reqs=none",
        "ssl_cert_reqs=optional",
        "ssl_cert_reqs=",
        "ssl_check_hostname=false",
        "ssl_check_hostname=",
    ],
)
def test_redis_proves_its_name_too(monkeypatch: pytest.MonkeyPatch, option: str) -> None:
    monkeypatch.setenv("REDIS_URL", f"rediss://redis.example:6379/0?{option}")
    with pytest.raises(ImproperlyConfigured, match="does not check who answers"):
        environment.env_redis("REDIS_URL")
    monkeypatch.setenv("REDIS_URL", "rediss://redis.example:6379/0?ssl_ca_certs=/own.pem&ssl_check_hostname=true")
    assert environment.env_redis("REDIS_URL").startswith("rediss://")


def test_every_connection_is_made_from_what_the_settings_decided() -> None:
    made = re.compile(r"(?:psycopg|asyncpg|AsyncConnection|ConnectionPool)\b[\w.]*(?:connect|create_pool)?\((.*)")
    found = {}
    for path in sorted((ROOT / "cuelight").rglob("*.py")):
        if "/tests/" in str(path) or path.name in ("testing.py", "pytest_plugin.py"):
            continue
        text = path.read_text()
        for word in ("CERT_NONE", "check_hostname = False", "_create_unverified_context", "verify=False"):
            assert word not in text, path
        calls = [call[1] for call in made.finditer(text) if "connect(" in call[0] or "pool(" in call[0]]
        if calls:
            found[str(path.relative_to(ROOT / "cuelight"))] = calls
    assert found == {
        "__main__.py": [
            '**psycopg_arguments() | {"connect_timeout": 3}).close()',
            "**psycopg_arguments()) as connection:",
        ],
        "live/connections.py": ["**self._database, server_settings=SETTINGS, timeout=5, command_timeout=30)"],
        "live/relay_postgres.py": ["**self._arguments, timeout=5, command_timeout=10)"],
        "streams/ingest.py": ["**self._connect, statement_cache_size=10)"],
        "streams/platforms/twitch/tokens.py": ["**asyncpg_arguments())"],
        # Its own server, through the socket in its own folder.
        "postgres/embedded.py": ['self.url("postgres"), autocommit=True) as connection:'] * 2,
    }


# --- on the wire


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("own"), "own")


@pytest.fixture(scope="module")
def unknown(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("unknown"), "unknown")


SERVER = settings.database(databases.server)


async def open_database() -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    if SERVER["HOST"].startswith("/"):
        return await asyncio.open_unix_connection(f"{SERVER['HOST']}/.s.PGSQL.{SERVER['PORT'] or 5432}")
    return await asyncio.open_connection(SERVER["HOST"], int(SERVER["PORT"] or 5432))


def through(front: Front, name: str, host: str = "localhost") -> str:
    """The address of a database behind the front."""
    password = f":{quote(SERVER['PASSWORD'])}" if SERVER["PASSWORD"] else ""
    return f"postgresql://{quote(SERVER['USER'])}{password}@{host}:{front.port}/{name}?sslmode=verify-full"


@pytest.fixture
def reached(monkeypatch: pytest.MonkeyPatch, db: None) -> Callable[..., dict[str, Any]]:
    """Makes Django's database the one behind a front, with an authority's file."""

    def reach(front: Front, authority: Authority, host: str = "localhost") -> dict[str, Any]:
        monkeypatch.setattr(settings, "DATABASE_CA", str(authority.path))
        # In place: each thread and each loop has a wrapper of its own, all around this one.
        there = connections["default"].settings_dict
        for name, value in settings.database(through(front, there["NAME"], host)).items():
            monkeypatch.setitem(there, name, value)
        return {**there}

    return reach


def by_psycopg() -> None:
    with psycopg.connect(**psycopg_arguments(), connect_timeout=5) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)


def by_asyncpg() -> None:
    async def ask() -> None:
        connection = await asyncpg.connect(**asyncpg_arguments(), timeout=5)
        assert await connection.fetchval("SELECT 1") == 1
        await connection.close()

    asyncio.run(ask())


def by_the_journal() -> None:
    async def ask() -> None:
        ours = Connections(asyncpg_arguments(), 1)
        async with ours.one() as connection:
            assert len(await connection.fetch("SELECT 1")) == 1
        await ours.close()

    asyncio.run(ask())


def by_the_relay() -> None:
    async def ask() -> None:
        carrier, heard = PostgresCarrier(), asyncio.Event()
        await carrier.open(lambda _: heard.set(), lambda: None)
        await carrier.send(["hello"])
        await asyncio.wait_for(heard.wait(), 10)
        await carrier.close()

    asyncio.run(ask())


def by_the_worker() -> None:
    async def ask() -> None:
        connector = app.connector
        assert isinstance(connector, DjangoConnector)
        worker = app.with_connector(connector.get_worker_connector())
        async with worker.open_async():
            assert await worker.connector.execute_query_one_async("SELECT 1 AS one") == {"one": 1}

    asyncio.run(ask())


WAYS = [by_psycopg, by_asyncpg, by_the_journal, by_the_relay, by_the_worker]
REFUSALS = (psycopg.OperationalError, ssl.SSLError, ConnectionError, OSError, asyncpg.PostgresError)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
def test_the_right_server_is_reached_encrypted(
    authority: Authority, reached: Callable[..., dict[str, Any]], way: Callable[[], None], host: str
) -> None:
    with Front(open_database, authority.certificate_for(host)) as front:
        reached(front, authority, host)
        way()
        assert (front.encrypted > 0, front.plain) == (True, 0)


@pytest.mark.parametrize("way", [way for way in WAYS if way is not by_the_worker])
@pytest.mark.parametrize("wrong", ["unknown authority", "another name", "another address", "no TLS"])
def test_whoever_cannot_prove_it_is_told_nothing(
    authority: Authority,
    unknown: Authority,
    reached: Callable[..., dict[str, Any]],
    way: Callable[[], None],
    wrong: str,
) -> None:
    certificate = {
        "unknown authority": unknown.certificate_for("localhost"),
        "another name": authority.certificate_for("db.example"),
        "another address": authority.certificate_for("127.0.0.1"),
        "no TLS": None,
    }[wrong]
    with Front(open_database, certificate) as front:
        reached(front, authority)
        with pytest.raises(REFUSALS):
            way()
        assert (front.encrypted, front.plain) == (0, 0)


def test_pages_ask_over_the_same_checked_connection(
    authority: Authority,
    unknown: Authority,
    reached: Callable[..., dict[str, Any]],
) -> None:
    for signer, good in ((authority, True), (unknown, False)):
        with Front(open_database, signer.certificate_for("localhost")) as front:
            found = reached(front, authority)
            found["OPTIONS"]["pool"]["timeout"] = 1
            # Its pool, without what Django asks of each connection of its own.
            pages = DatabaseWrapper(found, alias=f"behind {signer.path.stem}")
            try:
                pages.pool.open()
                with nullcontext() if good else pytest.raises(psycopg.OperationalError):
                    pages.pool.putconn(pages.pool.getconn())
                assert (front.encrypted > 0, front.plain) == (good, 0)
            finally:
                pages.close_pool()


def test_a_whole_process_trusts_the_file_it_was_given_and_no_other(
    authority: Authority, unknown: Authority, database_url: str, tmp_path: Path
) -> None:
    name = settings.database(database_url)["NAME"]
    with Front(open_database, authority.certificate_for("localhost")) as front:
        installation = Installation(tmp_path, through(front, name))
        seeded = installation.command("seed", CUELIGHT_DATABASE_CA=str(authority.path))
        assert (seeded.returncode, seeded.stdout.splitlines()[-1:]) == (0, ["The sample studio is there."]), (
            seeded.stderr
        )
        assert (front.encrypted > 0, front.plain) == (True, 0)
        heard = front.encrypted
        refused = installation.command("seed", CUELIGHT_DATABASE_CA=str(unknown.path))
        assert refused.returncode == 1
        assert "certificate verify failed" in refused.stderr
        missing = installation.command("seed", CUELIGHT_DATABASE_CA=str(tmp_path / "none.pem"))
        assert missing.stderr.startswith("cuelight: CUELIGHT_DATABASE_CA is ")
        loose = installation.command("seed", DATABASE_URL="postgresql://db.example/show?sslmode=require")
        assert (loose.returncode, len(loose.stderr.splitlines())) == (1, 1)
        assert loose.stderr.startswith("cuelight: DATABASE_URL says sslmode=require, which does not check who answers")
        assert front.encrypted == heard
