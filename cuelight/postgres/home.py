"""Where an embedded cluster lives: beside the other data, or for root where its account can reach it."""

import fcntl
import hashlib
import os
import secrets
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cuelight.postgres.binaries import ROOT_HOME, Account

#: A socket's path may have 107 bytes, its file name has 14.
LONGEST_SOCKET_FOLDER = 90


def home(data_dir: Path, account: Account) -> Path:
    """The cluster's folder for a data folder, made if need be, closed to everybody but the account."""
    data_dir.mkdir(parents=True, exist_ok=True)
    if account.uid is None:
        place = data_dir / "postgres"
    else:
        # Root's folders are closed to the account, and folders that are not ours are never loosened. The name is kept
        # in the data folder: a new, empty data folder means a new cluster.
        name = data_dir / "postgres.id"
        with locked(data_dir / "postgres.id.lock"):
            if not name.exists():
                name.write_text(secrets.token_hex(8))
        place = ROOT_HOME / name.read_text().strip()
        ROOT_HOME.mkdir(mode=0o755, parents=True, exist_ok=True)
    place.mkdir(mode=0o700, exist_ok=True)
    account.own(place)
    return place


def socket_folder(place: Path, account: Account) -> Path:
    """The folder of the cluster's socket: mode 700, since whoever reaches it is let in."""
    folder = place / "socket"
    if len(os.fsencode(folder)) > LONGEST_SOCKET_FOLDER:
        short = hashlib.sha256(os.fsencode(place)).hexdigest()[:16]
        folder = _short_lived() / f"cuelight-{os.geteuid()}-{short}"
    folder.mkdir(mode=0o700, exist_ok=True)
    account.own(folder)
    owner = os.geteuid() if account.uid is None else account.uid
    status = folder.lstat()
    if status.st_uid != owner or status.st_mode & 0o77:
        raise PermissionError(f"{folder} belongs to somebody else; remove it or set TMPDIR.")
    return folder


def _short_lived() -> Path:
    """Where sockets belong; the variable may name a folder that ended with its session."""
    runtime = Path(os.environ.get("XDG_RUNTIME_DIR") or "/nowhere")
    return runtime if os.access(runtime, os.W_OK) else Path(tempfile.gettempdir())


@contextmanager
def locked(path: Path, *, wait: bool = True) -> Iterator[None]:
    """One process at a time. Without ``wait`` raises BlockingIOError when it is another one's turn."""
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        yield


class InUse:
    """A shared lock: held by everybody who uses the cluster, so that the last one can tell."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("w")
        fcntl.flock(self._file, fcntl.LOCK_SH)

    def leave(self) -> bool:
        """Lets go; True when nobody else holds it."""
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        else:
            return True
        finally:
            self._file.close()
