/** Random documents, and what people do to them, for the property tests. */

import fc from "fast-check";
import type { Node } from "@tiptap/pm/model";
import { EditorState, Plugin, type Transaction } from "@tiptap/pm/state";
import { markOf, schema } from "../nodes";
import { documentOf, linesOf, opsOf, push } from "../lines";
import { normalised } from "../normal";
import { REMOTE } from "../remote";
import type { Attributes, Delta, Op } from "../types";

const PIECES = ["a", "b", "aa", "é", "😀", "😁", "👩‍👩‍👧", " ", "word", "\u0301"];
const text = fc.array(fc.constantFrom(...PIECES), { minLength: 1, maxLength: 4 }).map((all) => all.join(""));

/** Known attributes, one that this version does not know, and a known one with a value it does not know. */
export const inline: fc.Arbitrary<Attributes> = fc.record(
  {
    bold: fc.constant(true),
    italic: fc.constant(true),
    code: fc.constant(true),
    link: fc.constantFrom("https://example.com/a", "https://example.com/b"),
    comment: fc.constant("1f0c9a52-6d1e-4a3b-9c55-0a1b2c3d4e5f"),
    sparkle: fc.constantFrom<unknown>(1, true, { deep: ["x"] }),
    alt: fc.constantFrom("a dress", "shoes"),
    size: fc.constantFrom("large", "gigantic"),
    inserted: fc.constantFrom("7:1f0c9a52-6d1e-4a3b-9c55-0a1b2c3d4e5f", "nobody"),
    deleted: fc.constant("8:1f0c9a52-6d1e-4a3b-9c55-0a1b2c3d4e5f"),
  },
  { requiredKeys: [] },
);
export const block: fc.Arbitrary<Attributes> = fc.record(
  {
    header: fc.constantFrom(1, 2, 9),
    list: fc.constantFrom("bullet", "ordered", "checked", "unchecked"),
    indent: fc.constantFrom(1, 8),
    align: fc.constantFrom("center", "right"),
    "code-block": fc.constantFrom<unknown>(true, "python"),
    blockquote: fc.constant(true),
    "cue-row": fc.constant({ at: 5 }),
    inserted: fc.constant("7:1f0c9a52-6d1e-4a3b-9c55-0a1b2c3d4e5f"),
  },
  { requiredKeys: [] },
);
export const embed: fc.Arbitrary<Record<string, unknown>> = fc.constantFrom<Record<string, unknown>>(
  { break: true },
  { divider: true },
  { image: "/media/a.webp" },
  { mention: { kind: "product", id: 7, label: "Ring" } },
  { cue: "Camera 2" },
  { hologram: { of: "the future" } },
);
const mostly = (attributes: fc.Arbitrary<Attributes>) =>
  fc.oneof({ weight: 2, arbitrary: fc.constant<Attributes>({}) }, { weight: 1, arbitrary: attributes });

const op: fc.Arbitrary<Op> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ insert: text, attributes: mostly(inline) }) },
  { weight: 3, arbitrary: fc.record({ insert: fc.constant("\n"), attributes: mostly(block) }) },
  { weight: 1, arbitrary: fc.record({ insert: embed, attributes: mostly(inline) }) },
);
/** The delta of a document. */
export const contents: fc.Arbitrary<Delta> = fc
  .tuple(fc.array(op, { maxLength: 14 }), mostly(block))
  .map(([ops, attributes]) => {
    const all: Op[] = [];
    for (const one of [...ops, { insert: "\n", attributes }]) push(all, one);
    return all;
  });

type Doing = (tr: Transaction) => void;
const place = fc.double({ min: 0, max: 1, noNaN: true });
/** A place where text may stand. Also one inside an emoji: the editor must get out of that by itself. */
const at = (doc: Node, share: number) => {
  const places: number[] = [];
  doc.forEach((line, offset) => {
    for (let inside = 0; inside <= line.content.size; inside++) places.push(offset + 1 + inside);
  });
  return places[Math.min(places.length - 1, Math.floor(share * places.length))]!;
};
const span = (doc: Node, a: number, b: number): [number, number] => {
  const [from, to] = [at(doc, a), at(doc, b)];
  return from < to ? [from, to] : [to, from];
};
const lineAt = (doc: Node, share: number) => {
  const index = Math.min(doc.childCount - 1, Math.floor(share * doc.childCount));
  let offset = 0;
  for (let before = 0; before < index; before++) offset += doc.child(before).nodeSize;
  return { offset, line: doc.child(index) };
};

const doing: fc.Arbitrary<Doing> = fc.oneof(
  fc.tuple(place, text).map(
    ([a, typed]): Doing =>
      (tr) =>
        tr.insertText(typed, at(tr.doc, a)),
  ),
  fc.tuple(place, fc.constantFrom("x\ny", "\0", "\ud83d", "\ude00", "a\r\nb")).map(
    ([a, typed]): Doing =>
      (tr) =>
        tr.insertText(typed, at(tr.doc, a)),
  ),
  fc.tuple(place, place).map(
    ([a, b]): Doing =>
      (tr) =>
        tr.delete(...span(tr.doc, a, b)),
  ),
  fc.tuple(place, place, text).map(
    ([a, b, typed]): Doing =>
      (tr) =>
        tr.insertText(typed, ...span(tr.doc, a, b)),
  ),
  place.map(
    (a): Doing =>
      (tr) =>
        tr.split(at(tr.doc, a)),
  ),
  fc.tuple(place, mostly(block)).map(([a, attributes]): Doing => (tr) => {
    const value = Object.keys(attributes).length ? attributes : null;
    tr.setNodeMarkup(lineAt(tr.doc, a).offset, null, { attributes: value });
  }),
  fc.tuple(place, place, inline).map(([a, b, attributes]): Doing => (tr) => {
    const range = span(tr.doc, a, b);
    for (const [name, value] of Object.entries(attributes)) tr.addMark(...range, markOf(name, value));
  }),
  fc.tuple(place, place, fc.constantFrom("bold", "italic", "link", "other")).map(
    ([a, b, name]): Doing =>
      (tr) =>
        tr.removeMark(...span(tr.doc, a, b), schema.marks[name]),
  ),
  fc.tuple(place, embed).map(([a, one]): Doing => (tr) => {
    tr.insert(at(tr.doc, a), linesOf([{ insert: one }, { insert: "\n" }])[0]!.content);
  }),
  fc.tuple(place, place, contents).map(([a, b, pasted]): Doing => (tr) => {
    const [from, to] = span(tr.doc, a, b);
    tr.replace(from, to, documentOf(pasted).slice(1, documentOf(pasted).content.size - 1));
  }),
  place.map((a): Doing => (tr) => {
    const { offset, line } = lineAt(tr.doc, a);
    if (tr.doc.childCount > 1) tr.delete(offset, offset + line.nodeSize);
  }),
  fc.tuple(place, place).map(([a, b]): Doing => (tr) => {
    const { offset, line } = lineAt(tr.doc, a);
    if (tr.doc.childCount < 2) return;
    tr.delete(offset, offset + line.nodeSize);
    tr.insert(lineAt(tr.doc, b).offset, line);
  }),
);
/** What somebody does in one transaction. */
export const doings = fc.array(doing, { minLength: 1, maxLength: 3 });

const normaliser = new Plugin({
  appendTransaction: (transactions, before, after) =>
    transactions.some((tr) => tr.docChanged && !tr.getMeta(REMOTE)) ? normalised(before.doc, after) : null,
});

export const stateOf = (delta: Delta) =>
  EditorState.create({ doc: documentOf(delta), plugins: [normaliser] });

/** The state after somebody has done something. */
export function done(state: EditorState, all: readonly Doing[]): EditorState {
  const { tr } = state;
  for (const one of all) one(tr);
  return state.applyTransaction(tr).state;
}

export { opsOf };
export const linesIn = (doc: Node): Node[] => Array.from({ length: doc.childCount }, (_, i) => doc.child(i));
