import { expect, test } from "vitest";
import { progress, type GoalSettings } from "./progress";

const SETTINGS = {
  title: "New lamp",
  counts: "donations",
  target: 50,
  start: 0,
  currency: "USD",
  since: "stream",
  since_at: "",
  title_label: "{title}",
  value_label: "{value} / {target}",
  reached_label: "{title} is ours",
  short_numbers: false,
} as GoalSettings;
const row = (value: number, more = {}) => ({
  title: "New lamp",
  counts: "donations",
  value,
  target: 5_000,
  currency: "USD",
  ...more,
});

test("money on its way", () => {
  expect(progress(SETTINGS, row(1_250))).toMatchObject({
    title: "New lamp",
    figures: "$12.50 / $50",
    share: 0.25,
    reached: false,
  });
});

test("what is reached is full, and never more than full", () => {
  expect(progress(SETTINGS, row(9_000))).toMatchObject({
    title: "New lamp is ours",
    share: 1,
    reached: true,
  });
});

test("a percent is whole and 100 only at the end", () => {
  const settings = { ...SETTINGS, value_label: "{percent}, {left} left" };
  expect(progress(settings, row(4_999)).figures).toBe("99%, $0.01 left");
  expect(progress(settings, row(5_000)).figures).toBe("100%, $0 left");
});

test("the bar of all followers begins where it was set", () => {
  const settings = { ...SETTINGS, counts: "followers", start: 1_000, short_numbers: true };
  const followers = row(1_500, { target: 2_000, currency: "" });
  expect(progress(settings, followers)).toMatchObject({ figures: "1.5K / 2K", share: 0.5 });
  expect(progress({ ...settings, start: 5_000 }, followers).share).toBe(0);
});

test("a preview shows its share of whatever is set", () => {
  const shown = progress({ ...SETTINGS, target: 80 }, { ...row(0), percent: 25 });
  expect(shown).toMatchObject({ figures: "$20 / $80", share: 0.25 });
});

test("another target is another goal", () => {
  const before = progress(SETTINGS, row(0)).goal;
  expect(progress(SETTINGS, row(0, { target: 6_000 })).goal).not.toBe(before);
  expect(progress({ ...SETTINGS, title: "Lamp" }, row(100)).goal).toBe(before);
});
