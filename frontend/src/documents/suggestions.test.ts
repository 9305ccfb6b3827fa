/** Suggestions: accepted they are the change, rejected they never were. */

import fc from "fast-check";
import { expect, test } from "vitest";
import { compose, transform } from "./delta";
import {
  asSuggestion,
  asWriting,
  authorOf,
  plainAttributes,
  resolved,
  suggestionsIn,
  unsuggested,
} from "./suggestions";
import { changeOf, documents as drawn, intents, type Intent } from "./testing/changes";
import type { Delta, Op } from "./types";

const UUID = "6f1e2b3c-0000-4000-8000-000000000000";
const [MINE, LATER, THEIRS] = [`7:${UUID}`, `7:1${UUID.slice(1)}`, `8:${UUID}`];
const all = () => true;
const only = (id: string) => (one: string) => one === id;
const done = (document: Delta, change: Delta) => compose(document, change);
const accepted = (document: Delta, which = all as (id: string) => boolean) =>
  done(document, resolved(document, "accept", which));
const rejected = (document: Delta, which = all as (id: string) => boolean) =>
  done(document, resolved(document, "reject", which));

/** A change without what it does to formats of text that is there. */
const withoutFormats = (change: Delta): Delta =>
  change.map((op): Op => (op.retain === undefined ? op : { retain: op.retain }));
/** What a person's intents come to, each of them a change of what the one before has left. */
const steps = fc.array(fc.tuple(intents, fc.constantFrom(MINE, LATER, THEIRS)), {
  minLength: 1,
  maxLength: 4,
});
const writing = (document: Delta, intent: Intent) =>
  changeOf(document, { ...intent, attributes: plainAttributes(intent.attributes) });
/** Nobody has suggested anything in them. */
const documents = drawn.map(asWriting);

test("a suggestion that is accepted is the change, and rejected it never was", () => {
  fc.assert(
    fc.property(documents, intents, (base, intent) => {
      const change = withoutFormats(writing(base, intent));
      const suggested = done(base, asSuggestion(change, base, MINE));
      expect(accepted(suggested)).toEqual(done(base, change));
      expect(rejected(suggested)).toEqual(base);
    }),
    { numRuns: 500 },
  );
});

test("one of several is accepted or rejected by itself, whatever it was suggested upon", () => {
  fc.assert(
    fc.property(documents, intents, intents, (document, first, second) => {
      // Somebody else's insertions are text like any other; what they want deleted stays for them to say.
      const insert = { ...first, kind: "insert" as const };
      const base = done(document, asSuggestion(writing(document, insert), document, THEIRS));
      const change = withoutFormats(writing(base, second));
      const suggested = done(base, asSuggestion(change, base, MINE));
      expect(accepted(suggested, only(MINE))).toEqual(done(base, asWriting(change)));
      expect(rejected(suggested, only(MINE))).toEqual(base);
    }),
    { numRuns: 500 },
  );
});

test("whoever suggests how much: all accepted is all done, all rejected is the text before", () => {
  fc.assert(
    fc.property(documents, steps, (document, doing) => {
      let suggested = document;
      for (const [intent, id] of doing) {
        const change = writing(suggested, intent);
        const before = suggested;
        const suggestion = asSuggestion(change, before, id);
        suggested = done(before, suggestion);
        // What is there is never really changed but by whoever suggested it.
        expect(unsuggested(suggested)).toEqual(document);
        expect(accepted(suggested)).toEqual(accepted(done(before, formatsOfOwn(change, before, id))));
      }
      expect(accepted(suggested).some(marked)).toBe(false);
      expect(suggestionsIn(accepted(suggested))).toEqual([]);
    }),
    { numRuns: 500 },
  );
});

const marked = ({ attributes = {} }: Op) => "inserted" in attributes || "deleted" in attributes;

/** The change with no more formats than those of what its author had suggested: the long way round. */
function formatsOfOwn(change: Delta, base: Delta, id: string): Delta {
  const units = base.flatMap(({ insert, attributes }) =>
    Array.from({ length: typeof insert === "string" ? insert.length : 1 }, () => attributes ?? {}),
  );
  let at = 0;
  return asWriting(change).flatMap((op): Op[] => {
    if (op.insert !== undefined) return [op];
    const count = op.retain ?? op.delete!;
    at += count;
    if (op.delete !== undefined || !op.attributes) return [op];
    const given = op.attributes;
    return units
      .slice(at - count, at)
      .map((had): Op =>
        authorOf(had.inserted) === authorOf(id) ? { retain: 1, attributes: given } : { retain: 1 },
      );
  });
}

test("two who suggest at once agree in either order", () => {
  fc.assert(
    fc.property(documents, intents, intents, (base, first, second) => {
      const one = asSuggestion(writing(base, first), base, MINE);
      const other = asSuggestion(writing(base, second), base, THEIRS);
      const left = done(done(base, one), transform(one, other, true));
      expect(done(done(base, other), transform(other, one, false))).toEqual(left);
      expect(unsuggested(left)).toEqual(base);
    }),
  );
});

const hello: Delta = [{ insert: "hello\nworld\n" }];

test("what replaces a text stands behind it", () => {
  const change: Delta = [{ retain: 1 }, { insert: "i" }, { delete: 4 }];
  expect(done(hello, asSuggestion(change, hello, MINE))).toEqual([
    { insert: "h" },
    { insert: "ello", attributes: { deleted: MINE } },
    { insert: "i", attributes: { inserted: MINE } },
    { insert: "\nworld\n" },
  ]);
});

test("a line that is split is a newline inserted, and one that is joined is a newline deleted", () => {
  const split = asSuggestion([{ retain: 2 }, { insert: "\n" }], hello, MINE);
  expect(split).toEqual([{ retain: 2 }, { insert: "\n", attributes: { inserted: MINE } }]);
  const joined = asSuggestion([{ retain: 5 }, { delete: 1 }], hello, MINE);
  expect(joined).toEqual([{ retain: 5 }, { retain: 1, attributes: { deleted: MINE } }]);
});

test("one's own is really deleted, others' is marked, and what is marked stays as it is", () => {
  const base: Delta = [
    { insert: "a", attributes: { inserted: LATER } },
    { insert: "b", attributes: { inserted: THEIRS } },
    { insert: "c", attributes: { deleted: THEIRS } },
    { insert: "\n" },
  ];
  expect(asSuggestion([{ delete: 3 }], base, MINE)).toEqual([
    { delete: 1 },
    { retain: 1, attributes: { deleted: MINE } },
  ]);
});

test("of formats only those of one's own suggestion, and comments", () => {
  const base: Delta = [{ insert: "ab" }, { insert: "cd", attributes: { inserted: LATER } }, { insert: "\n" }];
  const change: Delta = [{ retain: 5, attributes: { bold: true, comment: UUID, inserted: null } }];
  expect(asSuggestion(change, base, MINE)).toEqual([
    { retain: 2, attributes: { comment: UUID } },
    { retain: 2, attributes: { bold: true, comment: UUID } },
    { retain: 1, attributes: { comment: UUID } },
  ]);
});

test("the list tells what a suggestion inserts and deletes, wherever its parts stand", () => {
  const document: Delta = [
    { insert: "a" },
    { insert: "old", attributes: { deleted: MINE } },
    { insert: "new\n", attributes: { inserted: MINE } },
    { insert: { cue: "Turn" }, attributes: { inserted: THEIRS, deleted: MINE } },
    { insert: "\n" },
  ];
  expect(suggestionsIn(document)).toEqual([
    { id: MINE, author: 7, inserted: "new¶", deleted: "old[Turn]", from: 1, to: 9 },
    { id: THEIRS, author: 8, inserted: "[Turn]", deleted: "", from: 8, to: 9 },
  ]);
});

test("the last newline stays, whoever suggests to delete it", () => {
  const document: Delta = [{ insert: "a\n", attributes: { deleted: MINE, inserted: THEIRS } }];
  expect(accepted(document)).toEqual([{ insert: "\n" }]);
  expect(rejected(document)).toEqual([{ insert: "\n" }]);
});
