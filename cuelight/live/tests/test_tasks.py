"""Ending tasks that do not want to."""

import asyncio

import pytest

from cuelight.live import tasks


async def test_a_task_that_swallows_its_cancellation_is_cancelled_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tasks, "AGAIN_S", 0.01)
    swallowed = 0

    async def stubborn() -> None:
        nonlocal swallowed
        while True:
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                swallowed += 1
                if swallowed == 3:
                    raise

    task = asyncio.create_task(stubborn())
    await asyncio.sleep(0)
    await tasks.end([task])
    assert (task.done(), swallowed) == (True, 3)


async def test_a_task_that_fails_is_ended_too() -> None:
    async def failing() -> None:
        raise ValueError

    await tasks.end([asyncio.create_task(failing()) for _ in range(3)])
    assert asyncio.all_tasks() == {asyncio.current_task()}
