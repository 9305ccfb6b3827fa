"""For tests and measurements: people at work on a document, as the page's own code in Node does it."""

import json
import subprocess
import threading
from queue import Queue
from typing import IO, Any

from cuelight.settings import ROOT

PATIENCE_S = 90


class Typists:
    """Clients of ``frontend/tools/document-clients.ts``, all in one process of Node's."""

    def __init__(self, **options: Any) -> None:
        self.process = subprocess.Popen(
            ["node", "tools/run.mjs", "document-clients", json.dumps(options)],
            cwd=ROOT / "frontend",
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout is not None
        self._told: Queue[dict[str, Any]] = Queue()
        self._reader = threading.Thread(target=self._read, args=(self.process.stdout,))
        self._reader.start()

    def hear(self, what: str, *, seconds: float = PATIENCE_S) -> dict[str, Any]:
        """What they tell next, which must be this. Raises queue.Empty."""
        told = self._told.get(timeout=seconds)
        assert told["what"] == what, told
        return told

    def stop(self) -> None:
        self.process.kill()
        self.process.wait(20)
        self._reader.join(20)
        for stream in (self.process.stdin, self.process.stdout):
            assert stream is not None
            stream.close()

    def _read(self, lines: IO[str]) -> None:
        try:
            for line in lines:
                self._told.put(json.loads(line))
        finally:
            self._told.put({"what": "ended"})
