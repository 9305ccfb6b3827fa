import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { countdown, Flashes, lowered, prices, refusedPrice } from "./flash.svelte";
import { item, live } from "./samples";
import type { Flash, Offer } from "./types";

const START = Date.parse("2026-11-27T18:00:00Z");
const at = (seconds: number) => new Date(START + seconds * 1000).toISOString();
/** The server's clock is a minute ahead of this machine's. */
const AHEAD = 60_000;

const flash = (seconds: number, more: Partial<Flash> = {}): Flash => ({
  id: "f1",
  price_cents: 800,
  was_cents: 1000,
  started_at: at(0),
  ends_at: at(seconds),
  by: "person:3",
  approved_by: null,
  ...more,
});
const offer: Offer = {
  id: "o1",
  item_id: 1,
  price_cents: 800,
  was_cents: 1000,
  seconds: 60,
  by: "person:3",
  at: at(0),
};

let flashes: Flashes;
beforeEach(() => {
  vi.useFakeTimers({ now: START - AHEAD });
  flashes = new Flashes(() => Date.now() + AHEAD);
});
afterEach(() => void vi.useRealTimers());

test("it is gone at its end by the server's clock, with nobody saying so", () => {
  flashes.take(live({ flashes: { 1: flash(60), 2: flash(90) } }));
  vi.advanceTimersByTime(59_999);
  expect(flashes.of(item({ id: 1 }))?.price_cents).toBe(800);
  vi.advanceTimersByTime(1);
  expect(flashes.of(item({ id: 1 }))).toBeUndefined();
  expect(flashes.of(item({ id: 2 }))).toBeDefined();
  vi.advanceTimersByTime(30_000);
  expect(flashes.running.size).toBe(0);
});

test("what is over already when it comes is never shown", () => {
  flashes.take(live({ flashes: { 1: flash(-1) }, offer: { ...offer, at: at(-121) } }));
  expect([flashes.running.size, flashes.offer]).toEqual([0, undefined]);
});

test("more time counts from the moment it is heard of, and an end at once", () => {
  flashes.take(live({ flashes: { 1: flash(60) } }));
  vi.advanceTimersByTime(50_000);
  flashes.take(live({ flashes: { 1: flash(90) } }));
  vi.advanceTimersByTime(39_000);
  expect(flashes.running.size).toBe(1);
  flashes.take(live());
  expect(flashes.running.size).toBe(0);
});

test("a machine whose clock is set back is found out", () => {
  flashes.take(live({ flashes: { 1: flash(60) } }));
  vi.advanceTimersByTime(40_000);
  vi.setSystemTime(START - AHEAD + 80_000); // it slept
  vi.advanceTimersByTime(20_000);
  expect(flashes.running.size).toBe(0);
});

test("an offer is worth nothing after two minutes", () => {
  flashes.take(live({ offer }));
  vi.advanceTimersByTime(119_999);
  expect(flashes.offer?.id).toBe("o1");
  vi.advanceTimersByTime(1);
  expect(flashes.offer).toBeUndefined();
});

test("what a key press brings again is not news", () => {
  flashes.take(live({ flashes: { 1: flash(60) } }));
  const before = flashes.running;
  flashes.take(live({ flashes: { 1: flash(60) } }));
  expect(flashes.running).toBe(before);
});

test("what was kept by an older page has none", () => {
  flashes.take({} as never);
  expect(flashes.running.size).toBe(0);
});

test("the price that runs is shown, and what was charged is struck", () => {
  const both = { original_price_cents: 1000, sale_price_cents: 900 };
  expect(prices(both, undefined)).toEqual({ original: 1000, sale: 900 });
  expect(prices(both, flash(60))).toEqual({ original: 900, sale: 800 });
  expect(prices({ original_price_cents: 1000, sale_price_cents: null }, flash(60))).toEqual({
    original: 1000,
    sale: 800,
  });
  // Lowered for good meanwhile: nothing to strike.
  expect(prices({ original_price_cents: 700, sale_price_cents: null }, flash(60))).toEqual({
    original: null,
    sale: 800,
  });
  expect(prices({ original_price_cents: null, sale_price_cents: null }, flash(60))).toEqual({
    original: null,
    sale: 800,
  });
});

test("percent off as the server reckons", () => {
  expect([lowered(8000, 20), lowered(999, 10), lowered(5, 50), lowered(129_900, 1)]).toEqual([
    6400, 899, 3, 128_601,
  ]);
});

test.each([
  [8000, 7920, true],
  [8000, 7921, false],
  [8000, 800, true],
  [8000, 799, false],
  [8000, 8000, false],
])("of %i to %i: %s", (before, price, possible) => {
  expect(refusedPrice(price, before) === "").toBe(possible);
});

test("a countdown ends at its zero", () => {
  expect([60_000, 59_001, 59_000, 1, 0].map(countdown)).toEqual(["1:00", "1:00", "0:59", "0:01", "0:00"]);
});
