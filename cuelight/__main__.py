"""The command line: ``cuelight run`` and what a studio needs beside it."""

import argparse
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cuelight.postgres.signals import on_stop

if TYPE_CHECKING:
    from cuelight.postgres.embedded import Cluster
    from cuelight.supervisor import Kept

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cuelight.settings")


class Usage(Exception):
    """Something the person at the keyboard can mend; its text is all they see."""


class Stopped(BaseException):
    """A signal has asked this process to stop."""


def main(arguments: list[str] | None = None) -> None:
    """Runs one command; what goes wrong in a way a person can mend is one sentence on standard error."""
    options = parser().parse_args(arguments)
    from django.core.exceptions import ImproperlyConfigured

    from cuelight.errors import CuelightError

    # A stop in the middle of anything ends the embedded PostgreSQL, too. Servers and worker have ways of their own.
    on_stop(stop)
    try:
        set_up()
        options.command(options)
    except (Usage, ImproperlyConfigured, CuelightError) as error:
        sys.exit(f"cuelight: {error}")
    except Stopped as stopped:
        # Stopping is how "run" ends; everything else was not finished.
        sys.exit(0 if options.command is run else 128 + stopped.args[0])


def stop(number: int, _frame: object) -> None:
    raise Stopped(number)


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
    link = add("link", print_link, "print a link that signs in a person with a role")
    link.add_argument("--role", required=True, choices=["admin", "producer", "host", "cataloger"])
    link.add_argument("--session", type=int, metavar="ID", help="which session to open (default the first)")
    token = add("token", print_token, "make a token for sockets and HTTP, and print it once")
    token.add_argument("--scope", required=True, action="append", choices=["overlay", "watch", "control", "catalog"])
    token.add_argument("--name", default="made on the command line", help="what it is called in the list of tokens")
    token.add_argument("--session", type=int, metavar="ID", help="good for this session only")
    add("check-pictures", check_pictures, "look whether pictures can be stored and fetched where the settings say")
    add("move-pictures", move_pictures, "copy the pictures of the local folder into the bucket of the settings")
    found = add("studio", make_studio, "make a studio, and print a link that makes somebody its admin")
    found.add_argument("--name", required=True)
    found.add_argument("--admin", required=True, metavar="EMAIL", help="whom the link is for")
    somebody = add("person", make_person, "make a person with a confirmed address, and print a link that signs them in")
    somebody.add_argument("--email", required=True)
    somebody.add_argument("--name", required=True)
    somebody.add_argument("--role", required=True, action="append", choices=["admin", "producer", "host", "cataloger"])
    document = add("document", inspect_document, "tell how a shared document stands")
    document.add_argument("id", type=int)
    document.add_argument("--text", action="store_true", help="its text, too")
    for either in (link, token, somebody):
        either.add_argument("--studio", metavar="SLUG", default="")
    return whole


def set_up() -> None:
    """Reads the settings and says where records go. Refuses a studio that others can reach and that is not safe."""
    from django.conf import settings

    from cuelight import logs

    if settings.MISSING:
        raise Usage("\ncuelight: ".join(f"environment variable {name} is missing." for name in settings.MISSING))
    logs.configure(settings.LOGGING)


@contextmanager
def database() -> Iterator["Cluster | None"]:
    """The database for one command: the one of DATABASE_URL, or the embedded one, started or adopted."""
    from django.conf import settings

    if settings.DATABASE_URL:
        yield None
        return
    from cuelight.postgres import embedded
    from cuelight.postgres.signals import undisturbed

    try:
        cluster = embedded.start(settings.DATA_DIR)
    except OSError as error:
        raise Usage(
            f"the data folder {settings.DATA_DIR} cannot be used ({error.strerror}: {error.filename}). "
            "Set CUELIGHT_DATA_DIR to a folder you may write to."
        ) from error
    except RuntimeError as error:
        raise Usage(f"{error}") from error
    try:
        cluster.create_database("cuelight")
        os.environ["DATABASE_URL"] = cluster.url()
        # For this process; its children read the variable.
        settings.DATABASE_URL = cluster.url()
        settings.DATABASES["default"].update(configured(cluster.url()))
        yield cluster
    finally:
        with undisturbed():
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
            f"Set PORT to another one: PORT={settings.PORT % 65535 + 1} make run"
        ) from error
    with listening, database() as cluster:
        bring_up_to_date(samples=settings.DEMO)
        adopt_passphrases()
        warn_of_pictures()
        also = [] if cluster is None else [kept(cluster)]
        supervisor.run(listening, processes=options.processes, ready=print_links, also=also)


def adopt_passphrases() -> None:
    """What the environment says of device passphrases, for the first studio. Only their hashes are kept."""
    from django.conf import settings

    from cuelight.accounts import actions

    changed = actions.adopt_passphrases(settings.ROLE_PASSPHRASES)
    settings.ROLE_PASSPHRASES = {}
    if changed:
        print(f"Set the passphrase of: {', '.join(changed)}.", flush=True)


def warn_of_pictures() -> None:
    """Of a bucket that does not work. The studio starts all the same: a show goes on without new pictures."""
    from django.conf import settings

    if settings.S3_GIVEN:
        from cuelight.catalog import picture_commands

        for problem in picture_commands.problems(thoroughly=False):
            print(f"cuelight: pictures: {problem}", file=sys.stderr, flush=True)


def check_pictures(options: argparse.Namespace) -> None:
    import django

    django.setup()
    from cuelight.catalog import picture_commands

    print(f"Pictures go to {picture_commands.place()}.")
    found = list(picture_commands.problems())
    if found:
        raise Usage("\ncuelight: ".join(found))
    print("They can be written, read and deleted there.")


def move_pictures(options: argparse.Namespace) -> None:
    import django

    django.setup()
    from cuelight.catalog import picture_commands

    copied = picture_commands.move(print)
    print(f"{copied} files are new in {picture_commands.place()}. The local folder stays as it is.")


def kept(cluster: "Cluster") -> "Kept":
    """Brings the embedded PostgreSQL back when it has died; servers and worker find it again by themselves."""
    from cuelight.supervisor import Kept

    return Kept("PostgreSQL", cluster.mend, lambda: cluster.is_running, cluster.last_words, started_at=time.monotonic())


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


def bring_up_to_date(*, samples: bool = False) -> None:
    """Migrates, if there is anything to migrate, and adds the sample studio; one process at a time."""
    import django

    django.setup()
    from django.db import OperationalError, ProgrammingError, connection
    from psycopg.errors import InsufficientPrivilege

    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(hashtext('cuelight migrate'))")
            migrate_what_is_new()
            if samples:
                add_samples()
            cursor.execute("SELECT pg_advisory_unlock(hashtext('cuelight migrate'))")
    except OperationalError as error:
        raise Usage(f"the database does not answer: {why_not(error)}") from error
    except ProgrammingError as error:
        if isinstance(error.__cause__, InsufficientPrivilege):
            raise Usage(f"the database user may not make tables: {first_line(error)}.") from error
        raise


def migrate_what_is_new() -> None:
    from django.core.management import call_command
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        print("Bringing the database up to date…", flush=True)
        call_command("migrate", verbosity=0)
        # The journal's plans are made once, from the statistics of that moment.
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")


def why_not(error: Exception) -> str:
    """What the server itself says: the pool only knows that it got no connection in time."""
    import psycopg

    from cuelight.live.db import psycopg_arguments

    try:
        psycopg.connect(**psycopg_arguments() | {"connect_timeout": 3}).close()
    except psycopg.Error as direct:
        return first_line(direct)
    return first_line(error)


def first_line(error: Exception) -> str:
    return next(iter(str(error).strip().splitlines()), type(error).__name__)


def seed(options: argparse.Namespace) -> None:
    with database():
        bring_up_to_date(samples=True)
        print("The sample studio is there.")


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
        empty_database()
        shutil.rmtree(settings.MEDIA_ROOT, ignore_errors=True)
        bring_up_to_date(samples=True)
        print("The database is new, with the sample studio in it.")


def empty_database() -> None:
    """Drops everything. Not under a running studio: it would go on showing what is no longer there."""
    import psycopg

    from cuelight.live.db import psycopg_arguments

    ours = "datname = current_database() AND application_name LIKE 'cuelight%' AND pid <> pg_backend_pid()"
    try:
        with psycopg.connect(**psycopg_arguments()) as connection:
            if connection.execute(f"SELECT FROM pg_stat_activity WHERE {ours}".encode()).rowcount:
                raise Usage("the database is in use; stop Cuelight first.")
            connection.execute("SET LOCAL lock_timeout = '5s'")
            connection.execute("DROP SCHEMA public CASCADE")
            connection.execute("CREATE SCHEMA public")
    except psycopg.errors.LockNotAvailable as error:
        raise Usage("the database is in use; stop Cuelight first.") from error
    except psycopg.Error as error:
        raise Usage(f"the database cannot be emptied: {first_line(error)}") from error


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
        from cuelight.accounts import actions, queries

        studio = queries.studio_by_slug(options.studio)
        _, secret = actions.create_token(
            studio["id"], name=options.name, scopes=options.scope, session_id=options.session
        )
        print(secret)


def inspect_document(options: argparse.Namespace) -> None:
    with database():
        bring_up_to_date()
        from cuelight.documents import inspection

        for line in inspection.told(options.id, with_text=options.text):
            print(line)


def make_studio(options: argparse.Namespace) -> None:
    """For a studio that nobody can get into yet: whoever opens the link makes an account, and is its admin."""
    with database():
        bring_up_to_date()
        from django.conf import settings

        from cuelight.accounts import actions

        studio, path = actions.found_studio_for(options.name, email_of(options.admin))
        print(f"The studio {studio} is there. Its admin comes in by this link, once, within 7 days:")
        print(f"{settings.PUBLIC_URL}{path}")


def make_person(options: argparse.Namespace) -> None:
    with database():
        bring_up_to_date()
        from django.conf import settings

        from cuelight.accounts import actions, links, queries

        studio = queries.studio_by_slug(options.studio)
        person_id = actions.create_confirmed_person(
            email_of(options.email), options.name, studio_id=studio["id"], roles=options.role
        )
        print(f"{settings.PUBLIC_URL}{links.make(person_id, '/')}")


def email_of(text: str) -> str:
    from django.core.exceptions import ValidationError
    from django.core.validators import validate_email

    try:
        validate_email(text)
    except ValidationError as error:
        raise Usage(f"{text!r} is not an e-mail address.") from error
    return text.strip().lower()


def sign_in_link(role: str, session_id: int | None = None, studio_slug: str = "") -> str:
    """A link that signs in the first person with a role and opens their page of a session: without one, of the first.

    Raises NotFound for a studio, a person or a session that is not there.
    """
    from django.conf import settings

    from cuelight.accounts import links, queries

    studio = queries.studio_by_slug(studio_slug)
    person_id, _ = queries.person_with_role(studio["id"], role)
    session_id = session_of(studio["id"], session_id)
    page = "/" if session_id is None else f"/sessions/{session_id}/{'host' if role == 'host' else 'producer'}"
    return f"{settings.PUBLIC_URL}{links.make(person_id, '/imports' if role == 'cataloger' else page)}"


def session_of(studio_id: int, session_id: int | None) -> int | None:
    from cuelight.errors import NotFound
    from cuelight.sessions import queries

    ids = [session["id"] for session in queries.list_sessions([studio_id])]
    if session_id is not None and session_id not in ids:
        raise NotFound(f"There is no session {session_id} in this studio.")
    return min(ids, default=None) if session_id is None else session_id


def print_links() -> None:
    from django.conf import settings

    print(f"\nCuelight is running at {settings.PUBLIC_URL}")
    if settings.DEMO:
        for role in ("producer", "host"):
            print_sign_in(role)
        print(f"  Sign in   {settings.PUBLIC_URL}/sign-in")
    print("Stop with Ctrl+C.", flush=True)


def print_sign_in(role: str) -> None:
    """One line; none when nobody has that role, or the database is away: the studio runs without it."""
    from django.db import DatabaseError

    from cuelight.errors import CuelightError

    with suppress(CuelightError, DatabaseError):
        print(f"  {role.capitalize():<9} {sign_in_link(role)}")


if __name__ == "__main__":
    main()
