"""Commands that let the first people into an installation, and passphrases from its environment."""

from pathlib import Path

import psycopg
import pytest

from cuelight.tests.installation import Installation


@pytest.fixture
def installation(tmp_path: Path, database_url: str) -> Installation:
    return Installation(tmp_path, database_url)


def test_a_first_studio_and_a_link_for_its_admin(installation: Installation, database_url: str) -> None:
    done = installation.command("studio", "--name", "Pavoi Live", "--admin", "Ada@Studio.example")
    assert done.returncode == 0, done.stderr
    assert f"http://localhost:{installation.port}/invitation/" in done.stdout
    with psycopg.connect(database_url) as database:
        [made] = database.execute(
            "SELECT slug, email, roles, max_uses, uses FROM accounts_invitation i JOIN accounts_studio s"
            " ON s.id = i.studio_id"
        )
    assert made == ("pavoi-live", "ada@studio.example", ["admin"], 1, 0)
    wrong = installation.command("studio", "--name", "Pavoi Live", "--admin", "ada")
    assert (wrong.returncode, "'ada' is not an e-mail address." in wrong.stderr) == (1, True)


def test_a_confirmed_person_with_a_link(installation: Installation, database_url: str) -> None:
    none = installation.command("person", "--email", "mia@studio.example", "--name", "Mia", "--role", "host")
    assert (none.returncode, "There is no studio yet." in none.stderr) == (1, True)
    assert installation.command("studio", "--name", "Pavoi", "--admin", "ada@studio.example").returncode == 0
    words = ("--email", "Mia@studio.example", "--name", "Mia", "--studio", "pavoi")
    for _ in range(2):
        done = installation.command("person", *words, "--role", "producer", "--role", "host")
        assert done.stdout.startswith(f"http://localhost:{installation.port}/enter/"), done
    with psycopg.connect(database_url) as database:
        addresses = database.execute('SELECT email, verified, "primary" FROM account_emailaddress').fetchall()
        roles = database.execute("SELECT role FROM accounts_membership ORDER BY role").fetchall()
    assert (addresses, roles) == ([("mia@studio.example", True, True)], [("host",), ("producer",)])


def test_passphrases_of_the_environment_are_kept_as_hashes(installation: Installation, database_url: str) -> None:
    installation.environment |= {"CUELIGHT_NO_DEMO": "1", "CUELIGHT_HOST_PASSPHRASE": "four odd words here"}
    printed = installation.start()
    children = installation.children()
    kept = [Path(f"/proc/{pid}/environ").read_bytes() for pid in children.values()]
    assert installation.stop() == 0
    assert "Set the passphrase of: host." in printed
    assert not any(b"four odd words" in environment for environment in kept)
    assert "four odd words" not in installation.log()
    with psycopg.connect(database_url) as database:
        found = database.execute(
            "SELECT slug, role, left(hash, 7) FROM accounts_rolepassphrase p JOIN accounts_studio s ON s.id = studio_id"
        ).fetchall()
    assert found == [("studio", "host", "argon2$")]
    assert "Set the passphrase of: host." not in installation.start()
    assert installation.stop() == 0


def test_a_short_passphrase_ends_the_start_and_is_not_quoted(installation: Installation) -> None:
    done = installation.command("migrate", CUELIGHT_ADMIN_PASSPHRASE="hunter2")
    assert (done.returncode, "hunter2" in done.stderr) == (1, False)
    assert "CUELIGHT_ADMIN_PASSPHRASE has 7 characters; it takes 12 to 200." in done.stderr
