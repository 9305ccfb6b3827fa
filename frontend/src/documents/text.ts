/**
 * A document in memory: its runs in chunks, so that a change costs the same in a long text as in a short one. A text
 * never changes; `apply` returns a new one that shares all chunks the change does not touch.
 */

import { cut, opLength, push, same, withAttributes } from "./delta";
import type { Delta, Op } from "./types";

/** Runs in one chunk at most; fewer than a quarter, and it is joined with its neighbour. */
const CHUNK = 128;
/** UTF-16 units of text in one run at most: what is copied for a key typed into it. */
const RUN = 2_048;

interface Chunk {
  /** Inserts only. */
  readonly runs: readonly Op[];
  readonly length: number;
}

/** A change that reaches behind the end of the text. */
export class OutOfBounds extends Error {
  constructor() {
    super("The change reaches behind the end of the document.");
  }
}

export class Text {
  readonly length: number;

  private constructor(private readonly chunks: readonly Chunk[]) {
    this.length = chunks.reduce((total, chunk) => total + chunk.length, 0);
  }

  static of(document: Delta): Text {
    const writer = new Writer();
    for (const op of document) writer.insert(op);
    return new Text(writer.finish());
  }

  /** Throws NoChange where a change halves a character, OutOfBounds where the text ends before it does. */
  apply(change: Delta): Text {
    const reader = new Reader(this.chunks);
    const writer = new Writer();
    for (const op of change) {
      if (op.insert !== undefined) writer.insert(op);
      else if (op.delete !== undefined) reader.take(op.delete, () => {});
      else if (op.attributes) reader.take(op.retain!, (run) => writer.put(formatted(run, op)));
      else reader.copy(op.retain!, writer);
    }
    reader.copyRest(writer);
    return new Text(writer.finish());
  }

  /** The ops between two places, canonical. Throws NoChange where that would halve a character. */
  slice(start: number, end: number): Delta {
    const part: Op[] = [];
    let place = 0;
    for (const chunk of this.chunks) {
      if (place >= end) break;
      if (place + chunk.length > start)
        for (const run of chunk.runs) {
          const count = opLength(run);
          if (place < end && place + count > start)
            push(part, piece(run, Math.max(0, start - place), Math.min(count, end - place)));
          place += count;
        }
      else place += chunk.length;
    }
    return part;
  }

  /** The whole document, canonical. Costs its length. */
  contents(): Delta {
    return this.slice(0, this.length);
  }

  /** The text alone; an embed is U+FFFC. */
  plain(): string {
    return this.chunks
      .flatMap(({ runs }) => runs.map(({ insert }) => (typeof insert === "string" ? insert : "\ufffc")))
      .join("");
  }
}

/** Goes through the runs of a text, and past whole chunks at a time where nothing changes. */
class Reader {
  /** The next chunk to open, and what is left of the open one, last run first. */
  private next = 0;
  private rest: Op[] = [];

  constructor(private readonly chunks: readonly Chunk[]) {}

  copy(count: number, writer: Writer): void {
    while (count > 0) {
      const whole = this.rest.length === 0 ? this.chunks[this.next] : undefined;
      if (whole && whole.length <= count) {
        writer.chunk(whole);
        this.next += 1;
        count -= whole.length;
      } else count -= this.one(count, (run) => writer.put(run));
    }
  }

  copyRest(writer: Writer): void {
    while (this.rest.length > 0) writer.put(this.rest.pop()!);
    for (; this.next < this.chunks.length; this.next += 1) writer.chunk(this.chunks[this.next]!);
  }

  take(count: number, give: (run: Op) => void): void {
    while (count > 0) count -= this.one(count, give);
  }

  /** The next run, or its first `most` units; returns how many. */
  private one(most: number, give: (run: Op) => void): number {
    if (this.rest.length === 0) {
      const chunk = this.chunks[this.next];
      if (!chunk) throw new OutOfBounds();
      this.rest = chunk.runs.toReversed();
      this.next += 1;
    }
    const run = this.rest.pop()!;
    const count = opLength(run);
    if (count <= most) {
      give(run);
      return count;
    }
    this.rest.push(piece(run, most, count));
    give(piece(run, 0, most));
    return most;
  }
}

/** Gathers runs into chunks; equal neighbours become one run. */
class Writer {
  private done: Chunk[] = [];
  private runs: Op[] = [];

  insert(op: Op): void {
    if (typeof op.insert !== "string") return this.put(op);
    let rest = op.insert;
    while (rest.length > RUN) {
      // Not between the halves of a character.
      const end = (rest.charCodeAt(RUN / 2) & 0xfc00) === 0xdc00 ? RUN / 2 - 1 : RUN / 2;
      this.put({ ...op, insert: rest.slice(0, end) });
      rest = rest.slice(end);
    }
    this.put({ ...op, insert: rest });
  }

  put(run: Op): void {
    const last = this.runs.at(-1);
    if (
      typeof run.insert === "string" &&
      typeof last?.insert === "string" &&
      last.insert.length + run.insert.length <= RUN &&
      same(last.attributes, run.attributes)
    )
      this.runs[this.runs.length - 1] = { ...last, insert: last.insert + run.insert };
    else this.runs.push(run);
  }

  chunk(chunk: Chunk): void {
    this.flush();
    this.done.push(chunk);
  }

  finish(): Chunk[] {
    this.flush();
    return this.done;
  }

  private flush(): void {
    let runs = this.runs;
    if (runs.length === 0) return;
    const before = this.done.at(-1);
    if (before && runs.length < CHUNK / 4 && before.runs.length + runs.length <= CHUNK)
      runs = [...this.done.pop()!.runs, ...runs];
    // In equal parts: what has just been split should not have to be split again by the next key.
    const parts = Math.ceil(runs.length / CHUNK);
    for (let part = 0; part < parts; part += 1) {
      const some = runs.slice(
        Math.floor((runs.length * part) / parts),
        Math.floor((runs.length * (part + 1)) / parts),
      );
      this.done.push({ runs: some, length: some.reduce((total, run) => total + opLength(run), 0) });
    }
    this.runs = [];
  }
}

function piece(run: Op, start: number, end: number): Op {
  if (typeof run.insert !== "string" || (start === 0 && end === run.insert.length)) return run;
  return { ...run, insert: cut(run.insert, start, end) };
}

function formatted(run: Op, { attributes }: Op): Op {
  const both = { ...run.attributes, ...attributes };
  for (const [name, value] of Object.entries(both)) if (value === null) delete both[name];
  return withAttributes(run, both);
}
