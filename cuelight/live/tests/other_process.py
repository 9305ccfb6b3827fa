"""A second server process for the tests: prints its port, serves until it is ended."""

import asyncio
import os

import uvloop

from cuelight.live.relay_postgres import PostgresCarrier
from cuelight.live.tests.serving import serve


async def main() -> None:
    async with serve(carrier=PostgresCarrier(os.environ["DATABASE_URL"])) as studio:
        print(studio.port, flush=True)
        await asyncio.Event().wait()


if __name__ == "__main__":
    uvloop.run(main())
