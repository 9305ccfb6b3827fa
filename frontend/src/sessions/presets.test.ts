import fc from "fast-check";
import { expect, test } from "vitest";
import { changed, moved, walked, without, withPreset } from "./presets";
import type { Preset } from "./types";

const list: readonly Preset[] = [
  { text: "Slow down", color: "amber" },
  { text: "Last two", color: "red" },
  { text: "Smile", color: "green" },
];
const texts = (presets: readonly Preset[]) => presets.map(({ text }) => text);

test("a message becomes a preset at the end, without the space around it", () =>
  expect(withPreset(list, "  Check the price ", "blue").at(-1)).toEqual({
    text: "Check the price",
    color: "blue",
  }));

test("the very same message is kept once, another color of it is another", () => {
  expect(withPreset(list, "Smile ", "green")).toBe(list);
  expect(withPreset(list, "Smile", "red")).toHaveLength(4);
});

test("a preset is changed and taken out by its place", () => {
  expect(changed(list, 1, { color: "blue" })[1]).toEqual({ text: "Last two", color: "blue" });
  expect(texts(without(list, 1))).toEqual(["Slow down", "Smile"]);
});

test("a preset moves by one place and not beyond the ends", () => {
  expect(texts(moved(list, 2, -1))).toEqual(["Slow down", "Smile", "Last two"]);
  expect(moved(list, 0, -1)).toBe(list);
  expect(moved(list, 2, 1)).toBe(list);
});

test("the keys walk round in both directions", () => {
  expect([walked(null, 1, 3), walked(0, 1, 3), walked(2, 1, 3)]).toEqual([0, 1, 0]);
  expect([walked(null, -1, 3), walked(0, -1, 3)]).toEqual([2, 2]);
  expect(walked(null, 1, 0)).toBe(null);
});

test("no move loses or doubles a preset", () => {
  fc.assert(
    fc.property(fc.nat(4), fc.constantFrom(-1 as const, 1 as const), (index, by) => {
      expect(texts(moved(list, index, by)).sort()).toEqual(texts(list).sort());
    }),
  );
});
