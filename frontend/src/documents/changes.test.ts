import fc from "fast-check";
import Delta, { type Op as QuillOp } from "quill-delta";
import { expect, test } from "vitest";
import { changeBetween } from "./changes";
import { documentOf, lengthOf, opsOf, positionOf, push, unitOf } from "./lines";
import { movedBy, remoteTransaction, touchedBy } from "./remote";
import { contents, doings, done, linesIn, stateOf } from "./testing/random";
import type { Delta as Ours, Op } from "./types";

const RUNS = { numRuns: 2500 };
/** Milliseconds: a busy machine must not make a property fail. */
const PATIENCE = 60_000;

const composed = (contents: Ours, change: Ours) =>
  canonical(new Delta(contents as QuillOp[]).compose(new Delta(change as QuillOp[])).ops as Op[]);
const canonical = (ops: Ours) => {
  const all: Op[] = [];
  for (const op of ops) push(all, op);
  return all;
};
const total = (ops: Ours) => ops.reduce((sum, { insert }) => sum + lengthOf(insert!), 0);

/** What the server asks of a change. */
function accepted(change: Ours, length: number): void {
  expect(canonical(change)).toEqual(change);
  let at = 0;
  for (const { insert, retain, delete: gone, attributes } of change) {
    if (insert !== undefined) expect(at).toBeLessThan(length);
    if (typeof insert === "string") {
      expect(insert.isWellFormed()).toBe(true);
      expect(insert).not.toMatch(/[\0\r]/);
      expect(Object.values(attributes ?? {})).not.toContain(null);
    }
    at += retain ?? gone ?? 0;
    if (gone !== undefined) expect(at).toBeLessThan(length);
  }
  expect(at).toBeLessThanOrEqual(length);
  expect(change.at(-1)).not.toEqual({ retain: expect.any(Number) });
}

/** Whether any boundary of a change is inside a character of two units. */
function cuts(change: Ours, text: string): boolean {
  let at = 0;
  return change.some(({ retain, delete: gone }) => {
    const inside = at > 0 && /[\udc00-\udfff]/.test(text.charAt(at));
    at += retain ?? gone ?? 0;
    return inside || /[\udc00-\udfff]/.test(text.charAt(at));
  });
}
const textOf = (ops: Ours) =>
  ops.map(({ insert }) => (typeof insert === "string" ? insert : "\ufffc")).join("");

test(
  "a document is the same after the way through the editor",
  () => {
    fc.assert(
      fc.property(contents, (delta) => {
        const doc = documentOf(delta);
        doc.check();
        expect(opsOf(linesIn(doc))).toEqual(delta);
        expect(doc.content.size).toBe(total(delta) + doc.childCount);
      }),
      RUNS,
    );
  },
  PATIENCE,
);

test(
  "the delta of what somebody did leads from before to after, and is one the server takes",
  () => {
    fc.assert(
      fc.property(contents, doings, (delta, all) => {
        const before = stateOf(delta);
        const after = done(before, all);
        after.doc.check();
        const { delta: change } = changeBetween(before.doc, after.doc);
        accepted(change, total(delta));
        expect(cuts(change, textOf(delta))).toBe(false);
        expect(composed(delta, change)).toEqual(opsOf(linesIn(after.doc)));
        expect(documentOf(opsOf(linesIn(after.doc))).eq(after.doc)).toBe(true);
      }),
      RUNS,
    );
  },
  PATIENCE,
);

test(
  "what others did is carried out as if the document had been made anew",
  () => {
    fc.assert(
      fc.property(contents, doings, fc.nat(), fc.nat(), (delta, all, a, b) => {
        const before = stateOf(delta);
        const { delta: change } = changeBetween(before.doc, done(before, all).doc);
        const length = total(delta);
        const [anchor, head] = [a % length, b % length];
        const { tr } = before;
        const selected = before.apply(
          tr.setSelection(
            (before.selection.constructor as never as { create: (...all: unknown[]) => never }).create(
              tr.doc,
              positionOf(tr.doc, anchor),
              positionOf(tr.doc, head),
            ),
          ),
        );
        const after = selected.apply(remoteTransaction(selected, change));
        after.doc.check();
        expect(after.doc.eq(documentOf(composed(delta, change)))).toBe(true);
        expect(unitOf(after.doc, after.selection.anchor)).toBe(movedBy(change, anchor));
        expect(unitOf(after.doc, after.selection.head)).toBe(movedBy(change, head));
        expect(changeBetween(before.doc, after.doc).delta.length === 0).toBe(before.doc.eq(after.doc));
      }),
      RUNS,
    );
  },
  PATIENCE,
);

test(
  "a place moves with a change as the algebra says",
  () => {
    fc.assert(
      fc.property(contents, doings, fc.nat(), (delta, all, a) => {
        const before = stateOf(delta);
        const { delta: change } = changeBetween(before.doc, done(before, all).doc);
        const unit = a % total(delta);
        expect(movedBy(change, unit)).toBe(new Delta(change as QuillOp[]).transformPosition(unit, true));
      }),
      RUNS,
    );
  },
  PATIENCE,
);

const split = (delta: Ours, position: number) => {
  const before = stateOf(delta);
  return changeBetween(before.doc, before.apply(before.tr.split(position)).doc).delta;
};

test("a heading split in two keeps the text that others may be writing in", () => {
  const delta = [{ insert: "HelloWorld" }, { insert: "\n", attributes: { header: 1 } }];
  expect(split(delta, 6)).toEqual([{ retain: 5 }, { insert: "\n", attributes: { header: 1 } }]);
});

test("a letter typed is one letter inserted, a format is no insertion", () => {
  const before = stateOf([{ insert: "one\ntwo\nthree\n" }]);
  const typed = before.apply(before.tr.insertText("x", 8));
  expect(changeBetween(before.doc, typed.doc).delta).toEqual([{ retain: 6 }, { insert: "x" }]);
  const bold = before.apply(before.tr.addMark(6, 9, before.schema.marks.bold!.create()));
  expect(changeBetween(before.doc, bold.doc).delta).toEqual([
    { retain: 4 },
    { retain: 3, attributes: { bold: true } },
  ]);
});

test("at the end nothing comes after the last newline, and it is not deleted", () => {
  const before = stateOf([{ insert: "a\n" }]);
  const longer = before.apply(before.tr.insert(3, before.schema.nodes.line!.create()));
  expect(changeBetween(before.doc, longer.doc).delta).toEqual([{ retain: 1 }, { insert: "\n" }]);
  expect(changeBetween(longer.doc, before.doc).delta).toEqual([{ retain: 1 }, { delete: 1 }]);
});

test("what a key costs does not depend on the length of the document", () => {
  const long = stateOf([{ insert: "A line of talking points, as long as they are.\n".repeat(6500) }]);
  expect(long.doc.content.size).toBeGreaterThan(300_000);
  const middle = positionOf(long.doc, 150_000);
  const typed = long.apply(long.tr.insertText("x", middle));
  expect(changeBetween(long.doc, typed.doc)).toMatchObject({ lines: 2 });
  expect(changeBetween(long.doc, long.apply(long.tr.split(middle)).doc)).toMatchObject({ lines: 3 });
  const apart = [{ insert: "x" }, { retain: 299_000 }, { insert: "y" }, { delete: 1 }];
  expect(touchedBy(long.doc, apart).map(({ first, last }) => last - first + 1)).toEqual([1, 1]);
  const after = long.apply(remoteTransaction(long, apart)).doc;
  // What was not touched is the same object still.
  const kept = linesIn(long.doc).filter((line, index) => after.child(index) === line);
  expect(kept.length).toBe(long.doc.childCount - 2);
});
