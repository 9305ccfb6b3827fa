"""Commands beside ``run``, on a database that DATABASE_URL names."""

import urllib.request
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from cuelight.postgres.pytest_plugin import clone, databases, drop, own_name, with_database
from cuelight.tests.installation import Installation


@pytest.fixture
def installation(tmp_path: Path, database_url: str) -> Installation:
    return Installation(tmp_path, database_url)


@pytest.fixture(scope="module")
def seeded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """One with the sample studio, for tests that change nothing."""
    name = own_name()
    clone(databases.server, name, databases.template)
    installation = Installation(tmp_path_factory.mktemp("seeded"), with_database(databases.server, name))
    assert installation.command("seed").returncode == 0
    yield installation
    drop(databases.server, name)


def test_link_token_and_reset_of_the_sample_studio(installation: Installation, database_url: str) -> None:
    assert installation.command("seed").returncode == 0
    link = installation.command("link", "--role", "host", "--session", "2").stdout.strip()
    assert link.startswith(f"http://localhost:{installation.port}/enter/")
    token = installation.command("token", "--scope", "watch").stdout.strip()
    assert token.startswith("cue_")
    with psycopg.connect(database_url, autocommit=True) as database:
        database.execute("UPDATE catalog_product SET name = 'changed'")
        reset = installation.command("reset")
        assert reset.returncode == 0, reset.stderr
        rows = database.execute("SELECT count(*), count(*) FILTER (WHERE name = 'changed') FROM catalog_product")
        assert rows.fetchone() == (48, 0)
        brands = database.execute("SELECT slug, (SELECT count(*) FROM live_sessions_session) FROM catalog_brand")
        assert brands.fetchall() == [("pavoi", 2)]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["link", "--role", "cataloger"], "Nobody in this studio is cataloger."),
        (["link", "--role", "producer", "--session", "99"], "There is no session 99 in this studio."),
        (["token", "--scope", "watch", "--studio", "nowhere"], "There is no studio 'nowhere'."),
        (["import", "nowhere.csv", "--brand", "pavoi"], "nowhere.csv"),
        (["import", "samples/holiday-vault.csv", "--brand", "nowhere"], "nowhere"),
        (["run", "--processes", "0"], "--processes takes a number from 1 up."),
    ],
)
def test_what_cannot_be_done_is_one_sentence(seeded: Installation, words: list[str], sentence: str) -> None:
    done = seeded.command(*words)
    assert done.returncode == 1
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr


def test_an_import_by_command_makes_products_and_a_lineup(installation: Installation, database_url: str) -> None:
    installation.command("seed")
    sheet = installation.folder / "sheet.csv"
    sheet.write_text(
        "index,name,original_price,pid\n3,Ring,$10.00,555000000000000001\n4,Chain,$20.00,555000000000000002\n"
    )
    dry = installation.command("import", str(sheet), "--brand", "pavoi", "--dry-run")
    assert (dry.returncode, "Nothing" in dry.stdout) == (0, True), dry
    with psycopg.connect(database_url, autocommit=True) as database:
        new = "SELECT count(*) FROM catalog_product WHERE pid LIKE '5550000%'"
        assert database.execute(new).fetchone() == (0,)
        done = installation.command("import", str(sheet), "--brand", "pavoi")
        assert done.returncode == 0, done.stderr
        assert database.execute(new).fetchone() == (2,)
        again = installation.command("import", str(sheet), "--brand", "pavoi")
        assert (again.returncode, "2 skipped" in again.stdout) == (0, True), again
        assert database.execute(new).fetchone() == (2,)


def test_a_database_that_does_not_answer_is_one_sentence(tmp_path: Path) -> None:
    lost = Installation(tmp_path, "postgresql://nobody@127.0.0.1:1/nothing?connect_timeout=2")
    done = lost.command("migrate")
    assert done.returncode == 1
    assert done.stderr.startswith("cuelight: the database does not answer")


def test_a_role_that_there_is_not_is_refused_with_those_there_are(seeded: Installation) -> None:
    done = seeded.command("link", "--role", "king")
    assert done.returncode == 2
    assert "choose from 'admin', 'producer', 'host', 'cataloger'" in done.stderr.replace("choose from admin", "choose")


@pytest.mark.parametrize("folder", ["/proc/nowhere", "a file"])
def test_a_data_folder_that_cannot_be_used_is_one_sentence(tmp_path: Path, folder: str) -> None:
    (tmp_path / "a file").touch()
    done = Installation(tmp_path / folder).command("migrate")
    assert done.returncode == 1
    assert done.stderr.startswith(f"cuelight: the data folder {tmp_path / folder} cannot be used (")
    assert done.stderr.endswith("Set CUELIGHT_DATA_DIR to a folder you may write to.\n")


def test_a_running_studio_is_not_reset(seeded: Installation) -> None:
    seeded.start()
    try:
        done = seeded.command("reset")
        assert (done.returncode, done.stderr) == (1, "cuelight: the database is in use; stop Cuelight first.\n")
    finally:
        assert seeded.stop() == 0


def test_a_printed_link_signs_in(seeded: Installation) -> None:
    installation = seeded
    installation.start()
    try:
        link = installation.command("link", "--role", "producer", "--session", "1").stdout.strip()
        jar = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
        with jar.open(link, timeout=10) as page:
            assert page.url == f"http://localhost:{installation.port}/sessions/1/producer"
            assert "ProducerConsole" in page.read().decode()
    finally:
        assert installation.stop() == 0


def test_the_help_names_every_command(installation: Installation) -> None:
    text = installation.command("--help").stdout
    assert all(word in text for word in ("run", "worker", "migrate", "seed", "reset", "import", "link", "token"))
