/**
 * After each change made here, what the editor holds is brought into the form that everybody else will see: the one that
 * its delta would give. Without it the author would look at a document that nobody else has.
 */

import { Fragment, Slice, type Node } from "@tiptap/pm/model";
import type { EditorState, Transaction } from "@tiptap/pm/state";
import { ReplaceStep } from "@tiptap/pm/transform";
import { differing, isHigh, isLow, within } from "./changes";
import { linesOf, opsOf, push } from "./lines";
import type { Op } from "./types";

/** What brings the changed lines into form; undefined where they are. */
export function normalised(before: Node, state: EditorState): Transaction | undefined {
  const found = differing(before, state.doc);
  if (!found) return undefined;
  const lines = within(state.doc, found.now);
  const whole = linesOf(clean(opsOf(lines)), state.schema);
  if (whole.length === lines.length && whole.every((line, index) => line.eq(lines[index]!))) return undefined;
  let from = 0;
  for (let index = 0; index < found.now.from; index++) from += state.doc.child(index).nodeSize;
  return replaceLines(state.tr, from, lines, whole);
}

/** Puts lines in the place of those that begin at `from`, in one step between the first difference and the last. */
export function replaceLines(
  tr: Transaction,
  from: number,
  old: readonly Node[],
  now: readonly Node[],
): Transaction {
  const [before, after] = [Fragment.from(old), Fragment.from(now)];
  let start = before.findDiffStart(after);
  const end = before.findDiffEnd(after);
  if (start === null || !end) return tr;
  let { a, b } = end;
  // The ends may overlap where the same letter stands on both sides of the difference.
  const overlap = start - Math.min(a, b);
  if (overlap > 0) {
    a += overlap;
    b += overlap;
  }
  const doc = tr.doc.type.create(null, after);
  if (cutsPair(doc, start) || cutsPair(tr.doc, from + start)) start--;
  if (cutsPair(doc, b) || cutsPair(tr.doc, from + a)) {
    a++;
    b++;
  }
  const inserted = start === b ? Slice.empty : doc.slice(start, b);
  return tr.step(new ReplaceStep(from + start, from + a, inserted));
}

/** Whether a place is inside a character of two units. */
function cutsPair(doc: Node, position: number): boolean {
  const $position = doc.resolve(position);
  const { nodeBefore, nodeAfter } = $position;
  return (
    !!nodeBefore?.isText &&
    !!nodeAfter?.isText &&
    isHigh(nodeBefore.text!, nodeBefore.text!.length - 1) &&
    isLow(nodeAfter.text!, 0)
  );
}

/** Without what no document may hold: half a character, or a NUL; and no character with two formats. */
function clean(ops: readonly Op[]): Op[] {
  const cleaned: Op[] = [];
  let high = "";
  ops.forEach((op, index) => {
    if (typeof op.insert !== "string") return push(cleaned, op);
    let text = high + op.insert.replaceAll("\0", "").replace(/\r\n?/g, "\n");
    high = "";
    const next = ops[index + 1]?.insert;
    if (isHigh(text, text.length - 1) && typeof next === "string" && isLow(next, 0)) {
      high = text.at(-1)!;
      text = text.slice(0, -1);
    }
    if (text) push(cleaned, { ...op, insert: text.toWellFormed() });
  });
  return cleaned;
}
