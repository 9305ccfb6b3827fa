import { expect, test } from "vitest";
import type { ClockRow } from "../../audience.svelte";
import { clockText, counting, moment, type TimerSettings } from "./counting";

const NOW = Date.parse("2026-11-22T18:00:00Z");
const SETTINGS = {
  mode: "product",
  moment: "",
  at_zero: "zero",
  warn_seconds: 60,
  danger_seconds: 15,
} as TimerSettings;
const at = (seconds: number) => new Date(NOW + seconds * 1000).toISOString();
const row = (left: number, more: Partial<ClockRow> = {}): ClockRow => ({
  since: at(left - 300),
  until: at(left),
  paused_at: null,
  warn_seconds: null,
  danger_seconds: null,
  ...more,
});

test.each([
  [200, "3:20", "plenty"],
  [61, "1:01", "plenty"],
  [60, "1:00", "soon"],
  [15, "0:15", "now"],
  [0.2, "0:01", "now"],
  [0, "0:00", "over"],
  [-72, "0:00", "over"],
])("with %d s left it says %s", (left, text, phase) => {
  expect(counting(SETTINGS, row(left), NOW)).toMatchObject({ text, phase, words: false });
});

test("a product's own times of warning count", () => {
  expect(counting(SETTINGS, row(100, { warn_seconds: 120, danger_seconds: 90 }), NOW)?.phase).toBe("soon");
});

test("at zero it stays, vanishes, or has words; how far over it is nobody sees", () => {
  expect(counting({ ...SETTINGS, at_zero: "hide" }, row(-5), NOW)).toBeUndefined();
  expect(counting({ ...SETTINGS, at_zero: "words" }, row(-5), NOW)?.words).toBe(true);
});

test("the bar is what is left of the whole", () => {
  expect(counting(SETTINGS, row(75), NOW)?.share).toBe(0.25);
  expect(counting(SETTINGS, row(75, { since: null }), NOW)?.share).toBeUndefined();
});

test("while it is paused it stands", () => {
  const paused = row(100, { paused_at: at(-20) });
  expect(counting(SETTINGS, paused, NOW)).toMatchObject({ text: "2:00", paused: true });
  expect(counting(SETTINGS, paused, NOW + 50_000)?.text).toBe("2:00");
});

test("up since the show went live", () => {
  const up = { ...SETTINGS, mode: "up" as const };
  expect(counting(up, row(0, { since: at(-3_725), until: null }), NOW)?.text).toBe("1:02:05");
});

test("without a show there is no clock, and without a time no countdown", () => {
  expect(counting(SETTINGS, null, NOW)).toBeUndefined();
  expect(counting({ ...SETTINGS, mode: "moment" }, null, NOW)).toBeUndefined();
});

test("an hour is the nearest one, a day is that day, by this computer's clock", () => {
  const noon = new Date(2026, 10, 22, 12, 0).getTime();
  expect(moment("18:00", noon)).toBe(new Date(2026, 10, 22, 18, 0).getTime());
  expect(moment("11:00", noon)).toBe(new Date(2026, 10, 22, 11, 0).getTime());
  const night = new Date(2026, 10, 22, 23, 30).getTime();
  expect(moment("00:15", night)).toBe(new Date(2026, 10, 23, 0, 15).getTime());
  expect(moment("2027-01-02 09:05", noon)).toBe(new Date(2027, 0, 2, 9, 5).getTime());
  expect(moment("soon", noon)).toBeUndefined();
});

test.each([
  [59, "0:59"],
  [3_600, "1:00:00"],
  [200_000, "2 d 07:33"],
])("%d s → %s", (seconds, text) => expect(clockText(seconds)).toBe(text));
