"""The command line: ``cuelight run`` and what a studio needs beside it."""

import argparse
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import structlog

if TYPE_CHECKING:
    from cuelight.postgres.embedded import Cluster

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cuelight.settings")

LOOPBACK = ("127.0.0.1", "localhost", "::1")


class Usage(Exception):
    """Something the person at the keyboard can mend; its text is all they see."""


def main(arguments: list[str] | None = None) -> None:
    """Runs one command; what goes wrong in a way a person can mend is one sentence on standard error."""
    options = parser().parse_args(arguments)
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    from django.core.exceptions import ImproperlyConfigured

    from cuelight.errors import CuelightError

    # A stop in the middle of a set-up ends the embedded PostgreSQL, too. Server and worker have ways of their own.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    try:
        check_settings()
        options.command(options)
    except (Usage, ImproperlyConfigured, CuelightError) as error:
        sys.exit(f"cuelight: {error}")
    except KeyboardInterrupt:
        sys.exit(128 + signal.SIGINT)


def parser() -> argparse.ArgumentParser:
    whole = argparse.ArgumentParser(prog="cuelight", description="The studio software behind a live show.")
    commands = whole.add_subparsers(required=True, metavar="COMMAND")

    def add(name: str, run: Any, text: str) -> argparse.ArgumentParser:
        command = commands.add_parser(name, help=text, description=text)
        command.set_defaults(command=run)
        return command

    start = add("run", run, "start everything and print the links to open")
    start.add_argument("--processes", type=int, default=1, help="server processes (default 1)")
    server = add("server", serve, "one server process, on a socket opened by 'run'")
    server.add_argument("--fd", type=int, required=True)
    worker = add("worker", work, "the process that does jobs")
    for child in (server, worker):
        child.add_argument("--lifeline", type=int, help="a pipe of 'run': stop when it closes")
    add("migrate", migrate, "bring the database up to date")
    add("seed", seed, "add the sample studio, unless it is there")
    add("reset", reset, "drop the database, make it again and add the sample studio")
    load = add("import", import_file, "import products from a file, and put them into a session")
    load.add_argument("file", type=Path)
    load.add_argument("--brand", required=True, metavar="SLUG")
    load.add_argument("--session", metavar="SLUG")
    load.add_argument("--studio", metavar="SLUG", default="")
    load.add_argument("--dry-run", action="store_true", help="show what would happen, write nothing")
    load.add_argument("--upsert", action="store_true", help="update products that are there already")
    for name, command, text in (
        ("link", print_link, "print a link that signs in a person with a role"),
        ("token", print_token, "print a token for sockets (?token=) and HTTP (Authorization: Bearer)"),
    ):
        sign_in = add(name, command, text)
        sign_in.add_argument("--role", required=True, choices=["admin", "producer", "host", "cataloger"])
        sign_in.add_argument("--studio", metavar="SLUG", default="")
        if name == "link":
            sign_in.add_argument("--session", type=int, default=1, metavar="ID")
    return whole


def check_settings() -> None:
    """Refuses to start a real studio without what makes it safe, naming what is missing."""
    from django.conf import settings

    if settings.PRODUCTION or settings.HOST not in LOOPBACK:
        for name in ("DATABASE_URL", "SECRET_KEY_BASE"):
            if not os.environ.get(name):
                raise Usage(f"environment variable {name} is missing.")


@contextmanager
def database() -> Iterator["Cluster | None"]:
    """The database for one command: the one of DATABASE_URL, or the embedded one, started or adopted."""
    from django.conf import settings

    if settings.DATABASE_URL:
        yield None
        return
    from cuelight.postgres import embedded

    try:
        cluster = embedded.start(settings.DATA_DIR)
        cluster.create_database("cuelight")
    except (RuntimeError, OSError) as error:
        raise Usage(f"{error}") from error
    try:
        os.environ["DATABASE_URL"] = cluster.url()
        # For this process; its children read the variable.
        settings.DATABASE_URL = cluster.url()
        settings.DATABASES["default"].update(configured(cluster.url()))
        yield cluster
    finally:
        close_connections()
        cluster.stop()


def configured(url: str) -> dict[str, Any]:
    from cuelight.settings import database

    return database(url)


def close_connections() -> None:
    from django.db import connections

    for connection in connections.all(initialized_only=True):
        connection.close()
        if hasattr(connection, "close_pool"):
            connection.close_pool()


def run(options: argparse.Namespace) -> None:
    from django.conf import settings

    from cuelight import supervisor

    if options.processes < 1:
        raise Usage("--processes takes a number from 1 up.")
    try:
        listening = supervisor.listen(settings.HOST, settings.PORT)
    except OSError as error:
        raise Usage(
            f"port {settings.PORT} of {settings.HOST} cannot be used ({error.strerror}). "
            f"Set PORT to another one: PORT={settings.PORT + 1} make run"
        ) from error
    with listening, database() as cluster:
        bring_up_to_date()
        if settings.DEMO:
            add_samples()
        supervisor.run(listening, processes=options.processes, ready=print_links, mend=lambda: mend(cluster))


def mend(cluster: "Cluster | None") -> None:
    """Brings the embedded PostgreSQL back when it has died; servers and worker find it again by themselves."""
    if cluster is None or cluster.is_running:
        return
    log = structlog.get_logger(__name__)
    log.warning("PostgreSQL ended; starting it again")
    try:
        cluster.mend()
    except (RuntimeError, OSError) as error:
        log.error("PostgreSQL does not start", error=str(error))


def serve(options: argparse.Namespace) -> None:
    import socket

    from cuelight import asgi, supervisor

    if options.lifeline is not None:
        supervisor.hold(options.lifeline)
    asgi.serve(socket.socket(fileno=options.fd))


def work(options: argparse.Namespace) -> None:
    import django

    django.setup()
    from cuelight import supervisor
    from cuelight.jobs import worker

    if options.lifeline is not None:
        supervisor.hold(options.lifeline)
    with database():
        worker.run()


def migrate(options: argparse.Namespace) -> None:
    with database():
        bring_up_to_date()


def bring_up_to_date() -> None:
    """Migrates, if there is anything to migrate; one process at a time."""
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import OperationalError, connection
    from django.db.migrations.executor import MigrationExecutor

    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(hashtext('cuelight migrate'))")
            executor = MigrationExecutor(connection)
            if executor.migration_plan(executor.loader.graph.leaf_nodes()):
                print("Bringing the database up to date…", flush=True)
                call_command("migrate", verbosity=0)
                # The journal's plans are made once, from the statistics of that moment.
                cursor.execute("ANALYZE")
            cursor.execute("SELECT pg_advisory_unlock(hashtext('cuelight migrate'))")
    except OperationalError as error:
        raise Usage(f"the database does not answer: {why_not(error)}") from error


def why_not(error: Exception) -> str:
    """What the server itself says: the pool only knows that it got no connection in time."""
    import psycopg
    from django.conf import settings

    try:
        psycopg.connect(settings.DATABASE_URL, connect_timeout=3).close()
    except psycopg.OperationalError as direct:
        return str(direct).strip().splitlines()[0]
    return str(error)


def seed(options: argparse.Namespace) -> None:
    with database():
        bring_up_to_date()
        add_samples()


def add_samples() -> None:
    from cuelight.sessions import sample

    if sample.is_missing():
        print("Adding the sample studio…", flush=True)
    sample.seed()
    sample.seed_large()


def reset(options: argparse.Namespace) -> None:
    import shutil

    from django.conf import settings

    with database():
        import django

        django.setup()
        from django.db import connection

        try:
            with connection.cursor() as cursor:
                cursor.execute("SET lock_timeout = '5s'")
                cursor.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
        except Exception as error:
            raise Usage(f"the database is in use; stop Cuelight first. ({error})") from error
        shutil.rmtree(settings.MEDIA_ROOT, ignore_errors=True)
        bring_up_to_date()
        add_samples()
        print("The database is new, with the sample studio in it.")


def import_file(options: argparse.Namespace) -> None:
    with database():
        bring_up_to_date()
        from cuelight.sessions.import_command import import_from_command_line

        import_from_command_line(
            options.file,
            studio_slug=options.studio,
            brand_slug=options.brand,
            session_slug=options.session,
            dry_run=options.dry_run,
            upsert=options.upsert,
            say=print,
        )


def print_link(options: argparse.Namespace) -> None:
    with database():
        bring_up_to_date()
        print(sign_in_link(options.role, options.session, options.studio))


def print_token(options: argparse.Namespace) -> None:
    with database():
        bring_up_to_date()
        from cuelight.accounts import queries, tokens

        studio = queries.studio_by_slug(options.studio)
        person_id, _ = queries.person_with_role(studio["id"], options.role)
        print(tokens.make(person_id))


def sign_in_link(role: str, session_id: int, studio_slug: str = "") -> str:
    """A link that signs in the first person with a role and opens their page of a session."""
    from django.conf import settings

    from cuelight.accounts import links, queries

    studio = queries.studio_by_slug(studio_slug)
    person_id, _ = queries.person_with_role(studio["id"], role)
    page = "/imports" if role == "cataloger" else f"/sessions/{session_id}/{'host' if role == 'host' else 'producer'}"
    return f"{settings.PUBLIC_URL}{links.make(person_id, page)}"


def print_links() -> None:
    from django.conf import settings

    print(f"\nCuelight is running at {settings.PUBLIC_URL}")
    if settings.DEMO:
        print(f"  Producer  {sign_in_link('producer', 1)}")
        print(f"  Host      {sign_in_link('host', 1)}")
        print(f"  Sign in   {settings.PUBLIC_URL}/sign-in")
    print("Stop with Ctrl+C.", flush=True)


if __name__ == "__main__":
    main()
