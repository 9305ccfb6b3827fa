/**
 * The delta is the truth, and what the editor holds is a function of it: `documentOf`. `opsOf` is its inverse on what
 * the editor may hold. Both are told in lines, so that a part of a document costs no more than that part.
 */

import { Mark, type Node, type Schema } from "@tiptap/pm/model";
import { attributeOf, embedOf, lineAttributes, markOf, schema as ours } from "./nodes";
import { push as add, withAttributes } from "./delta";
import type { Attributes, Delta, Op } from "./types";

const some = (attributes: Attributes | undefined) =>
  attributes && Object.keys(attributes).length ? attributes : undefined;

/** Adds an operation in canonical form; one without entries among its attributes has none. */
export function push(ops: Op[], op: Op): void {
  add(ops, withAttributes(op, some(op.attributes)));
}

/** The length of what an insertion inserts, in UTF-16 units. */
export const lengthOf = (insert: string | Record<string, unknown>) =>
  typeof insert === "string" ? insert.length : 1;

/** The lines of a delta, without the document around them. A last line without its newline is a line all the same. */
export function linesOf(delta: Delta, schema: Schema = ours): Node[] {
  const lines: Node[] = [];
  let inside: Node[] = [];
  const end = (attributes: Attributes | undefined) => {
    lines.push(schema.nodes.line!.create({ attributes: some(attributes) ?? null }, inside));
    inside = [];
  };
  for (const { insert, attributes } of delta) {
    if (insert === undefined) continue;
    const marks = marksOf(attributes, schema);
    if (typeof insert !== "string") {
      inside.push(embedNode(insert, marks, schema));
      continue;
    }
    const texts = insert.split("\n");
    texts.forEach((text, index) => {
      if (index > 0) end(attributes);
      if (text) inside.push(schema.text(text, marks));
    });
  }
  if (inside.length) end(undefined);
  return lines;
}

/** The editor's document of a delta. Any delta that is a document gives a document that the schema takes. */
export function documentOf(delta: Delta, schema: Schema = ours): Node {
  const lines = linesOf(delta, schema);
  return schema.nodes.doc!.create(null, lines.length ? lines : [schema.nodes.line!.create()]);
}

function embedNode(embed: Record<string, unknown>, marks: readonly Mark[], schema: Schema): Node {
  const isBreak = embed.break === true && Object.keys(embed).length === 1;
  return isBreak
    ? schema.nodes.break!.create(null, null, marks)
    : schema.nodes.embed!.create({ embed }, null, marks);
}

function marksOf(attributes: Attributes | undefined, schema: Schema): readonly Mark[] {
  if (!attributes) return Mark.none;
  // By name: those without a mark of their own have one rank, and their order would be that of arrival.
  const names = Object.keys(attributes).sort();
  return Mark.setFrom(names.map((name) => markOf(name, attributes[name], schema)));
}

/** The attributes of text or of an embed. */
export function inlineAttributes(node: Node): Attributes | undefined {
  if (!node.marks.length) return undefined;
  return Object.fromEntries(node.marks.map(attributeOf));
}

/** What an inline node inserts. */
export function insertOf(node: Node): string | Record<string, unknown> {
  if (node.isText) return node.text!;
  const [name, value] = embedOf(node);
  return { [name]: value };
}

/** The delta of some lines, canonical. */
export function opsOf(lines: readonly Node[]): Op[] {
  const ops: Op[] = [];
  for (const line of lines) {
    line.forEach((node) => push(ops, { insert: insertOf(node), attributes: inlineAttributes(node) }));
    push(ops, { insert: "\n", attributes: lineAttributes(line) });
  }
  return ops;
}

/** The length of a line in the delta: its content and its newline. */
export const lineLength = (line: Node) => line.content.size + 1;

/** A place in the editor's document as one in the delta. */
export function unitOf(doc: Node, position: number): number {
  const $position = doc.resolve(position);
  return Math.max(0, position - $position.index(0) - ($position.depth > 0 ? 1 : 0));
}

/** A place in the delta as one in the editor's document: always in a line. */
export function positionOf(doc: Node, unit: number): number {
  let start = 0;
  for (let index = 0; index < doc.childCount; index++) {
    const length = lineLength(doc.child(index));
    if (unit < start + length || index === doc.childCount - 1)
      return Math.max(start, Math.min(unit, start + length - 1)) + index + 1;
    start += length;
  }
  return 1;
}
