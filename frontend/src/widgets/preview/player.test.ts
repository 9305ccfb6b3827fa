import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Frame } from "../types";
import { ahead, FramePlayer, REST_MS } from "./player.svelte";
import { placed } from "./stage";

const frame = (after_ms: number, name: string, payload = {}): Frame => ({
  after_ms,
  topic: "air",
  event: name,
  payload,
});
const FRAMES = [frame(0, "snapshot"), frame(0, "with"), frame(4000, "second"), frame(2000, "third")];
let heard: string[];

beforeEach(() => {
  vi.useFakeTimers();
  heard = [];
});
afterEach(() => vi.useRealTimers());

const player = (frames = FRAMES) => new FramePlayer(frames, (_, event) => heard.push(event));

test("frames come at their times, and again from the start after a rest", () => {
  const one = player();
  one.play();
  expect(heard).toEqual(["snapshot", "with"]);
  vi.advanceTimersByTime(3999);
  expect(heard).toHaveLength(2);
  vi.advanceTimersByTime(2001);
  expect(heard).toEqual(["snapshot", "with", "second", "third"]);
  vi.advanceTimersByTime(REST_MS);
  expect(heard).toEqual(["snapshot", "with", "second", "third", "snapshot", "with"]);
  one.pause();
});

test("hours of it keep one timer", () => {
  const one = player();
  one.play();
  one.play();
  vi.advanceTimersByTime(4 * 3_600_000);
  expect(vi.getTimerCount()).toBe(1);
  one.pause();
  expect(vi.getTimerCount()).toBe(0);
});

test("a step shows the next and stays there", () => {
  const one = player();
  one.play();
  one.step();
  expect([heard.at(-1), one.playing, one.shown]).toEqual(["second", false, 3]);
  vi.advanceTimersByTime(60_000);
  expect(heard.at(-1)).toBe("second");
  one.step();
  one.step();
  expect(heard.slice(-3)).toEqual(["third", "snapshot", "with"]);
});

test("the first few are there at once for who wants no motion", () => {
  const one = player();
  one.begin();
  expect([heard, one.playing]).toEqual([["snapshot", "with"], false]);
  one.begin(3);
  expect(heard).toHaveLength(3);
  one.begin(99);
  expect(heard).toHaveLength(4);
});

test("a kind without frames plays nothing", () => {
  const one = player([]);
  one.play();
  one.step();
  one.begin(2);
  expect([heard, one.playing]).toEqual([[], false]);
});

test("a time ahead becomes the moment it is, wherever it stands", () => {
  const now = Date.parse("2026-11-22T18:00:00Z");
  const given = {
    ends: { in_s: 90 },
    list: [{ at: { in_s: -1 } }],
    in_s: 5,
    none: null,
    both: { in_s: 1, a: 2 },
  };
  expect(ahead(given, now)).toEqual({
    ends: "2026-11-22T18:01:30.000Z",
    list: [{ at: "2026-11-22T17:59:59.000Z" }],
    in_s: 5,
    none: null,
    both: { in_s: 1, a: 2 },
  });
});

test("a widget stands within the safe area, however large it is", () => {
  expect(placed("landscape", 620, 230).box).toEqual({ x: 96, y: 796, width: 620, height: 230 });
  expect(placed("upright", 1920, 1080).box).toEqual({ x: 60, y: 220, width: 850, height: 1080 });
  expect(placed("close", 620, 230)).toMatchObject({ width: 740, height: 350, box: { x: 60, y: 60 } });
});
