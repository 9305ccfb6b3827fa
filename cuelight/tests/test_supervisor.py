"""What keeps processes running, by itself: pauses that grow, endings that are told, children that outlive nobody."""

import os
import signal
import subprocess
import sys

import pytest

from cuelight import supervisor
from cuelight.supervisor import FIRST_PAUSE_S, LONGEST_PAUSE_S, STEADY_S, Child, Kept


def kept(*command: str) -> tuple[Kept, Child]:
    child = Child(list(command), ())
    return Kept("it", child.start, child.is_running, child.ending), child


def pause_after(one: Kept, child: Child) -> float:
    """Starts it without waiting for its pause, and returns the pause that its end brings."""
    one.start_at = 0
    one.look()
    assert child.process is not None
    child.process.wait()
    one.look()
    return one.pause_s


def test_what_ends_at_once_again_and_again_is_started_ever_later() -> None:
    one, child = kept(sys.executable, "-c", "raise SystemExit(3)")
    pauses = [pause_after(one, child) for _ in range(7)]
    assert pauses == [FIRST_PAUSE_S * 2**number for number in range(5)] + [LONGEST_PAUSE_S] * 2
    assert child.ending() == "exit code 3"
    assert one.started_at is None


def test_what_had_run_for_long_is_started_soon() -> None:
    one, child = kept("sleep", "60")
    one.pause_s = LONGEST_PAUSE_S
    one.look()
    assert one.started_at is not None
    assert child.process is not None
    one.started_at -= STEADY_S + 1
    child.process.kill()
    child.process.wait()
    one.look()
    assert (one.pause_s, child.ending()) == (FIRST_PAUSE_S, "SIGKILL")


def test_what_cannot_be_started_is_tried_again() -> None:
    one, _ = kept("/nowhere/to/be/found")
    one.look()
    assert one.started_at is None
    assert one.pause_s == FIRST_PAUSE_S


HOLDING = """
import signal, sys
from cuelight import supervisor
if "--deaf" in sys.argv:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    supervisor.STOP_WITHIN_S = 0.1
supervisor.hold(int(sys.argv[1]))
print("holding", flush=True)
while True:
    signal.pause()
"""


@pytest.mark.parametrize(("words", "code"), [((), -signal.SIGTERM), (("--deaf",), 1)])
def test_a_child_ends_with_its_parent_even_if_it_does_not_listen(words: tuple[str, ...], code: int) -> None:
    held, parent = os.pipe()
    command = [sys.executable, "-c", HOLDING, str(held), *words]
    with subprocess.Popen(command, pass_fds=[held], stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == b"holding\n"
        os.close(parent)
        assert child.wait(20) == code
    os.close(held)


def test_a_bell_wakes_whoever_waits_and_may_ring_often() -> None:
    bell = supervisor.Bell()
    for _ in range(70_000):  # more than a pipe holds
        bell.ring()
    bell.wait(60)
    assert bell.rung


def test_a_port_can_be_taken_again_at_once() -> None:
    with supervisor.listen("127.0.0.1", 0) as first:
        port = first.getsockname()[1]
        with pytest.raises(OSError, match="in use"):
            supervisor.listen("127.0.0.1", port)
    supervisor.listen("127.0.0.1", port).close()
