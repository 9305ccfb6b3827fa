/**
 * The algebra of changes, alike in both languages: `cuelight/documents/delta.py` says what each function means, and
 * `contracts/documents/delta.json` holds both to it. Pure; nothing that is given is changed, all results are canonical.
 *
 * npm's quill-delta folds; around it stands what it leaves open: half characters are refused instead of stored, an
 * inverse removes no attribute that was never there, and names that every object has (`constructor`) never reach it.
 *
 * `priority` true: `a` came first. Its text goes left; its attributes win.
 */

import Quill from "quill-delta";
import type { Attributes, Delta, Op } from "./types";

/** A change that halves a character, or names an attribute that every object has: it can be no change. */
export class NoChange extends Error {
  constructor(readonly reason: "split_surrogate" | "invalid_attributes") {
    super(
      reason === "split_surrogate"
        ? "An edit cuts a character in half (a surrogate pair)."
        : "An attribute has a name that no attribute can have.",
    );
  }
}

export function opLength(op: Op): number {
  if (op.insert !== undefined) return typeof op.insert === "string" ? op.insert.length : 1;
  return op.retain ?? op.delete ?? 0;
}

/** The sum over all operations; of a document its length. */
export function length(delta: Delta): number {
  let total = 0;
  for (const op of delta) total += opLength(op);
  return total;
}

/** By how many units a change makes a document longer. */
export function grown(change: Delta): number {
  let total = 0;
  for (const op of change)
    total += op.insert !== undefined ? opLength(op) : op.delete !== undefined ? -op.delete : 0;
  return total;
}

/** Equality of JSON values; `true` is not 1, and an attribute that is missing is not one that is null. */
export function same(one: unknown, other: unknown): boolean {
  if (one === other) return true;
  if (typeof one !== "object" || typeof other !== "object" || one === null || other === null) return false;
  if (Array.isArray(one) !== Array.isArray(other)) return false;
  const names = Object.keys(one);
  if (names.length !== Object.keys(other).length) return false;
  const [left, right] = [one as Attributes, other as Attributes];
  return names.every((name) => Object.hasOwn(right, name) && same(left[name], right[name]));
}

/** Appends to a delta that is canonical and stays so. `op` may be shared afterwards: none is ever changed. */
export function push(delta: Op[], op: Op): void {
  const last = delta.at(-1);
  if (last?.delete !== undefined) {
    if (op.delete !== undefined) delta[delta.length - 1] = { delete: last.delete + op.delete };
    else if (op.insert !== undefined) {
      // At one place an insert stands before a delete, whichever was said first.
      delta.pop();
      push(delta, op);
      delta.push(last);
    } else delta.push(op);
    return;
  }
  if (last && op.delete === undefined && same(last.attributes, op.attributes)) {
    if (last.retain !== undefined && op.retain !== undefined) {
      delta[delta.length - 1] = { ...last, retain: last.retain + op.retain };
      return;
    }
    if (typeof last.insert === "string" && typeof op.insert === "string") {
      delta[delta.length - 1] = { ...last, insert: last.insert + op.insert };
      return;
    }
  }
  delta.push(op);
}

/** Without the plain retain at the end, which says nothing. */
function chop(delta: Op[]): Delta {
  const last = delta.at(-1);
  if (last?.retain !== undefined && !last.attributes) delta.pop();
  return delta;
}

/** The one way to write this change. */
export function canonical(ops: Delta): Delta {
  const delta: Op[] = [];
  for (const op of ops) if (opLength(op)) push(delta, withAttributes(op, op.attributes));
  return chop(delta);
}

/**
 * One change that does what `a` and then `b` do; `a` may be a document, and the result is one then.
 *
 * Throws NoChange where `b` halves a character of `a`.
 */
export function compose(a: Delta, b: Delta): Delta {
  return whole(new Quill(known(a)).compose(new Quill(known(b))).ops as Op[]);
}

/** `b` written anew so that it can follow `a`, both having been made on the same text. */
export function transform(a: Delta, b: Delta, priority: boolean): Delta {
  return new Quill(known(a)).transform(new Quill(known(b)), priority).ops as Op[];
}

/** Where a place in the text is after a change. An insert right there moves it, unless `priority`. */
export function transformPosition(change: Delta, index: number, priority: boolean): number {
  return new Quill(change as Op[]).transformPosition(index, priority);
}

/** Where a place was before a change; what the change has inserted stood nowhere, and is taken for the place before it. */
export function positionBefore(change: Delta, index: number): number {
  let before = 0;
  let after = 0;
  for (const op of change) {
    const count = opLength(op);
    if (op.delete !== undefined) {
      if (after < index) before += count;
      continue;
    }
    if (after + count >= index) return op.insert !== undefined ? before : before + index - after;
    after += count;
    if (op.insert === undefined) before += count;
  }
  return before + index - after;
}

/** The change that takes `change` back. `slice` gives the ops of the document before it, from a place up to another. */
export function invert(change: Delta, slice: (start: number, end: number) => Delta): Delta {
  const inverse: Op[] = [];
  let place = 0;
  for (const op of change) {
    const count = opLength(op);
    if (op.insert !== undefined) push(inverse, { delete: count });
    else {
      if (op.retain !== undefined && !op.attributes) push(inverse, { retain: count });
      else
        for (const was of slice(place, place + count))
          if (op.delete !== undefined) push(inverse, was);
          else
            push(
              inverse,
              withAttributes({ retain: opLength(was) }, inverted(op.attributes!, was.attributes)),
            );
      place += count;
    }
  }
  return chop(inverse);
}

/** The ops of a document between two places. Throws NoChange where that would halve a character. */
export function slice(document: Delta, start: number, end: number): Delta {
  const part: Op[] = [];
  let place = 0;
  for (const op of document) {
    const count = opLength(op);
    if (place < end && place + count > start)
      part.push(
        typeof op.insert === "string"
          ? { ...op, insert: cut(op.insert, Math.max(0, start - place), Math.min(count, end - place)) }
          : op,
      );
    place += count;
    if (place >= end) break;
  }
  return part;
}

/** The units of a text from `start` up to `end`. Throws NoChange where that would halve a pair. */
export function cut(text: string, start: number, end: number): string {
  if (splitsPair(text, start) || splitsPair(text, end)) throw new NoChange("split_surrogate");
  return text.slice(start, end);
}

/** Whether a place in a text is between the two halves of one character. */
export function splitsPair(text: string, place: number): boolean {
  if (place <= 0 || place >= text.length) return false;
  const unit = text.charCodeAt(place);
  return (unit & 0xfc00) === 0xdc00 && (text.charCodeAt(place - 1) & 0xfc00) === 0xd800;
}

/** What a change inserts, as text; an embed is U+FFFC. For people, when the change itself cannot be done. */
export function insertedText(change: Delta): string {
  return change
    .map(({ insert }) => (insert === undefined ? "" : typeof insert === "string" ? insert : "\ufffc"))
    .join("");
}

/** The same operation with these attributes; without an entry when there are none. */
export function withAttributes(op: Op, attributes: Attributes | undefined): Op {
  if (attributes && Object.keys(attributes).length > 0) return { ...op, attributes };
  if (!("attributes" in op)) return op;
  const { attributes: _, ...rest } = op;
  return rest;
}

function inverted(attributes: Attributes, base: Attributes = {}): Attributes {
  const inverse: Attributes = {};
  for (const [name, value] of Object.entries(attributes)) {
    const was = base[name] ?? null;
    if (!same(value, was)) inverse[name] = was;
  }
  return inverse;
}

/** The ops as they are, once no attribute has a name that quill-delta would look up in vain. */
function known(delta: Delta): Op[] {
  for (const { attributes } of delta)
    if (attributes)
      for (const name in attributes) if (name in Object.prototype) throw new NoChange("invalid_attributes");
  return delta as Op[];
}

function whole(ops: Op[]): Delta {
  for (const { insert } of ops)
    if (typeof insert === "string" && !insert.isWellFormed()) throw new NoChange("split_surrogate");
  return ops;
}
