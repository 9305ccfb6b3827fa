import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { play, preview } from "./preview-sources";
import type { Frame } from "./types";

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

const shown = (after_ms: number, event: string, version: number, name: string): Frame => ({
  after_ms,
  topic: "air",
  event,
  payload: { session_id: 1, since: null, version, shown: true, product: { name } },
});
const FRAMES = [shown(0, "snapshot", 1, "Hoops"), shown(4000, "card_changed", 2, "Ring")];

test("a canvas plays at once, and after a rest from the start", () => {
  const { sources, player } = play(FRAMES, 1);
  expect(sources.card.product?.name).toBe("Hoops");
  vi.advanceTimersByTime(4000);
  expect(sources.card.product?.name).toBe("Ring");
  vi.advanceTimersByTime(7999);
  expect(sources.card.product?.name).toBe("Ring");
  vi.advanceTimersByTime(1);
  expect(sources.card.product?.name).toBe("Hoops");
  player.pause();
  expect(vi.getTimerCount()).toBe(0);
});

test("a preview stands still until its player is told", () => {
  const { sources, player } = preview(FRAMES, 1);
  expect([sources.card.product, vi.getTimerCount()]).toEqual([null, 0]);
  player.begin(2);
  expect([sources.card.product?.name, vi.getTimerCount()]).toEqual(["Ring", 0]);
});
