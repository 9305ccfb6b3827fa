/**
 * What this window has changed and the server has not yet acknowledged: each change follows the one before it, the
 * first follows the document as the server has it. Only the first is ever under way. Pure.
 */

import { uuid } from "../live/channel";
import { compose, opLength, transform } from "./delta";
import type { Delta, Logged, Op } from "./types";
import { turnsAfter, type Turns } from "./undo";

export interface Unsent {
  readonly change: Delta;
  readonly op_id: string;
  /** Whether the server may have seen it: then nothing is added to it any more. */
  readonly sent: boolean;
  /** How many edits it holds. */
  readonly edits: number;
}

export type Queue = readonly Unsent[];

/** Changes that were made on a document at a version, one after the other. */
export interface Part {
  readonly version: number;
  readonly queue: Queue;
  /** How its author can take them back, and what was done before them; it fits the document after all of them. */
  readonly turns?: Turns;
}

/** UTF-16 units of a change as JSON: in UTF-8 and with its envelope less than a frame of 256 KB, also in Chinese. */
const MOST_JSON = 60_000;
/** Operations: a change is rewritten over others before it is sent, which may split some. */
const MOST_OPS = 1_000;

/** With an edit added: to the last change while nobody has seen it and it stays small, else as a new one. */
export function added(queue: Queue, change: Delta, edits = 1): Queue {
  const last = queue.at(-1);
  if (last && !last.sent) {
    const both = compose(last.change, change);
    if (isSmall(both)) return [...queue.slice(0, -1), { ...last, change: both, edits: last.edits + edits }];
  }
  const parts = isSmall(change) ? [change] : inParts(change);
  const fresh = parts.map((part) => ({ change: part, op_id: uuid(), sent: false, edits }));
  return [...queue, ...fresh];
}

/** The queue after somebody else's change, and that change as it follows the queue. */
export function walked(queue: Queue, change: Delta): { queue: Queue; shown: Delta } {
  const rewritten: Unsent[] = [];
  for (const unsent of queue) {
    rewritten.push({ ...unsent, change: transform(change, unsent.change, true) });
    change = transform(unsent.change, change, false);
  }
  return { queue: rewritten, shown: change };
}

/** The part after an operation of the log, which may be its own first change. */
export function rebased(part: Part, logged: Logged): Part {
  const own = part.queue.findIndex((unsent) => unsent.op_id === logged.op_id);
  // What stood before it in the queue gives way to it; what followed it follows it still.
  const before = own < 0 ? part.queue : part.queue.slice(0, own);
  const after = own < 0 ? [] : part.queue.slice(own + 1);
  const { queue, shown } = walked(before, logged.change);
  // One's own is on the screen already.
  const turns = part.turns && own < 0 ? turnsAfter(part.turns, shown) : part.turns;
  return { version: logged.version, queue: [...queue, ...after], turns };
}

/** A part made on the same document as `ours`, as it follows all of `ours`. */
export function following(ours: Queue, { version, queue, turns }: Part): Part {
  let over = ours.map((unsent) => unsent.change);
  const theirs = queue.map((unsent) => {
    let { change } = unsent;
    over = over.map((own) => {
      const rewritten = transform(change, own, false);
      change = transform(own, change, true);
      return rewritten;
    });
    return { ...unsent, change };
  });
  return { version, queue: theirs, turns: turns && over.reduce(turnsAfter, turns) };
}

export const editsOf = (queue: Queue): number => queue.reduce((total, { edits }) => total + edits, 0);

const isSmall = (change: Delta): boolean =>
  change.length <= MOST_OPS && JSON.stringify(change).length <= MOST_JSON;

/** The same as several changes, one after the other, each as large as one may be. */
function inParts(change: Delta): Delta[] {
  const parts: Delta[] = [];
  let part: Op[] = [];
  let size = 0;
  let done = 0;
  for (const op of change.flatMap(inPieces)) {
    const weight = JSON.stringify(op).length;
    if (part.length >= MOST_OPS || (part.length > 0 && size + weight > MOST_JSON)) {
      parts.push(part);
      part = done > 0 ? [{ retain: done }] : [];
      size = 0;
    }
    part.push(op);
    size += weight;
    if (op.delete === undefined) done += opLength(op);
  }
  // An end that only retains says nothing.
  if (part.some((op) => op.retain === undefined || op.attributes)) parts.push(part);
  return parts;
}

const PIECE = 8_000;

function inPieces(op: Op): Op[] {
  if (typeof op.insert !== "string" || op.insert.length <= PIECE) return [op];
  const pieces: Op[] = [];
  for (let rest = op.insert; rest;) {
    const end = (rest.charCodeAt(PIECE) & 0xfc00) === 0xdc00 ? PIECE - 1 : PIECE;
    pieces.push({ ...op, insert: rest.slice(0, end) });
    rest = rest.slice(end);
  }
  return pieces;
}
