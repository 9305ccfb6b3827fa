"""The worker process: runs jobs until it is told to stop, and comes back by itself after the database was away."""

import asyncio
import signal
from typing import cast

import structlog
from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector

log = structlog.get_logger(__name__)

CONCURRENCY = 4
GRACE_S = 5


def run() -> None:
    """Runs jobs in this process until SIGINT or SIGTERM."""
    asyncio.run(_run())


async def _run() -> None:
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopping.set)
    pause = 0.2
    while not stopping.is_set():
        working = asyncio.create_task(_work())
        stop = asyncio.create_task(stopping.wait())
        await asyncio.wait({working, stop}, return_when=asyncio.FIRST_COMPLETED)
        stop.cancel()
        if stopping.is_set():
            working.cancel()
            await asyncio.gather(working, return_exceptions=True)
            return
        # procrastinate's worker ends when PostgreSQL does; without this no job would ever run again.
        log.warning("worker stopped; starting again", error=str(working.exception()), in_seconds=pause)
        await asyncio.sleep(pause)
        pause = min(pause * 2, 5)


async def _work() -> None:
    connector = cast(DjangoConnector, app.connector)
    worker_app = app.with_connector(connector.get_worker_connector())
    async with worker_app.open_async():
        await worker_app.run_worker_async(
            concurrency=CONCURRENCY,
            install_signal_handlers=False,
            listen_notify=True,
            shutdown_graceful_timeout=GRACE_S,
            delete_jobs="never",
        )
