"""Commands beside ``run``, on a database that DATABASE_URL names."""

import urllib.request
from pathlib import Path

import psycopg
import pytest

from cuelight.tests.installation import Installation


@pytest.fixture
def installation(tmp_path: Path, database_url: str) -> Installation:
    return Installation(tmp_path, database_url)


def test_link_token_and_reset_of_the_sample_studio(installation: Installation, database_url: str) -> None:
    assert installation.command("seed").returncode == 0
    link = installation.command("link", "--role", "host", "--session", "2").stdout.strip()
    assert link.startswith(f"http://localhost:{installation.port}/enter/")
    token = installation.command("token", "--role", "producer").stdout.strip()
    assert token.replace("-", "").replace("_", "").replace(":", "").isalnum()
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
        (["token", "--role", "producer", "--studio", "nowhere"], "There is no studio 'nowhere'."),
        (["import", "nowhere.csv", "--brand", "pavoi"], "nowhere.csv"),
        (["import", "samples/holiday-vault.csv", "--brand", "nowhere"], "nowhere"),
        (["run", "--processes", "0"], "--processes takes a number from 1 up."),
    ],
)
def test_what_cannot_be_done_is_one_sentence(installation: Installation, words: list[str], sentence: str) -> None:
    installation.command("seed")
    done = installation.command(*words)
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


def test_a_printed_link_signs_in(installation: Installation) -> None:
    installation.command("seed")
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
