"""The worker, with jobs that only tests need. Run as a module, in a process of its own.

What a job has done is a line in the file that it is given.
"""

import os
import signal
import time
from pathlib import Path

import django
from django.conf import settings

from cuelight import logs
from cuelight.jobs import job, worker


@job("tests.note")
def note(file: str) -> None:
    with Path(file).open("a") as notes:
        notes.write("noted\n")


@job("tests.fail_once")
def fail_once(file: str) -> None:
    note(file)
    if len(Path(file).read_text().splitlines()) == 1:
        raise RuntimeError("not yet")


@job("tests.never_end")
def never_end(file: str) -> None:
    note(file)
    while True:
        time.sleep(60)


@job("tests.bring_down")
def bring_down(file: str) -> None:
    note(file)
    os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    django.setup()
    logs.configure(settings.LOGGING)
    worker.GRACE_S = 1
    worker.run()
