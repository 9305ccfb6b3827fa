"""The network between one browser and the studio, as a relay that can be pulled."""

import asyncio
import threading
from collections.abc import Coroutine
from types import TracebackType
from typing import Any


class Cable:
    """Pulled, it says nothing to anybody: what was connected stays silent, what connects is never answered.

    That is a router that died or a cable further away; the browser's own machine sees nothing of it, so no "offline"
    event tells the page. Plugged in again, what had been connected is broken off, as by a server that gave up on it;
    what tried to connect meanwhile stays without an answer, as a lost packet does.
    """

    def __init__(self, to_port: int) -> None:
        self._to_port = to_port
        self._pulled = False
        self._open: set[asyncio.StreamWriter] = set()
        self._over = asyncio.Event()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    @property
    def base(self) -> str:
        return f"http://localhost:{self.port}"

    def __enter__(self) -> "Cable":
        self._thread.start()
        self._do(self._listen())
        self.port: int = self._server.sockets[0].getsockname()[1]
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.plug()
        self._do(self._end())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    def pull(self) -> None:
        self._do(self._set(pulled=True))

    def plug(self) -> None:
        self._do(self._set(pulled=False))

    def _do(self, work: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(10)

    async def _listen(self) -> None:
        self._server = await asyncio.start_server(self._relay, "127.0.0.1", 0)

    async def _set(self, *, pulled: bool) -> None:
        self._pulled = pulled
        if not pulled:
            for writer in self._open:
                writer.transport.abort()

    async def _end(self) -> None:
        self._server.close()
        self._over.set()
        for writer in self._open:
            writer.transport.abort()
        await asyncio.gather(*asyncio.all_tasks() - {asyncio.current_task()}, return_exceptions=True)

    async def _relay(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there: asyncio.StreamWriter | None = None
        try:
            if self._pulled:
                await self._over.wait()  # never answered, and not closed before the end
                return
            answers, there = await asyncio.open_connection("127.0.0.1", self._to_port)
            self._open |= {writer, there}
            await asyncio.gather(self._carry(reader, there), self._carry(answers, writer))
        except OSError:
            pass
        finally:
            for end in (writer, there):
                if end is not None:
                    self._open.discard(end)
                    end.transport.abort()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while chunk := await reader.read(65536):
            if self._pulled:
                await self._over.wait()  # lost on the way, as is all that follows
                return
            writer.write(chunk)
            await writer.drain()
        writer.write_eof()
