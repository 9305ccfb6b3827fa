import { expect, test } from "vitest";
import { amountFigure, figure, minorUnits } from "./figures";
import { counted, type CountSettings } from "./parts/count";

test.each([
  [0, false, "0"],
  [1, true, "1"],
  [999, true, "999"],
  [1_000, true, "1K"],
  [12_345, true, "12.3K"],
  [100_000, false, "100,000"],
  [100_000, true, "100K"],
  [3_400_000, true, "3.4M"],
])("%d, short %s → %s", (value, short, text) => expect(figure(value, short)).toBe(text));

test.each([
  [0, "USD", "$0"],
  [1, "USD", "$0.01"],
  [1_250, "USD", "$12.50"],
  [500_000, "USD", "$5,000"],
  [500, "JPY", "¥500"],
  [1_500, "KWD", "KWD\u00a01.500"],
  [1, "BITS", "1 bit"],
  [1_200, "BITS", "1,200 bits"],
  [20, "", "20"],
])("%d %s → %s", (value, currency, text) => expect(amountFigure(value, currency)).toBe(text));

test("money may be short, and is never short of what it is", () => {
  expect(amountFigure(123_456, "USD", true)).toBe("$1.2K");
  expect(amountFigure(99_950, "USD", true)).toBe("$999.50");
});

test("what is set in whole units is counted in minor ones", () => {
  expect([minorUnits(5, "USD"), minorUnits(5, "JPY"), minorUnits(5, "BITS")]).toEqual([500, 5, 5]);
});

const SETTINGS = {
  platforms: "total",
  only: "",
  label: "watching",
  label_of_one: "person",
  show_icon: true,
  short_numbers: false,
  hide_at_zero: true,
} as CountSettings;
const ROW = { total: 100_003, by: { twitch: 3, tiktok: 100_000 } };

test("one number of all, with its own word for one", () => {
  expect(counted(ROW, SETTINGS)).toEqual({
    main: { figure: "100,003", words: "watching", platform: "" },
    each: [],
  });
  expect(counted({ total: 1, by: {} }, SETTINGS)?.main?.words).toBe("person");
});

test("of one platform alone, also when it has none", () => {
  expect(counted(ROW, { ...SETTINGS, only: " Twitch " })?.main).toMatchObject({
    figure: "3",
    platform: "twitch",
  });
  expect(counted(ROW, { ...SETTINGS, only: "kick" })).toBeUndefined();
  expect(counted(ROW, { ...SETTINGS, only: "kick", hide_at_zero: false })?.main?.figure).toBe("0");
});

test("each platform, the largest first", () => {
  const shown = counted(ROW, { ...SETTINGS, platforms: "both" });
  expect(shown?.main?.figure).toBe("100,003");
  expect(shown?.each.map(({ platform, figure }) => [platform, figure])).toEqual([
    ["tiktok", "100,000"],
    ["twitch", "3"],
  ]);
  expect(counted(ROW, { ...SETTINGS, platforms: "each" })?.main).toBeNull();
  expect(counted(null, SETTINGS)).toBeUndefined();
});
