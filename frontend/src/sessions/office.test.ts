import { afterEach, expect, test } from "vitest";
import { fits, isSkipped, localOf, offsetAt } from "./office";

const home = process.env.TZ;
afterEach(() => {
  if (home === undefined) delete process.env.TZ;
  else process.env.TZ = home;
});

test.each([
  ["Europe/Berlin", "2026-11-27T18:00", 60],
  ["Europe/Berlin", "2026-07-27T18:00", 120],
  ["America/St_Johns", "2026-11-27T18:00", -210],
  ["Asia/Kolkata", "2026-11-27T18:00", 330],
  ["UTC", "2026-11-27T18:00", 0],
])("in %s %s is that far from UTC", (zone, local, offset) => {
  process.env.TZ = zone;
  expect(offsetAt(local)).toBe(offset);
});

test("no time has no offset", () => {
  expect(offsetAt("")).toBe(undefined);
});

test("a time that the clocks jump over is told", () => {
  process.env.TZ = "Europe/Berlin";
  expect(isSkipped("2026-03-29T02:30")).toBe(true);
  expect(isSkipped("2026-03-29T03:00")).toBe(false);
  expect(isSkipped("2026-10-25T02:30")).toBe(false); // there twice
  expect(isSkipped("")).toBe(false);
});

test("a moment is written as the field has it, in the viewer's zone", () => {
  process.env.TZ = "Asia/Kolkata";
  expect(localOf(new Date("2026-11-27T18:45:30Z"))).toBe("2026-11-28T00:15");
});

test.each([
  ["Friday Gold, 8 products", "gold fri", true],
  ["Crème brûlée", "creme BRULEE", true],
  ["Friday Gold", "silver", false],
  ["Friday Gold", "", true],
])("%s fits %s: %s", (text, typed, does) => {
  expect(fits(text, typed)).toBe(does);
});
