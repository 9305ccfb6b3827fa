/**
 * What a transaction of the editor changed, as a delta. The lines of before and after are compared by identity from
 * both ends, since what a transaction leaves alone stays the same object; only the lines between are looked into.
 */

import type { Node } from "@tiptap/pm/model";
import { same } from "./delta";
import { lengthOf, lineLength, opsOf, push } from "./lines";
import type { Attributes, Op } from "./types";

/** Lines `from` to `to` (not included). */
interface Range {
  from: number;
  to: number;
}

export interface Change {
  delta: Op[];
  /** How many lines were looked into. */
  lines: number;
}

/** The delta from one document to another; empty where nothing changed. */
export function changeBetween(before: Node, after: Node): Change {
  const found = differing(before, after);
  if (!found) return { delta: [], lines: 0 };
  let start = 0;
  for (let index = 0; index < found.old.from; index++) start += lineLength(before.child(index));
  const delta: Op[] = start > 0 ? [{ retain: start }] : [];
  compare(new Cells(within(before, found.old)), new Cells(within(after, found.now)), found.atEnd, delta);
  const last = delta.at(-1);
  if (last?.retain !== undefined && !last.attributes) delta.pop();
  return { delta, lines: found.old.to - found.old.from + (found.now.to - found.now.from) };
}

/** The lines of a document that a range names. */
export function within(doc: Node, { from, to }: Range): Node[] {
  return Array.from({ length: to - from }, (_, index) => doc.child(from + index));
}

/** The lines that are not the same in both; undefined where all are. */
export function differing(before: Node, after: Node): { old: Range; now: Range; atEnd: boolean } | undefined {
  if (before === after) return undefined;
  let from = 0;
  let to = before.childCount;
  let nowTo = after.childCount;
  while (from < to && from < nowTo && before.child(from) === after.child(from)) from++;
  while (to > from && nowTo > from && before.child(to - 1) === after.child(nowTo - 1)) {
    to--;
    nowTo--;
  }
  if (from === to && from === nowTo) return undefined;
  const atEnd = to === before.childCount;
  // The last newline stays what it is, whatever is added after it or taken away with it.
  if (atEnd && (from === to || from === nowTo)) from--;
  return { old: { from, to }, now: { from, to: nowTo }, atEnd };
}

/** Some lines unit by unit. An embed is one unit, and so is a newline. */
class Cells {
  readonly runs: Op[];
  readonly text: string;
  /** For each unit its run. */
  readonly run: Uint32Array;

  constructor(lines: readonly Node[]) {
    this.runs = opsOf(lines);
    this.text = this.runs.map(({ insert }) => (typeof insert === "string" ? insert : "\ufffc")).join("");
    this.run = new Uint32Array(this.text.length);
    let at = 0;
    this.runs.forEach(({ insert }, index) => {
      const length = lengthOf(insert!);
      this.run.fill(index, at, at + length);
      at += length;
    });
  }

  get length(): number {
    return this.text.length;
  }

  of(unit: number): Op {
    return this.runs[this.run[unit]!]!;
  }

  /** The runs between two units, cut to them. */
  *between(from: number, to: number): Generator<{ op: Op; from: number; to: number }> {
    for (let at = from; at < to;) {
      const index = this.run[at];
      let end = at + 1;
      while (end < to && this.run[end] === index) end++;
      yield { op: this.of(at), from: at, to: end };
      at = end;
    }
  }
}

/** Compares units of both; what two runs have in common is asked once in a row. */
class Comparison {
  private last = "";
  private alike = false;

  constructor(
    private readonly a: Cells,
    private readonly b: Cells,
    private readonly withAttributes: boolean,
  ) {}

  at(i: number, j: number): boolean {
    if (this.a.text.charCodeAt(i) !== this.b.text.charCodeAt(j)) return false;
    const pair = `${this.a.run[i]},${this.b.run[j]}`;
    if (pair !== this.last) {
      this.last = pair;
      this.alike = this.runs(this.a.of(i), this.b.of(j));
    }
    return this.alike;
  }

  private runs(a: Op, b: Op): boolean {
    if (typeof a.insert !== typeof b.insert) return false;
    if (typeof a.insert !== "string" && !same(a.insert, b.insert)) return false;
    return !this.withAttributes || same(a.attributes, b.attributes);
  }

  /** How many units are alike from here on, `most` at most; never half a pair. */
  forward(i: number, j: number, most: number): number {
    let count = 0;
    while (count < most && this.at(i + count, j + count)) count++;
    return count > 0 && isHigh(this.a.text, i + count - 1) ? count - 1 : count;
  }

  /** The same backwards, before these units. */
  backward(i: number, j: number, most: number): number {
    let count = 0;
    while (count < most && this.at(i - count - 1, j - count - 1)) count++;
    return count > 0 && isLow(this.a.text, i - count) ? count - 1 : count;
  }
}

export const isHigh = (text: string, at: number) => (text.charCodeAt(at) & 0xfc00) === 0xd800;
export const isLow = (text: string, at: number) => (text.charCodeAt(at) & 0xfc00) === 0xdc00;

/**
 * What is alike with its attributes at both ends stays; between, what is alike without them keeps its place and changes
 * only them, so that a line split in two does not take away what others are writing in it; the rest is replaced.
 */
function compare(a: Cells, b: Cells, atEnd: boolean, delta: Op[]): void {
  const least = Math.min(a.length, b.length);
  const alike = new Comparison(a, b, true);
  const prefix = alike.forward(0, 0, atEnd ? least - 1 : least);
  const suffix = alike.backward(a.length, b.length, least - prefix);
  const [aEnd, bEnd] = [a.length - suffix, b.length - suffix];
  const units = new Comparison(a, b, false);
  const after = units.backward(aEnd, bEnd, Math.min(aEnd, bEnd) - prefix);
  // The last newline is not to be had for what comes before it.
  const most = Math.min(aEnd, bEnd) - prefix - after;
  const before = units.forward(prefix, prefix, most);
  if (prefix) push(delta, { retain: prefix });
  retained(a, b, prefix, prefix, before, delta);
  for (const { op, from, to } of b.between(prefix + before, bEnd - after))
    push(delta, {
      insert: typeof op.insert === "string" ? b.text.slice(from, to) : op.insert,
      attributes: op.attributes,
    });
  const gone = aEnd - after - prefix - before;
  if (gone) push(delta, { delete: gone });
  retained(a, b, aEnd - after, bEnd - after, after, delta);
}

/** Retains so many units, from `i` on in `a` and from `j` on in `b`, with what their attributes became. */
function retained(a: Cells, b: Cells, i: number, j: number, length: number, delta: Op[]): void {
  for (const { op, from, to } of b.between(j, j + length))
    for (const old of a.between(i + from - j, i + to - j))
      push(delta, {
        retain: old.to - old.from,
        attributes: attributeChange(old.op.attributes, op.attributes),
      });
}

function attributeChange(before: Attributes = {}, after: Attributes = {}): Attributes {
  const gone = Object.keys(before).filter((name) => !Object.hasOwn(after, name));
  const set = Object.keys(after).filter((name) => !same(before[name], after[name]));
  return Object.fromEntries([...gone.map((name) => [name, null]), ...set.map((name) => [name, after[name]])]);
}
