/** A change of somebody else's, carried out on what the editor holds: only the lines that it touches are made anew. */

import type { Node } from "@tiptap/pm/model";
import {
  AllSelection,
  NodeSelection,
  TextSelection,
  type EditorState,
  type Transaction,
} from "@tiptap/pm/state";
import { transformPosition } from "./delta";
import { lengthOf, lineLength, linesOf, opsOf, positionOf, push, unitOf } from "./lines";
import { replaceLines } from "./normal";
import type { Attributes, Delta, Op } from "./types";

/** Set on a transaction that carries out a change of others: the change. */
export const REMOTE = "documents:remote";

/** Lines `first` to `last` (included), and what happens to them, counted from the start of the first. */
export interface Touched {
  first: number;
  last: number;
  change: Op[];
}

/** The transaction of a change. The selection stays where its text is. */
export function remoteTransaction(state: EditorState, change: Delta): Transaction {
  const { doc, selection } = state;
  const tr = state.tr.setMeta(REMOTE, change).setMeta("addToHistory", false);
  const [anchor, head] = [selection.anchor, selection.head].map((at) => movedBy(change, unitOf(doc, at)));
  const starts = startsOf(doc);
  // From the end, so that what is before stays where it was.
  for (const { first, last, change: here } of touchedBy(doc, change).reverse()) {
    const lines = Array.from({ length: last - first + 1 }, (_, index) => doc.child(first + index));
    replaceLines(tr, starts[first]!, lines, linesOf(changed(opsOf(lines), here), state.schema));
  }
  if (selection instanceof AllSelection) return tr.setSelection(new AllSelection(tr.doc));
  const from = positionOf(tr.doc, Math.min(anchor!, head!));
  if (selection instanceof NodeSelection && tr.doc.nodeAt(from)?.eq(selection.node))
    return tr.setSelection(NodeSelection.create(tr.doc, from));
  return tr.setSelection(
    TextSelection.create(tr.doc, positionOf(tr.doc, anchor!), positionOf(tr.doc, head!)),
  );
}

/** Where each line begins in the editor's document. */
function startsOf(doc: Node): number[] {
  const starts: number[] = [];
  doc.forEach((_, offset) => starts.push(offset));
  return starts;
}

/** Where a place comes to be through a change. What others write at it does not push it. */
export const movedBy = (change: Delta, unit: number) => transformPosition(change, unit, true);

/** The lines that a change touches, those that touch each other together. */
export function touchedBy(doc: Node, change: Delta): Touched[] {
  const touched: Touched[] = [];
  let line = 0;
  let lineStart = 0;
  let at = 0;
  let group: Touched | undefined;
  let groupAt = 0;
  const seek = (unit: number) => {
    while (line < doc.childCount - 1 && unit >= lineStart + lineLength(doc.child(line)))
      lineStart += lineLength(doc.child(line++));
  };
  for (const op of change) {
    if (op.retain !== undefined && !op.attributes) {
      at += op.retain;
      continue;
    }
    seek(at);
    if (!group || line > group.last) {
      group = { first: line, last: line, change: [] };
      groupAt = lineStart;
      touched.push(group);
    }
    if (at > groupAt) push(group.change, { retain: at - groupAt });
    push(group.change, op);
    at += op.delete ?? op.retain ?? 0;
    groupAt = at;
    // Where a newline goes, the next line becomes part of this one.
    seek(op.delete === undefined ? Math.max(at - 1, lineStart) : at);
    group.last = line;
  }
  return touched;
}

/** A change carried out on what is there. */
export function changed(contents: Delta, change: Delta): Op[] {
  const ops: Op[] = [];
  let [index, used] = [0, 0];
  const take = (length: number, each: (op: Op) => Op | undefined) => {
    while (length > 0 && index < contents.length) {
      const { insert, attributes } = contents[index]!;
      const count = Math.min(length, lengthOf(insert!) - used);
      const made = each({
        insert: typeof insert === "string" ? insert.slice(used, used + count) : insert,
        attributes,
      });
      if (made) push(ops, made);
      length -= count;
      used += count;
      if (used === lengthOf(insert!)) [index, used] = [index + 1, 0];
    }
  };
  for (const op of change) {
    if (op.insert !== undefined) push(ops, { insert: op.insert, attributes: withChange({}, op.attributes) });
    else if (op.delete !== undefined) take(op.delete, () => undefined);
    else
      take(op.retain ?? 0, (found) => ({
        ...found,
        attributes: withChange(found.attributes, op.attributes),
      }));
  }
  take(Infinity, (found) => found);
  return ops;
}

function withChange(attributes: Attributes = {}, change: Attributes = {}): Attributes {
  return Object.fromEntries(
    Object.entries({ ...attributes, ...change }).filter(([, value]) => value !== null),
  );
}
