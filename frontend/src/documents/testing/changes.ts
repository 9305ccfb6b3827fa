/** Documents and changes for property tests: embeds, attributes, characters of two units. */

import fc from "fast-check";
import { canonical, splitsPair, withAttributes } from "../delta";
import type { Attributes, Delta, Op } from "../types";

const CHARACTERS = [..."ab cé→\n\n", "😀", "👍🏽", "👨‍👩‍👧", "e\u0301"];
const SUGGESTIONS = [7, 8].map((person) => `${person}:6f1e2b3c-0000-4000-8000-000000000000`);
const VALUES: Record<string, unknown[]> = {
  bold: [true],
  italic: [true],
  link: ["https://a.example", "mailto:a@a.example"],
  header: [1, 2],
  inserted: SUGGESTIONS,
  deleted: SUGGESTIONS,
  list: ["bullet", "ordered"],
};

export const texts = fc
  .array(fc.constantFrom(...CHARACTERS), { minLength: 1, maxLength: 6 })
  .map((parts) => parts.join(""));
const embeds: fc.Arbitrary<Record<string, unknown>> = fc.constantFrom(
  { break: true },
  { image: "/media/a.webp" },
  { cue: "Turn" },
);
const inserts: fc.Arbitrary<Op["insert"] & {}> = fc.oneof(texts, texts, embeds);

function attributes(removing: boolean): fc.Arbitrary<Attributes> {
  const one = fc
    .constantFrom(...Object.keys(VALUES))
    .chain((name) =>
      fc.tuple(fc.constant(name), fc.constantFrom(...VALUES[name]!, ...(removing ? [null] : []))),
    );
  return fc.array(one, { maxLength: 2 }).map((pairs) => Object.fromEntries(pairs));
}

export const documents: fc.Arbitrary<Delta> = fc
  .tuple(fc.array(fc.tuple(inserts, attributes(false)), { maxLength: 5 }), attributes(false))
  .map(([body, last]) =>
    canonical([
      ...body.map(([insert, given]) => withAttributes({ insert }, given)),
      withAttributes({ insert: "\n" }, last),
    ]),
  );

/** How to change any document: places as shares of its length. */
export interface Intent {
  at: number;
  over: number;
  kind: "insert" | "delete" | "format" | "replace";
  insert: string | Record<string, unknown>;
  attributes: Attributes;
}

export const intents: fc.Arbitrary<Intent> = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  over: fc.nat(6),
  kind: fc.constantFrom("insert", "insert", "delete", "format", "replace"),
  insert: inserts,
  attributes: attributes(true),
});

/** The change of this document that an intent comes to; empty where it comes to nothing. */
export function changeOf(document: Delta, intent: Intent): Delta {
  const plain = document.map(({ insert }) => (typeof insert === "string" ? insert : "\ufffc")).join("");
  const last = plain.length - 1;
  const whole = (place: number) => (splitsPair(plain, place) ? place - 1 : place);
  const start = whole(Math.min(last, Math.floor(intent.at * plain.length)));
  const end = whole(Math.min(last, start + intent.over));
  const ops: Op[] = start > 0 ? [{ retain: start }] : [];
  if (intent.kind === "insert" || intent.kind === "replace") {
    const given = Object.fromEntries(Object.entries(intent.attributes).filter(([, value]) => value !== null));
    ops.push(withAttributes({ insert: intent.insert }, given));
  }
  if (end > start && (intent.kind === "delete" || intent.kind === "replace"))
    ops.push({ delete: end - start });
  // A line's newline, the last one too, may be formatted.
  if (intent.kind === "format")
    ops.push(withAttributes({ retain: (end === last ? last + 1 : end) - start }, intent.attributes));
  return canonical(ops.filter((op) => op.retain !== 0));
}
