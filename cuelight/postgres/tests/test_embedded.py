"""The embedded PostgreSQL: started, adopted, mended, and stopped by the last who uses it."""

import os
import signal
import stat
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from cuelight.postgres.embedded import Cluster, start

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks at /proc")


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path / "data"
    Cluster(tmp_path / "data").destroy()


def pid_of(cluster: Cluster) -> int:
    pid = cluster._pid()
    assert pid is not None
    return pid


def fetch(cluster: Cluster, query: str, database: str = "postgres") -> object:
    with psycopg.connect(cluster.url(database), autocommit=True) as connection:
        cursor = connection.execute(query.encode())
        return cursor.fetchone() if cursor.description else None


def test_the_second_who_comes_adopts_it_and_the_last_who_goes_ends_it(folder: Path) -> None:
    first = start(folder, fsync=False)
    fetch(first, "CREATE TABLE kept (x int)")
    second = start(folder, fsync=False)
    assert pid_of(second) == pid_of(first)
    first.stop()
    assert fetch(second, "SELECT count(*) FROM kept") == (0,)
    second.stop()
    assert not second.is_running


def test_what_was_committed_survives_a_crash(folder: Path) -> None:
    cluster = start(folder)
    fetch(cluster, "CREATE TABLE kept AS SELECT 7 AS x")
    before = pid_of(cluster)
    os.kill(before, signal.SIGQUIT)
    assert cluster._gone_within(before, 10)
    cluster.mend()
    cluster.resume()
    assert pid_of(cluster) != before
    assert fetch(cluster, "SELECT x FROM kept") == (7,)


def test_mending_what_runs_changes_nothing(folder: Path) -> None:
    cluster = start(folder, fsync=False)
    before = pid_of(cluster)
    cluster.mend()
    assert pid_of(cluster) == before


def test_an_initdb_that_was_killed_leaves_no_half_cluster(folder: Path) -> None:
    cluster = Cluster(folder, fsync=False)
    half = cluster.place / "data.new"
    half.mkdir()
    (half / "PG_VERSION").write_text("18")
    cluster.begin()
    assert fetch(cluster, "SELECT 1") == (1,)
    assert not half.exists()


def test_a_pid_file_left_by_a_power_cut_names_somebody_else(folder: Path) -> None:
    cluster = start(folder, fsync=False)
    cluster.halt()
    # The pid is ours: running, but no PostgreSQL.
    (cluster.place / "data" / "postmaster.pid").write_text(f"{os.getpid()}\n{cluster.place / 'data'}\n")
    assert not cluster.is_running


def test_two_folders_are_two_servers(folder: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    clusters = [start(folder, fsync=False), start(other, fsync=False)]
    try:
        assert len({pid_of(cluster) for cluster in clusters}) == 2
        fetch(clusters[0], "CREATE DATABASE mine")
        assert fetch(clusters[1], "SELECT count(*) FROM pg_database WHERE datname = 'mine'") == (0,)
    finally:
        clusters[1].destroy()


def test_a_folder_with_a_long_and_odd_name_works(tmp_path: Path) -> None:
    folder = tmp_path / ("a long name, with späce " * 4) / "data"
    cluster = start(folder, fsync=False)
    try:
        assert fetch(cluster, "SELECT 1") == (1,)
    finally:
        cluster.destroy()


def test_only_its_account_reaches_the_socket_and_no_folder_of_others_is_loosened(tmp_path: Path) -> None:
    closed = tmp_path / "home"
    closed.mkdir(mode=0o700)
    cluster = start(closed / "data", fsync=False)
    try:
        assert stat.S_IMODE(cluster.socket_dir.stat().st_mode) == 0o700
        assert stat.S_IMODE(closed.stat().st_mode) == 0o700
        assert fetch(cluster, "SHOW listen_addresses") == ("",)
    finally:
        cluster.destroy()


def test_a_server_that_cannot_start_says_its_last_words(folder: Path) -> None:
    cluster = start(folder, fsync=False)
    cluster.halt()
    (cluster.place / "data" / "postgresql.conf").write_text("no such setting = 1\n")
    with pytest.raises(RuntimeError, match=r"PostgreSQL did not start: .*setting"):
        cluster.resume()
