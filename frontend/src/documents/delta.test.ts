/** The algebra: the recordings of the server's rules, and what must hold for any document. */

import { readFileSync } from "node:fs";
import fc from "fast-check";
import { expect, test } from "vitest";
import { checksum } from "./checksum";
import {
  canonical,
  compose,
  grown,
  invert,
  length,
  positionBefore,
  same,
  slice,
  transform,
  transformPosition,
} from "./delta";
import { changeOf, documents, intents } from "./testing/changes";
import { Text } from "./text";
import type { Delta } from "./types";

interface Case {
  document: Delta;
  first: Delta;
  second: Delta;
  later: Delta;
  after: Delta;
  composed: Delta;
  second_after_first: Delta;
  first_before_second: Delta;
  both: Delta;
  inverse: Delta;
  places: number[];
  places_with_priority: number[];
  length: number;
  checksum: number;
}

const recorded = JSON.parse(
  readFileSync(new URL("../../../contracts/documents/delta.json", import.meta.url), "utf8"),
) as { canonical: { ops: Delta; canonical: Delta }[]; cases: Case[] };

const of = (document: Delta) => (start: number, end: number) => slice(document, start, end);

test("both languages come to the same", () => {
  expect(recorded.cases.length).toBeGreaterThan(200);
  for (const one of recorded.cases) {
    const { document, first, second, later } = one;
    const before = structuredClone([document, first, second, later]);
    expect(compose(document, first)).toEqual(one.after);
    expect(compose(first, later)).toEqual(one.composed);
    expect(transform(first, second, true)).toEqual(one.second_after_first);
    expect(transform(second, first, false)).toEqual(one.first_before_second);
    expect(compose(one.after, one.second_after_first)).toEqual(one.both);
    expect(compose(compose(document, second), one.first_before_second)).toEqual(one.both);
    expect(invert(first, of(document))).toEqual(one.inverse);
    expect(one.places.map((_, place) => transformPosition(first, place, false))).toEqual(one.places);
    expect(one.places.map((_, place) => transformPosition(first, place, true))).toEqual(
      one.places_with_priority,
    );
    expect(length(one.after)).toBe(one.length);
    expect(length(document) + grown(first)).toBe(one.length);
    expect(checksum(one.after)).toBe(one.checksum);
    const text = Text.of(document);
    expect(text.apply(first).contents()).toEqual(one.after);
    expect(invert(first, (start, end) => text.slice(start, end))).toEqual(one.inverse);
    expect([document, first, second, later]).toEqual(before);
  }
}, 30_000);

test("there is one way to write a change", () => {
  for (const { ops, canonical: expected } of recorded.canonical) expect(canonical(ops)).toEqual(expected);
});

test("an inverse takes back exactly, in long texts too", () => {
  fc.assert(
    fc.property(
      documents,
      fc.array(intents, { maxLength: 8 }),
      fc.integer({ min: 1, max: 300 }),
      (base, script, times) => {
        let document = canonical(Array.from({ length: times }, () => base).flat());
        let text = Text.of(document);
        for (const intent of script) {
          const change = changeOf(document, intent);
          const after = text.apply(change);
          expect(after.contents()).toEqual(compose(document, change));
          const inverse = invert(change, (start, end) => text.slice(start, end));
          expect(after.apply(inverse).contents()).toEqual(document);
          document = after.contents();
          text = after;
          expect(text.length).toBe(length(document));
        }
      },
    ),
    { numRuns: 60 },
  );
}, 30_000);

test("a place before a change is where it comes from", () => {
  fc.assert(
    fc.property(documents, intents, (document, intent) => {
      const change = changeOf(document, intent);
      for (let place = 0; place <= length(document); place += 1) {
        const after = transformPosition(change, place, true);
        const back = positionBefore(change, after);
        // Between the two sides of what was inserted there.
        expect(transformPosition(change, back, true)).toBeLessThanOrEqual(after);
        expect(transformPosition(change, back, false)).toBeGreaterThanOrEqual(after);
      }
    }),
  );
});

test("attributes are told apart by type, and missing is not null", () => {
  expect(same({ a: 1 }, { a: true })).toBe(false);
  expect(same({ a: null }, {})).toBe(false);
  expect(same({ a: undefined }, { b: undefined })).toBe(false);
  expect(same([1], { 0: 1 })).toBe(false);
  expect(same({ toString: 1 }, { valueOf: 1 })).toBe(false);
  expect(same({ a: [1, { b: null }] }, { a: [1, { b: null }] })).toBe(true);
  const line: Delta = [
    { insert: "a", attributes: { header: 1 } },
    { insert: "b", attributes: { header: true } },
  ];
  expect(canonical(line)).toEqual(line);
  expect(compose(line, [{ retain: 2, attributes: { bold: true } }])).toHaveLength(2);
});

test("half a character is never cut", () => {
  const document: Delta = [{ insert: "👍\n" }];
  const halves: Delta[] = [
    [{ retain: 1 }, { insert: "x" }],
    [{ delete: 1 }],
    [{ retain: 1, attributes: { bold: true } }],
  ];
  for (const change of halves) {
    expect(() => compose(document, change)).toThrow("in half");
    expect(() => Text.of(document).apply(change)).toThrow("in half");
  }
  expect(() => invert([{ delete: 1 }], of(document))).toThrow("in half");
  expect(document).toEqual([{ insert: "👍\n" }]);
});

test("names that every object has are no attributes", () => {
  for (const name of ["constructor", "toString", "__proto__"]) {
    const attributes = JSON.parse(`{"${name}":true}`) as Record<string, unknown>;
    expect(() => compose([{ insert: "a\n" }], [{ retain: 1, attributes }])).toThrow("attribute");
    expect(() => transform([{ retain: 1, attributes }], [{ insert: "a" }], true)).toThrow("attribute");
  }
});

test("what shows nothing does not count in a checksum", () => {
  const plain: Delta = [{ insert: "one\ntwo\n" }];
  const marked: Delta = [
    { insert: "one", attributes: { header: 1 } },
    { insert: "\n", attributes: { bold: true } },
    { insert: "two\n" },
  ];
  expect(checksum(marked)).toBe(checksum(plain));
  expect(checksum([{ insert: "one\n", attributes: { bold: true } }, { insert: "two\n" }])).not.toBe(
    checksum(plain),
  );
  expect(checksum([{ insert: "a\n", attributes: { link: "x", bold: true } }])).toBe(
    checksum([{ insert: "a\n", attributes: { bold: true, link: "x" } }]),
  );
});
