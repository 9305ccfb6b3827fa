/**
 * Taking back one's own edits and nobody else's: two stacks of inverse changes, each rewritten as others write.
 *
 * The top of a stack fits the text on the screen, the next one what the text is after it. Undoing submits the top as a
 * change like any other.
 */

import { compose, invert, transform, transformPosition } from "./delta";
import type { Delta, Op } from "./types";

/** Milliseconds without an edit after which the next one is an undo step of its own. */
export const PAUSE_MS = 500;
/** Steps kept; the oldest are let go. */
const MOST_STEPS = 200;
/** Of both stacks, what survives the page: steps, and UTF-16 units of text with some for each operation. */
const MOST_KEPT = 100;
const MOST_UNITS = 256 * 1024;
const UNITS_OF_OP = 32;

/** The stacks of a page that may be gone: newest step last. They fit the text that it showed. */
export interface Turns {
  readonly undos: readonly Delta[];
  readonly redos: readonly Delta[];
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** The ops of the document on the screen, from a place up to another, before the change that is told. */
export type Slice = (start: number, end: number) => Delta;

type Kind = "insert" | "delete" | "strike" | "other";

/** What a keystroke does: text typed, taken away or suggested to go, at one place. Others are steps of their own. */
interface Stroke {
  kind: Kind;
  /** Where the next stroke goes on. */
  place: number;
  /** What was typed. */
  text: string;
  /** Units taken away, or struck. */
  gone: number;
}

export class UndoStacks {
  private undos: Delta[] = [];
  private redos: Delta[] = [];
  /** The stroke the newest step ends with, and when it was. */
  private last?: Stroke & { at: number };

  constructor(
    private readonly slice: Slice,
    private readonly now: () => number = Date.now,
  ) {}

  get canUndo(): boolean {
    return this.undos.length > 0;
  }

  get canRedo(): boolean {
    return this.redos.length > 0;
  }

  /** An edit of one's own that is about to be applied. */
  edited(change: Delta): void {
    const inverse = invert(change, this.slice);
    const stroke = strokeOf(change);
    const at = this.now();
    this.redos = [];
    if (this.continues(stroke, at)) this.undos.push(compose(inverse, this.undos.pop()!));
    else this.undos.push(inverse);
    if (this.undos.length > MOST_STEPS) this.undos.shift();
    this.last = { ...stroke, at };
  }

  /** A change of somebody else's, as it is applied to the screen. */
  remote(change: Delta): void {
    this.undos = walked(this.undos, change);
    this.redos = walked(this.redos, change);
    if (this.last) this.last.place = transformPosition(change, this.last.place, true);
  }

  /** The change that takes the newest step back; it is about to be applied. */
  undo(): Delta | undefined {
    return this.turn(this.undos, this.redos);
  }

  redo(): Delta | undefined {
    return this.turn(this.redos, this.undos);
  }

  /** The next edit begins a step of its own, as after a click elsewhere. */
  pause(): void {
    this.last = undefined;
  }

  /** What should survive the page; undefined: there is nothing to take back. */
  get kept(): Turns | undefined {
    if (this.undos.length === 0 && this.redos.length === 0) return undefined;
    return { undos: newest(this.undos), redos: newest(this.redos), at: this.now() };
  }

  /** Those of a page before this one, as they fit the screen now. Who has begun to write here goes on with that. */
  restore({ undos, redos }: Turns): void {
    if (this.undos.length > 0 || this.redos.length > 0) return;
    this.undos = [...undos];
    this.redos = [...redos];
  }

  clear(): void {
    this.undos = [];
    this.redos = [];
    this.last = undefined;
  }

  private turn(from: Delta[], to: Delta[]): Delta | undefined {
    const change = from.pop();
    if (!change) return undefined;
    to.push(invert(change, this.slice));
    this.last = undefined;
    return change;
  }

  private continues(stroke: Stroke, at: number): boolean {
    const { last } = this;
    if (!last || this.undos.length === 0 || stroke.kind === "other" || stroke.kind !== last.kind)
      return false;
    if (at - last.at >= PAUSE_MS) return false;
    // What is struck stays: the caret goes on before it, or behind it.
    if (stroke.kind === "strike")
      return stroke.place + stroke.gone === last.place || last.place + last.gone === stroke.place;
    if (stroke.kind === "delete") return [stroke.place, stroke.place + stroke.gone].includes(last.place);
    // A step is a word with the space after it.
    const startsWord = /\s$/u.test(last.text) && !/^\s/u.test(stroke.text);
    return stroke.place - stroke.text.length === last.place && !startsWord;
  }
}

/** The stacks after somebody else's change. */
export function turnsAfter(turns: Turns, change: Delta): Turns {
  return { ...turns, undos: walked(turns.undos, change), redos: walked(turns.redos, change) };
}

/** The newest steps, as many as may be kept. */
function newest(stack: readonly Delta[]): Delta[] {
  let units = 0;
  let from = stack.length;
  while (from > 0 && stack.length - from < MOST_KEPT) {
    units += weightOf(stack[from - 1]!);
    if (units > MOST_UNITS / 2) break;
    from -= 1;
  }
  return stack.slice(from);
}

function weightOf(step: Delta): number {
  return step.reduce(
    (total, { insert }) => total + UNITS_OF_OP + (typeof insert === "string" ? insert.length : 0),
    0,
  );
}

/** The stack after somebody else's change; what has nothing left to take back is dropped. */
function walked(stack: readonly Delta[], change: Delta): Delta[] {
  const kept: Delta[] = [];
  for (const step of stack.toReversed()) {
    const rewritten = transform(change, step, true);
    change = transform(step, change, false);
    if (rewritten.length > 0) kept.push(rewritten);
  }
  return kept.reverse();
}

function strokeOf(change: Delta): Stroke {
  const other: Stroke = { kind: "other", place: 0, text: "", gone: 0 };
  const [first, ...rest] = change;
  const start = first?.retain !== undefined && !first.attributes ? first.retain : 0;
  const [op, more] = (start > 0 ? rest : change) as [Op?, Op?];
  if (!op || more) return other;
  if (typeof op.insert === "string")
    return { kind: "insert", place: start + op.insert.length, text: op.insert, gone: 0 };
  const strikes = typeof op.attributes?.deleted === "string" && Object.keys(op.attributes).length === 1;
  if (strikes && op.retain) return { kind: "strike", place: start, text: "", gone: op.retain };
  return op.delete === undefined ? other : { kind: "delete", place: start, text: "", gone: op.delete };
}
