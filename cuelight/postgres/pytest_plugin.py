"""Tests run on real PostgreSQL: one embedded cluster for the whole run, its databases cloned from one template.

Loaded with ``-p`` so that it runs before the settings are read. The template is named by the migrations it was made
from, so an edited migration makes a new one and the next run skips migrating. With DATABASE_URL set, that server is
used instead. fsync is off: tests that crash a server start one of their own.
"""

import hashlib
import os
import re
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from cuelight.postgres import embedded
from cuelight.postgres.embedded import Cluster, is_alive
from cuelight.postgres.home import locked

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "var" / "tests"


def with_database(url: str, name: str) -> str:
    """The same server, another database."""
    return re.sub(r"^(\w+://[^/]*/)[^?]*", rf"\g<1>{name}", url)


def migrate(url: str) -> None:
    """All migrations, in a process of their own."""
    command = [sys.executable, "-m", "django", "migrate", "--verbosity=0"]
    environment = os.environ | {"DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "cuelight.settings"}
    subprocess.run(command, check=True, cwd=ROOT, env=environment)


def clone(server: str, name: str, template: str) -> None:
    with psycopg.connect(with_database(server, "postgres"), autocommit=True) as connection:
        statement = sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY")
        connection.execute(statement.format(sql.Identifier(name), sql.Identifier(template)))


def drop(server: str, name: str) -> None:
    with psycopg.connect(with_database(server, "postgres"), autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def fingerprint() -> str:
    """Names the state of all migrations, ours and the libraries' by their version in the lock file."""
    digest = hashlib.sha256((ROOT / "requirements" / "cuelight.txt").read_bytes())
    for path in sorted((ROOT / "cuelight").glob("*/migrations/*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def prepare_template(server: str) -> str:
    """The migrated template database, made if it is not there."""
    name = f"template_{fingerprint()}"
    with psycopg.connect(with_database(server, "postgres"), autocommit=True) as connection:
        found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone()
    if found is None:
        making = f"{name}_new"
        drop(server, making)
        clone(server, making, "template1")
        migrate(with_database(server, making))
        with psycopg.connect(with_database(server, "postgres"), autocommit=True) as connection:
            connection.execute(f"ALTER DATABASE {making} RENAME TO {name}")
    return name


def own_name() -> str:
    return f"own_{uuid.uuid4().hex[:12]}_{os.getpid()}"


def drop_what_was_left(server: str) -> None:
    """Removes the databases of runs that were killed; their names end with the pid."""
    with psycopg.connect(with_database(server, "postgres"), autocommit=True) as connection:
        query = "SELECT datname FROM pg_database WHERE datname ~ '^(test_run|own_[0-9a-f]+)_[0-9]+$'"
        found = connection.execute(query).fetchall()
    for (name,) in found:
        if not is_alive(int(name.rpartition("_")[2])):
            drop(server, name)


class Databases:
    """The server of this run, and databases on it."""

    def __init__(self) -> None:
        self.cluster: Cluster | None = None
        FOLDER.mkdir(parents=True, exist_ok=True)
        if "DATABASE_URL" not in os.environ:
            self.cluster = embedded.start(FOLDER, fsync=False)
            os.environ["DATABASE_URL"] = self.cluster.url("tests")
        self.server = os.environ["DATABASE_URL"]
        with locked(FOLDER / "template.lock"):
            if self.cluster is not None:
                drop_what_was_left(self.server)
            self.template = prepare_template(self.server)
        # Django puts "test_" before the name; what it finds there it keeps (--reuse-db).
        self.name = f"run_{os.getpid()}"
        os.environ["DATABASE_URL"] = with_database(self.server, self.name)
        clone(self.server, f"test_{self.name}", self.template)

    def close(self) -> None:
        drop(self.server, f"test_{self.name}")
        if self.cluster is not None:
            self.cluster.stop()


databases = Databases()


def pytest_unconfigure(config: pytest.Config) -> None:
    databases.close()


@pytest.fixture
def database_url() -> Iterator[str]:
    """A migrated, empty database of the test's own, for code that commits or runs in other processes."""
    name = own_name()
    clone(databases.server, name, databases.template)
    yield with_database(databases.server, name)
    drop(databases.server, name)


@pytest.fixture
def migrated() -> Callable[[Cluster], str]:
    """Makes a migrated database in a cluster of the test's own; returns its URL."""

    def make(cluster: Cluster) -> str:
        cluster.create_database("cuelight")
        migrate(cluster.url("cuelight"))
        return cluster.url("cuelight")

    return make
