import { expect, test } from "vitest";
import { safeAreas } from "./guides";

test("landscape has a title and an action area, as EBU R 95 has them", () => {
  expect(safeAreas(1920, 1080)).toEqual([
    { name: "Action safe", x: 67, y: 38, width: 1786, height: 1004 },
    { name: "Title safe", x: 96, y: 54, width: 1728, height: 972 },
  ]);
});

test("upright keeps off the bars and buttons of TikTok", () => {
  expect(safeAreas(1080, 1920)).toEqual([{ name: "TikTok safe", x: 60, y: 220, width: 850, height: 1080 }]);
});

test("a strip has none", () => expect(safeAreas(1920, 600)).toEqual([]));
