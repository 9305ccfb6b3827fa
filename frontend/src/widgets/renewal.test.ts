import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { AT_MOST_EVERY_MS, Renewal } from "./renewal";

const kept = new Map<string, string>();
const storage = {
  getItem: (name: string) => kept.get(name) ?? null,
  setItem: (name: string, value: string) => void kept.set(name, value),
};
let page: { seen: boolean; empty: boolean; there: boolean; loads: number };

beforeEach(() => {
  vi.useFakeTimers({ now: 1_000_000_000 });
  kept.clear();
  page = { seen: true, empty: false, there: true, loads: 0 };
});
afterEach(() => vi.useRealTimers());

const renewal = () =>
  new Renewal("b1", {
    seen: () => page.seen,
    empty: () => page.empty,
    ask: () => Promise.resolve(page.there),
    reload: () => (page.loads += 1),
    storage,
  });
const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);

test("a page of the same build stays, and one of a server that knows no build", async () => {
  page.seen = false;
  const own = renewal();
  own.told("b1");
  own.told("");
  await pass(60_000);
  expect(page.loads).toBe(0);
  expect(vi.getTimerCount()).toBe(0);
});

test("an old page that is seen waits until it is hidden", async () => {
  const own = renewal();
  own.told("b2");
  await pass(60_000);
  expect([own.old, page.loads]).toEqual([true, 0]);
  page.seen = false;
  await pass(5_000);
  expect(page.loads).toBe(1);
});

test("one that shows nothing goes at once, and only when the server answers", async () => {
  page.empty = true;
  page.there = false;
  renewal().told("b2");
  await pass(60_000);
  expect(page.loads).toBe(0);
  page.there = true;
  await pass(5_000);
  expect(page.loads).toBe(1);
});

test("it goes at most once in ten minutes, over its own loads", async () => {
  page.seen = false;
  renewal().told("b2");
  await pass(0);
  const anew = renewal();
  anew.told("b2");
  await pass(AT_MOST_EVERY_MS - 10_000);
  expect(page.loads).toBe(1);
  await pass(20_000);
  expect(page.loads).toBe(2);
});

test("one that is shown while the server is asked stays", async () => {
  page.seen = false;
  const own = new Renewal("b1", {
    seen: () => page.seen,
    empty: () => false,
    ask: () => Promise.resolve((page.seen = true)),
    reload: () => (page.loads += 1),
  });
  own.told("b2");
  await pass(60_000);
  expect(page.loads).toBe(0);
});

test("a server that goes back to the page's own build ends it", async () => {
  const own = renewal();
  own.told("b2");
  own.told("b1");
  page.seen = false;
  await pass(60_000);
  expect([page.loads, vi.getTimerCount()]).toEqual([0, 0]);
});
