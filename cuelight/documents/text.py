"""A document in memory: its runs in chunks, so that an operation costs the same in a long text as in a short one.

A *run* is ``(insert, attributes, length)``, a *chunk* ``(runs, length)``: plain tuples, which the collector forgets;
named ones would be gone through again and again, half a million in twenty long documents. A text never changes;
``apply`` returns a new one that shares all chunks the change does not touch. Pure.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate
from operator import itemgetter
from typing import Any

from cuelight.documents import units
from cuelight.documents.delta import Attributes, Delta, push, same
from cuelight.errors import Invalid

#: Runs in one chunk at most; fewer than a quarter, and it is joined with its neighbour.
CHUNK = 128
#: UTF-16 units of text in one run at most: what is copied for a key typed into it.
RUN = 2_048


#: A stretch of text with the same attributes, or an embed.
Run = tuple[str | dict[str, Any], Attributes | None, int]
Chunk = tuple[tuple[Run, ...], int]

_LENGTH = itemgetter(1)
_RUN_LENGTH = itemgetter(2)


class Text:
    """One version of a document."""

    __slots__ = ("_chunks", "_starts", "length")

    def __init__(self, chunks: list[Chunk]) -> None:
        self._chunks = chunks
        #: Where each chunk starts, and behind them all the end.
        self._starts = list(accumulate(map(_LENGTH, chunks), initial=0))
        self.length = self._starts[-1]

    @classmethod
    def of(cls, document: Delta) -> "Text":
        """From a document's inserts."""
        writer = _Writer()
        for op in document:
            writer.insert(op["insert"], op.get("attributes"))
        return cls(writer.finish())

    def apply(self, delta: Delta) -> "Text":
        """The text after a change that `delta.validate` accepts for this length.

        Raises Invalid ``split_surrogate`` where it halves a character, ``out_of_bounds`` where the text ends before.
        """
        reader, writer = _Reader(self._chunks, self._starts), _Writer()
        for op in delta:
            if "insert" in op:
                writer.insert(op["insert"], op.get("attributes"))
            elif "delete" in op:
                reader.take(op["delete"])
            elif attributes := op.get("attributes"):
                for run in reader.take(op["retain"]):
                    writer.put(_formatted(run, attributes))
            else:
                reader.copy(op["retain"], writer)
        reader.copy(None, writer)
        return Text(writer.finish())

    def attributes(self, start: int, end: int) -> Iterator[Attributes | None]:
        """Of each run between two places; behind the end there is none. Costs no more than those runs."""
        index = max(0, bisect_right(self._starts, start) - 1)
        for at, (runs, _) in zip(self._starts[index:], self._chunks[index:], strict=False):
            if at >= end:
                return
            for _, attributes, length in runs:
                if max(at, start) < min(at + length, end):
                    yield attributes
                at += length

    def contents(self) -> Delta:
        """The whole document, canonical. Costs its length."""
        document: Delta = []
        for runs, _ in self._chunks:
            for insert, attributes, _ in runs:
                push(document, {"insert": insert, "attributes": attributes} if attributes else {"insert": insert})
        return document

    def plain(self) -> str:
        """The text alone; an embed is U+FFFC."""
        inserts = (insert for runs, _ in self._chunks for insert, _, _ in runs)
        return "".join(insert if isinstance(insert, str) else "\ufffc" for insert in inserts)


class _Reader:
    """Goes through the runs of a text, and past whole chunks at a time where nothing changes."""

    __slots__ = ("_at", "_chunks", "_index", "_place", "_runs", "_starts")

    def __init__(self, chunks: list[Chunk], starts: list[int]) -> None:
        self._chunks, self._starts = chunks, starts
        self._at = 0
        #: The next chunk to open; the runs of the open one, and which of them is next.
        self._index = 0
        self._runs: Sequence[Run] = ()
        self._place = 0

    def copy(self, count: int | None, writer: "_Writer") -> None:
        """Hands on the next ``count`` units; None: all that are left."""
        end = self._starts[-1] if count is None else self._at + count
        if end > self._starts[-1]:
            raise _out_of_bounds()
        # The open chunk, the whole ones, and the beginning of the one where it ends.
        opened_until = self._starts[self._index]
        writer.extend(self.take(min(end, opened_until) - self._at))
        if end <= opened_until:
            return
        last = bisect_right(self._starts, end) - 1
        writer.chunks(self._chunks[self._index : last])
        self._index, self._at = last, self._starts[last]
        self._runs, self._place = (), 0
        writer.extend(self.take(end - self._at))

    def take(self, count: int) -> list[Run]:
        """The next ``count`` units as runs."""
        taken: list[Run] = []
        while count:
            if self._place == len(self._runs):
                if self._index == len(self._chunks):
                    raise _out_of_bounds()
                self._runs, self._place = self._chunks[self._index][0], 0
                self._index += 1
            runs, start = self._runs, self._place
            end = start
            while end < len(runs) and (length := runs[end][2]) <= count:
                count -= length
                self._at += length
                end += 1
            taken += runs[start:end]
            self._place = end
            if count and end < len(runs):
                self._split(count)
        return taken

    def _split(self, count: int) -> None:
        """Makes two of the next run, the first of them ``count`` long."""
        run = self._runs[self._place]
        both = (_part(run, 0, count), _part(run, count, run[2]))
        self._runs, self._place = [*both, *self._runs[self._place + 1 :]], 0


class _Writer:
    """Gathers runs into chunks; equal neighbours become one run."""

    __slots__ = ("_done", "_runs")

    def __init__(self) -> None:
        self._done: list[Chunk] = []
        self._runs: list[Run] = []

    def insert(self, insert: str | dict[str, Any], attributes: Attributes | None) -> None:
        if isinstance(insert, str):
            for part in _pieces(insert):
                self.put((part, attributes, units.length(part)))
        else:
            self.put((insert, attributes, 1))

    def put(self, run: Run) -> None:
        runs = self._runs
        if runs:
            insert, attributes, length = run
            before, has, was = runs[-1]
            joins = isinstance(insert, str) and isinstance(before, str) and was + length <= RUN
            if joins and same(has, attributes):
                runs[-1] = (before + insert, attributes, was + length)  # type: ignore[operator]
                return
        runs.append(run)

    def extend(self, runs: list[Run]) -> None:
        """Runs that were neighbours before: only the first may join the one that is here."""
        if runs:
            self.put(runs[0])
            self._runs += runs[1:]

    def chunks(self, chunks: list[Chunk]) -> None:
        """Whole chunks that nothing changes in."""
        if chunks:
            self._flush()
            self._done += chunks

    def finish(self) -> list[Chunk]:
        self._flush()
        return self._done

    def _flush(self) -> None:
        runs = self._runs
        if not runs:
            return
        if len(runs) < CHUNK // 4 and self._done and len(self._done[-1][0]) + len(runs) <= CHUNK:
            runs = [*self._done.pop()[0], *runs]
        # In equal parts: what has just been split should not have to be split again by the next key.
        parts = -(-len(runs) // CHUNK)
        for part in range(parts):
            some = runs[len(runs) * part // parts : len(runs) * (part + 1) // parts]
            self._done.append((tuple(some), sum(map(_RUN_LENGTH, some))))
        self._runs = []


def _part(run: Run, start: int, end: int) -> Run:
    insert, attributes, _ = run
    assert isinstance(insert, str)
    return units.cut(insert, start, end), attributes, end - start


def _pieces(text: str) -> Iterable[str]:
    """Of a length that is cheap to copy; never half a character, since Python has none."""
    half = RUN // 2
    return [text[start : start + half] for start in range(0, len(text), half)]


def _formatted(run: Run, attributes: Attributes) -> Run:
    insert, had, length = run
    both = {**had, **attributes} if had else attributes
    return insert, {name: value for name, value in both.items() if value is not None} or None, length


def _out_of_bounds() -> Invalid:
    return Invalid("out_of_bounds", "The change reaches behind the end of the document.")
