"""The embedded PostgreSQL: started, adopted, mended, and stopped by the last who uses it."""

import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from cuelight.postgres.binaries import account
from cuelight.postgres.embedded import Cluster, start
from cuelight.postgres.home import socket_folder

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks at /proc")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """What initdb makes; it takes a second."""
    cluster = Cluster(tmp_path_factory.mktemp("made"), fsync=False)
    cluster._make_data()
    yield cluster.place / "data"
    cluster.destroy()


@pytest.fixture
def new_folder(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path / "data"
    Cluster(tmp_path / "data").destroy()


@pytest.fixture
def folder(new_folder: Path, made: Path) -> Path:
    """A data folder whose cluster has never run."""
    subprocess.run(["cp", "-a", made, Cluster(new_folder).place], check=True)
    return new_folder


def pid_of(cluster: Cluster) -> int:
    pid = cluster._pid()
    assert pid is not None
    return pid


OWNER = """
import os, signal, sys, threading
from pathlib import Path
from cuelight.postgres import embedded
def stop(*_):
    raise SystemExit(1)
for number in (signal.SIGTERM, signal.SIGINT):
    signal.signal(number, stop)
if "--stop-while-launching" in sys.argv:
    launch = embedded.Cluster._launch
    def and_be_stopped(self):
        launch(self)
        signal.raise_signal(signal.SIGTERM)
    embedded.Cluster._launch = and_be_stopped
cluster = embedded.start(Path(sys.argv[1]), fsync=False)
cluster.create_database("cuelight")
print(cluster._pid(), flush=True)
signal.pause()
"""


def owning_process(folder: Path, *words: str) -> "subprocess.Popen[str]":
    """Another process that has started or adopted it; it says its pid."""
    return subprocess.Popen([sys.executable, "-c", OWNER, str(folder), *words], stdout=subprocess.PIPE, text=True)


def said(owner: "subprocess.Popen[str]") -> int:
    assert owner.stdout is not None
    return int(owner.stdout.readline())


def end(owner: "subprocess.Popen[str]") -> None:
    owner.kill()
    owner.wait()
    assert owner.stdout is not None
    owner.stdout.close()


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


def test_after_a_kill_a_start_waits_for_what_it_left_behind(folder: Path) -> None:
    cluster = start(folder, fsync=False)
    busy = psycopg.connect(cluster.url("postgres"), autocommit=True)
    before = pid_of(cluster)
    os.kill(before, signal.SIGKILL)
    assert cluster._gone_within(before, 10)
    cluster.resume()
    busy.close()
    assert fetch(cluster, "SELECT 1") == (1,)


def test_a_process_that_was_killed_leaves_it_running_for_the_next(folder: Path) -> None:
    owner = owning_process(folder)
    before = said(owner)
    end(owner)
    cluster = start(folder, fsync=False)
    assert pid_of(cluster) == before
    cluster.stop()
    assert not cluster.is_running


def test_it_runs_on_while_another_process_uses_it(folder: Path) -> None:
    cluster = start(folder, fsync=False)
    other = owning_process(folder)
    assert said(other) == pid_of(cluster)
    cluster.stop()
    assert cluster.is_running
    end(other)
    late = start(folder, fsync=False)
    late.stop()
    assert not late.is_running


def test_a_stop_in_the_middle_of_a_start_leaves_nothing_running(folder: Path) -> None:
    owner = owning_process(folder, "--stop-while-launching")
    assert owner.wait(20) == 1
    end(owner)
    assert not Cluster(folder).is_running


def test_processes_that_start_at_once_share_one(new_folder: Path) -> None:
    owners = [owning_process(new_folder) for _ in range(3)]
    assert len({said(owner) for owner in owners}) == 1
    for owner in owners:
        end(owner)


def test_mending_what_runs_changes_nothing(folder: Path) -> None:
    cluster = start(folder, fsync=False)
    before = pid_of(cluster)
    cluster.mend()
    assert pid_of(cluster) == before


def test_an_initdb_that_was_killed_leaves_no_half_cluster(new_folder: Path) -> None:
    cluster = Cluster(new_folder, fsync=False)
    half = cluster.place / "data.new"
    half.mkdir()
    (half / "PG_VERSION").write_text("18")
    (cluster.place / "data").mkdir()
    cluster.begin()
    assert fetch(cluster, "SELECT 1") == (1,)
    assert not half.exists()


def test_a_pid_file_left_by_a_power_cut_names_somebody_else(folder: Path) -> None:
    cluster = start(folder, fsync=False)
    cluster.halt()
    # The pid is ours: running, but no PostgreSQL.
    (cluster.place / "data" / "postmaster.pid").write_text(f"{os.getpid()}\n{cluster.place / 'data'}\n")
    assert not cluster.is_running


def test_a_pid_file_that_names_a_process_of_its_own_account_does_not_keep_it_down(folder: Path) -> None:
    cluster = start(folder, fsync=False)
    cluster.halt()
    whoever = account()
    stranger = subprocess.Popen(["sleep", "60"], cwd="/", user=whoever.uid, group=whoever.gid)
    try:
        (cluster.place / "data" / "postmaster.pid").write_text(f"{stranger.pid}\n{cluster.place / 'data'}\n")
        cluster.resume()
        assert fetch(cluster, "SELECT 1") == (1,)
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


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


def test_a_socket_whose_path_would_be_too_long_moves_to_a_short_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", "/run/user/ended-with-its-session")
    far = tmp_path / ("x" * 60) / ("y" * 60)
    far.mkdir(parents=True)
    short = socket_folder(far, account())
    try:
        assert len(os.fsencode(short / ".s.PGSQL.5432")) <= 107
        assert short == socket_folder(far, account())
        assert stat.S_IMODE(short.stat().st_mode) == 0o700
        short.chmod(0o755)
        with pytest.raises(PermissionError, match="belongs to somebody else"):
            socket_folder(far, account())
    finally:
        short.rmdir()


def test_whoever_adopts_it_finds_its_socket_wherever_it_was_put(
    folder: Path,
) -> None:
    first = Cluster(folder, fsync=False)
    elsewhere = Path(tempfile.mkdtemp(prefix="cl"))
    account().own(elsewhere)
    first.socket_dir = elsewhere
    first.begin()
    try:
        second = start(folder, fsync=False)
        assert second.socket_dir == elsewhere
        assert fetch(second, "SELECT 1") == (1,)
        second.stop()
    finally:
        first.stop()
        shutil.rmtree(elsewhere)


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
