import fc from "fast-check";
import { expect, test } from "vitest";
import { longestRun, matched, newWords, replaced } from "./lines-diff";

const few = fc.array(fc.constantFrom("a", "b", "c", "d", "e"), { maxLength: 12 });

test("what is matched is the same, in the same order, and each once", () => {
  fc.assert(
    fc.property(few, few, (before, after) => {
      const found = matched(before, after);
      const places = found.filter((place) => place >= 0);
      expect(places).toEqual([...new Set(places)].sort((a, b) => a - b));
      found.forEach((place, line) => place >= 0 && expect(after[place]).toBe(before[line]));
    }),
  );
});

test("lines that are put in anywhere leave all others matched", () => {
  fc.assert(
    fc.property(few, fc.nat(), fc.constantFrom(["x"], ["x", "y"]), (before, seed, put) => {
      const at = seed % (before.length + 1);
      const after = [...before.slice(0, at), ...put, ...before.slice(at)];
      expect(matched(before, after)).toEqual(before.map((_, line) => (line < at ? line : line + put.length)));
    }),
  );
});

test("the larger part of what is seen stays", () => {
  const ten = Array.from({ length: 10 }, (_, line) => `line ${line}`);
  const seen = ten.map((_, line) => line);
  const run = (after: string[], of = seen) => longestRun(of, matched(ten, after));
  expect(run(["new", ...ten])).toBe(0); // above everything: all of it
  expect(run([...ten.slice(0, 2), "new", ...ten.slice(2)])).toBe(2);
  expect(run([...ten.slice(0, 8), "new", ...ten.slice(8)])).toBe(0);
  expect(run([...ten.slice(0, 2), "LINE 2", ...ten.slice(3)])).toBe(3);
  expect(run([...ten.slice(0, 5), "new", ...ten.slice(5)])).toBe(0); // of equal ones the upper
  expect(run(ten.slice(4), [6, 7, 8])).toBe(6);
  expect(run(["other"])).toBeUndefined();
});

test("a changed line has the place of the one it was", () => {
  const found = matched(["a", "b", "c"], ["a", "B", "new", "c"]);
  expect([...replaced(found, 4)]).toEqual([
    [1, 1],
    [2, -1],
  ]);
  expect([...replaced(matched([], ["x"]), 1)]).toEqual([[0, -1]]);
});

test("only the words that are new are marked", () => {
  const marked = (before: string, after: string) =>
    newWords(before, after).map(([a, b]) => after.slice(a, b));
  expect(marked("14k gold plated", "18k gold plated")).toEqual(["18k"]);
  expect(marked("gold plated", "real gold, thickly plated")).toEqual(["real gold, thickly"]);
  expect(marked("", "all of it")).toEqual(["all of it"]);
  expect(marked("same  words", "same words")).toEqual([]);
  expect(marked("a b c", "a c")).toEqual([]);
});
