import { describe, expect, it } from "vitest";
import { Schema, type Node } from "@tiptap/pm/model";
import {
  EMPTY,
  heard,
  quoteOf,
  shown,
  told,
  whenSaid,
  type Book,
  type Changed,
  type Message,
  type Thread,
} from "./comments";
import { freeIn, markingOf, piecesOf, placesOf } from "./comments-marks";
import { documentOf } from "./lines";
import { schema } from "./nodes";
import type { Delta } from "./types";

const [A, B, C] = ["a", "b", "c"].map((letter) => `1f0c9a52-6d1e-4a3b-9c55-0a1b2c3d4e5${letter}`) as [
  string,
  string,
  string,
];

function thread(id: string, version = 1, rest: Partial<Thread> = {}): Thread {
  const created_at = `2026-03-12T10:0${"abc".indexOf(id.at(-1)!)}:00Z`;
  return {
    id,
    quote: "Ring",
    author: null,
    created_at,
    resolved_at: null,
    resolved_by: "",
    version,
    ...rest,
  };
}

function message(id: string, of: string, version = 1, rest: Partial<Message> = {}): Message {
  const created_at = `2026-03-12T11:0${id}:00Z`;
  const base = { author: null, text: id, edited_at: null, deleted: false };
  return { id, thread_id: of, created_at, version, ...base, ...rest };
}

const news: Changed[] = [
  { thread: thread(A), message: message("1", A) },
  { thread: thread(A), message: message("2", A) },
  { thread: thread(A, 2, { resolved_at: "2026-03-12T12:00:00Z" }), message: null },
  {
    thread: thread(A, 2, { resolved_at: "2026-03-12T12:00:00Z" }),
    message: message("2", A, 2, { deleted: true }),
  },
  { thread: thread(B), message: message("3", B) },
];

const rows = (book: Book, places: [string, number][] = []) =>
  shown(book, new Map(places)).map((row) => [row.thread.id, row.messages.map(({ id }) => id), row.place]);

describe("a page's book of comments", () => {
  it("is the same in whatever order and however often the news come", () => {
    const inOrder = news.reduce(heard, EMPTY);
    for (const order of [
      [4, 3, 2, 1, 0],
      [2, 0, 3, 3, 1, 4, 0],
      [3, 1, 0, 2, 4],
    ]) {
      const other = order.map((index) => news[index]!).reduce(heard, EMPTY);
      expect(rows(other)).toEqual(rows(inOrder));
      expect(other.threads.get(A)!.resolved_at).toBe("2026-03-12T12:00:00Z");
    }
    expect(rows(inOrder)).toEqual([
      [A, ["1"], undefined],
      [B, ["3"], undefined],
    ]);
  });

  it("follows the list, and keeps what was heard since it was asked for", () => {
    const book = news.reduce(heard, EMPTY);
    const list = { threads: [thread(C)], messages: [message("5", C), message("2", A)] };
    const now = told(book, list, new Set([A, "1", "2"]));
    // The deletion that was heard is newer than the list; the thread that nobody lists is gone.
    expect(rows(now)).toEqual([
      [A, ["1"], undefined],
      [C, ["5"], undefined],
    ]);
  });

  it("is listed in the order of the text, what has lost its text last", () => {
    const book = [...news, { thread: thread(C), message: message("6", C) }].reduce(heard, EMPTY);
    expect(
      rows(book, [
        [C, 3],
        [B, 40],
      ]).map(([id]) => id),
    ).toEqual([C, B, A]);
  });
});

describe("what is kept of the chosen text", () => {
  it("is one line of 300 units at most, with whole characters", () => {
    expect(quoteOf(" one\n two ")).toBe("one two");
    expect(quoteOf("\u0000")).toBe("A picture");
    const long = quoteOf(`${"x".repeat(298)}😀😀`);
    expect(long).toBe(`${"x".repeat(298)}…`);
    expect(quoteOf("😀".repeat(200)).length).toBeLessThanOrEqual(300);
    expect(quoteOf("😀".repeat(200)).isWellFormed()).toBe(true);
  });
});

it("says the time of today, and the day of others", () => {
  const now = new Date(2026, 2, 12, 18, 0);
  expect(whenSaid(new Date(2026, 2, 12, 14, 2).toISOString(), now, "en-GB")).toBe("14:02");
  expect(whenSaid(new Date(2026, 2, 11, 14, 2).toISOString(), now, "en-GB")).toBe("11 Mar, 14:02");
  expect(whenSaid(new Date(2025, 2, 11, 14, 2).toISOString(), now, "en-GB")).toContain("2025");
});

describe("marks in the text", () => {
  const text = (delta: Delta): Node => documentOf(delta, schema as Schema);
  const doc = text([
    { insert: "say " },
    { insert: "one", attributes: { comment: A } },
    { insert: "bold", attributes: { bold: true, comment: A } },
    { insert: " and\n" },
    { insert: "two", attributes: { comment: B } },
    { insert: " end\n" },
  ]);

  it("are found whole, whatever else the text is", () => {
    expect(piecesOf(doc)).toEqual([
      { id: A, from: 5, to: 12 },
      { id: B, from: 18, to: 21 },
    ]);
    expect([...placesOf(doc)]).toEqual([
      [A, 5],
      [B, 18],
    ]);
  });

  it("leave open threads their text", () => {
    const known = (id: string) =>
      id === A ? ("open" as const) : id === B ? ("resolved" as const) : undefined;
    expect(freeIn(doc, [1, 25], known)).toEqual([
      [1, 5],
      [12, 16],
      [21, 25],
    ]);
    expect(freeIn(doc, [6, 11], known)).toBe(A);
    expect(freeIn(doc, [18, 21], known)).toEqual([[18, 21]]);
    expect(freeIn(doc, [18, 21], () => undefined)).toEqual([[18, 21]]);
  });

  it("are set by a change in units, over what waits", () => {
    const ranges = [
      [12, 16],
      [18, 21],
    ] as const;
    expect(markingOf(doc, ranges, C, [])).toEqual([
      { retain: 11 },
      { retain: 4, attributes: { comment: C } },
      { retain: 1 },
      { retain: 3, attributes: { comment: C } },
    ]);
    expect(markingOf(doc, [[1, 3]], C, [{ insert: "xx" }])).toEqual([
      { retain: 2 },
      { retain: 2, attributes: { comment: C } },
    ]);
  });
});
