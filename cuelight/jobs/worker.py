"""The worker process: runs jobs until it is told to stop, and comes back by itself after the database was away."""

import asyncio
import os
import signal
from contextlib import suppress
from typing import cast

import structlog
from asgiref.sync import sync_to_async
from procrastinate import App
from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.worker import Worker

from cuelight.jobs.housekeeping import retry_stalled
from cuelight.jobs.queue import close_connections

log = structlog.get_logger(__name__)

#: Jobs at once, by queue. Snapshots of documents never wait behind pictures, nor do they take all of a machine.
QUEUES = {"default": 10, "snapshots": 2}
#: Seconds that jobs get to end at a stop, and what is left of them to be handed back.
GRACE_S, HAND_BACK_S = 5, 1
FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.2, 5.0
#: Who worked this long had started well.
STEADY_S = 10.0


def run() -> None:
    """Runs jobs in this process until SIGINT or SIGTERM. What does not end in time is left to the next worker."""
    asyncio.run(_run())


async def _run() -> None:
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopping.set)
    pause = FIRST_PAUSE_S
    while not stopping.is_set():
        started_at = loop.time()
        error = await _work_until(stopping)
        if stopping.is_set():
            return
        # procrastinate's worker ends when PostgreSQL does; without this no job would ever run again.
        pause = FIRST_PAUSE_S if loop.time() - started_at > STEADY_S else min(pause * 2, LONGEST_PAUSE_S)
        log.warning("worker stopped; starting again", error=str(error), in_s=pause)
        with suppress(TimeoutError):
            async with asyncio.timeout(pause):
                await stopping.wait()


async def _work_until(stopping: asyncio.Event) -> BaseException | None:
    """Works until it is told to stop or cannot go on; returns why it could not."""
    connector = cast(DjangoConnector, app.connector)
    worker_app = app.with_connector(connector.get_worker_connector())
    workers = [
        Worker(
            worker_app,
            queues=[queue],
            concurrency=concurrency,
            install_signal_handlers=False,
            shutdown_graceful_timeout=GRACE_S,
            delete_jobs="never",
        )
        for queue, concurrency in QUEUES.items()
    ]
    working = asyncio.create_task(_work(workers, worker_app))
    stop = asyncio.create_task(stopping.wait())
    await asyncio.wait({working, stop}, return_when=asyncio.FIRST_COMPLETED)
    stop.cancel()
    if not working.done():
        # Before it has connected it does not listen to stop(); afterwards a cancellation would break off its jobs.
        if any(worker.worker_id is None for worker in workers):
            working.cancel()
        for worker in workers:
            worker.stop()  # type: ignore[no-untyped-call]
        await asyncio.wait({working}, timeout=GRACE_S + HAND_BACK_S)
    if not working.done():
        await _hand_back(workers, worker_app)
    return None if working.cancelled() else working.exception()


async def _work(workers: list[Worker], worker_app: App) -> None:
    # The schedule is kept on Django's connection of asgiref's own thread; after a crash of PostgreSQL it is closed, and
    # nobody else would open it again.
    await sync_to_async(close_connections)()
    async with worker_app.open_async():
        await retry_stalled(worker_app)
        running = [asyncio.ensure_future(worker.run()) for worker in workers]  # type: ignore[no-untyped-call]
        try:
            await asyncio.gather(*running)
        finally:
            # Where one could not go on, the others start again with it.
            for one in running:
                one.cancel()
            await asyncio.gather(*running, return_exceptions=True)


async def _hand_back(workers: list[Worker], worker_app: App) -> None:
    """Ends this process under a job that does not end; a thread cannot be cancelled, and would be waited for.

    With the workers' rows gone their jobs belong to nobody, so the next worker starts them again at once.
    """
    log.warning("jobs did not end in time; the next worker starts them again")
    with suppress(Exception):
        async with asyncio.timeout(HAND_BACK_S):
            for worker in workers:
                if worker.worker_id is not None:
                    await worker_app.job_manager.unregister_worker(worker.worker_id)
    os._exit(0)
