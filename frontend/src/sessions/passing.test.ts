/** The server's steps through lineups of every sort, taken here: `contracts/stepping/neighbours.json`. */

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { expect, test } from "vitest";
import { ahead, edge, isPassed, neighbour, onlyPassed, type Lineup, type Passing } from "./passing";

interface Case {
  items: Passing[];
  wrap: boolean;
  skip_sold_out: boolean;
  at: number;
  next: number | string;
  previous: number | string;
  first: number;
  last: number;
}

const file = fileURLToPath(new URL("../../../contracts/stepping/neighbours.json", import.meta.url));
const cases = JSON.parse(readFileSync(file, "utf8")) as Case[];

const lineup = ({ items, wrap, skip_sold_out }: Case): Lineup<Passing> => ({
  items,
  wrap,
  skipSoldOut: skip_sold_out,
});

/** As the server says it: a place, or why there is none. */
function led(one: Case, by: 1 | -1): number | string {
  const found = neighbour(lineup(one), one.at, by);
  if (found) return one.items.indexOf(found);
  if (onlyPassed(lineup(one), one.at, by)) return "all_skipped";
  return by > 0 ? "end_of_session" : "start_of_session";
}

test("there are enough of them, and they differ", () => {
  expect(cases.length).toBeGreaterThanOrEqual(300);
  expect(new Set(cases.map(({ next }) => (typeof next === "string" ? next : "a place"))).size).toBe(3);
});

test("every step of the server is this page's, too", () => {
  for (const one of cases) {
    expect([led(one, 1), led(one, -1)], JSON.stringify(one)).toEqual([one.next, one.previous]);
    const edges = [edge(lineup(one), 1), edge(lineup(one), -1)].map((item) => one.items.indexOf(item!));
    expect(edges, JSON.stringify(one)).toEqual([one.first, one.last]);
  }
});

const lines = fc.array(
  fc.record({ skipped: fc.boolean(), stock: fc.constantFrom<number | null>(null, 0, 3) }),
  {
    minLength: 1,
    maxLength: 9,
  },
);

test("what comes is what the key brings, again and again", () => {
  fc.assert(
    fc.property(lines, fc.boolean(), fc.boolean(), fc.nat(), (items, wrap, skipSoldOut, seed) => {
      const show: Lineup<Passing> = { items, wrap, skipSoldOut };
      let at = seed % items.length;
      const coming = ahead(show, at, 3);
      expect(coming.some((item) => isPassed(item, skipSoldOut))).toBe(false);
      for (const expected of coming) {
        const found = neighbour(show, at, 1)!;
        expect(items.indexOf(found)).toBe(items.indexOf(expected));
        at = items.indexOf(found);
      }
    }),
  );
});

test("there and back, where nothing is passed over in between", () => {
  fc.assert(
    fc.property(lines, fc.boolean(), fc.nat(), (items, skipSoldOut, seed) => {
      const show: Lineup<Passing> = { items, wrap: false, skipSoldOut };
      const at = seed % items.length;
      const next = neighbour(show, at, 1);
      if (!next || isPassed(items[at]!, skipSoldOut)) return;
      expect(neighbour(show, items.indexOf(next), -1)).toBe(items[at]);
    }),
  );
});
