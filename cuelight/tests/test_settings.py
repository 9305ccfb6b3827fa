"""Settings from the environment: good defaults, clear refusals."""

from pathlib import Path

import pytest

from cuelight.settings import database
from cuelight.tests.installation import Installation


@pytest.mark.parametrize(
    ("environment", "sentence"),
    [
        ({"PORT": "four"}, "PORT is 'four'; it takes a whole number from 1 to 65535."),
        ({"POOL_SIZE": "1"}, "POOL_SIZE is '1'; it takes a whole number from 2 to 1000."),
        ({"CUELIGHT_ENV": "prod"}, "CUELIGHT_ENV is 'prod'; it takes one of: development, production."),
        ({"DATABASE_URL": "mysql://x/y"}, "DATABASE_URL must begin with postgresql://"),
        ({"CUELIGHT_ENV": "production"}, "environment variable DATABASE_URL is missing."),
        (
            {"CUELIGHT_ENV": "production", "DATABASE_URL": "postgresql://x/y"},
            "environment variable SECRET_KEY_BASE is missing.",
        ),
        ({"CUELIGHT_HOST": "0.0.0.0"}, "environment variable DATABASE_URL is missing."),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, environment: dict[str, str], sentence: str) -> None:
    done = Installation(tmp_path).command("run", **environment)
    assert done.returncode == 1
    assert done.stderr.startswith(f"cuelight: {sentence}"), done.stderr


def test_a_database_url_is_read_with_everything_in_it() -> None:
    found = database("postgres://mia:p%40ss@db.example:5433/show%20time?sslmode=verify-full")
    assert (found["USER"], found["PASSWORD"], found["HOST"], found["PORT"], found["NAME"]) == (
        "mia", "p@ss", "db.example", "5433", "show time",
    )  # fmt: skip
    assert found["OPTIONS"]["sslmode"] == "verify-full"
    local = database("postgresql:///cuelight?host=/run/pg&user=mia")
    assert (local["HOST"], local["USER"], local["NAME"]) == ("/run/pg", "mia", "cuelight")
