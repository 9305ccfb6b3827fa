import { expect, test } from "vitest";
import { search } from "./lineup-search";
import { item } from "./samples";

const lineup = [
  item({ id: 1, name: "Set of 23 charms", sku: "CH-23" }),
  item({ id: 2, name: "Crème Opal Earrings", short_name: "Opals" }),
  item({ id: 3, name: "Gold Hoops", pid: "1729384756" }),
  ...Array.from({ length: 30 }, (_, index) => item({ id: index + 4, name: `Ring ${"x".repeat(index)}` })),
];
const found = (query: string) => [...(search(lineup, query)?.ids ?? [])];

test.each([
  ["gold", [3]],
  ["HOOPS gold", [3]],
  ["opals", [2]],
  ["creme", [2]],
  ["crème", [2]],
  ["ch-23", [1]],
  ["17293", [3]],
  ["nothing like it", []],
])("%j finds %j", (query, ids) => expect(found(query)).toEqual(ids));

test("an empty field filters nothing", () => {
  expect(search(lineup, "")).toBe(undefined);
  expect(search(lineup, "  ")).toBe(undefined);
});

test("a number finds those that begin with it, and Enter means that very one", () => {
  expect(found("3")).toEqual(expect.arrayContaining([3, 30, 31]));
  expect(search(lineup, "23")?.ids).toEqual(new Set([1, 23]));
  expect(search(lineup, "23")?.first?.id).toBe(23);
});

test("without such a number Enter means the first that is shown", () => {
  expect(search(lineup, "ring x")?.first?.id).toBe(5);
  expect(search(lineup, "999")?.first).toBe(undefined);
});
