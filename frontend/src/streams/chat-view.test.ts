import fc from "fast-check";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { inList, onPage } from "./chat-keys";
import { ChatView, POINTING_MS } from "./chat-view.svelte";
import { messages } from "./samples";
import { drawn, GUESS, Heights, rowAt, tops } from "./window";

let view: ChatView;
const VIEW = 320;

beforeEach(() => {
  vi.useFakeTimers();
  view = new ChatView();
  view.height = VIEW;
  view.events = messages(1, 100);
});

afterEach(() => vi.useRealTimers());

/** What the eye has at the top of the view: the message, and how much of it is above. */
const top = (): [number, number] => {
  const row = rowAt(view.places, view.scrolled);
  return [view.ids[row]!, view.scrolled - view.places[row]!];
};
const atEnd = () => view.scrolled === view.total - VIEW;

test("of a long list only what is in view is drawn, and a little beyond", () => {
  view.events = messages(1, 2_000);
  expect(view.drawn.length).toBeLessThan(40);
  expect(view.drawn.at(-1)!.id).toBe(2_000);
  view.scrolledTo(1_000 * GUESS);
  expect(view.drawn.map(({ id }) => id)).toContain(1_001);
  expect(view.drawn.length).toBeLessThan(40);
});

test("rows are placed by the heights they turned out to have, whatever these are", () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1, maxLength: 200 }),
      fc.nat(40_000),
      (high, y) => {
        const heights = new Heights();
        high.forEach((height, id) => heights.measured(id, height));
        const ids = high.map((_, id) => id);
        const places = tops(ids, heights);
        expect(places.at(-1)).toBe(high.reduce((sum, height) => sum + height, 0));
        const { from, to } = drawn(places, y, VIEW);
        const end = places.at(-1)!;
        // Whatever of the list is in the view is drawn.
        if (y < end) expect(places[from]!).toBeLessThanOrEqual(y);
        if (y < end) expect(places[to]!).toBeGreaterThanOrEqual(Math.min(end, y + VIEW));
        expect(to).toBeGreaterThan(from);
      },
    ),
  );
});

test("at the end one is carried along", () => {
  view.events = messages(1, 150);
  expect(atEnd()).toBe(true);
  view.measure(view.drawn.map(({ id }) => [id, 60] as const));
  expect(atEnd()).toBe(true);
  expect(view.fresh).toBe(0);
});

test("further up the text stands still, whatever comes, goes or turns out higher", () => {
  view.scrolledTo(40 * GUESS + 5);
  const before = top();
  view.events = messages(1, 400);
  expect(top()).toEqual(before);
  view.events = messages(30, 500);
  expect(top()).toEqual(before);
  view.measure([
    [35, 90],
    [36, 64],
  ]);
  expect(top()).toEqual(before);
  expect(view.fresh).toBe(400);
  view.toEnd();
  expect([atEnd(), view.fresh]).toEqual([true, 0]);
});

test("when what one read is gone, the next newer message takes its place", () => {
  view.scrolledTo(10 * GUESS);
  view.events = messages(50, 200);
  expect(top()).toEqual([50, 0]);
});

test("scrolled back to the end one is carried along again", () => {
  view.scrolledTo(100);
  expect(view.following).toBe(false);
  view.scrolledTo(view.total - VIEW - 10);
  expect(view.following).toBe(true);
});

test("up chooses the last in view, down beyond the newest goes on with the chat", () => {
  view.step(-1);
  expect(view.selected).toBe(100);
  view.step(-1);
  expect(view.selected).toBe(99);
  view.events = messages(1, 110);
  expect([view.selected, view.fresh]).toEqual([99, 10]);
  for (let press = 0; press < 12; press += 1) view.step(1);
  expect([view.selected, view.following]).toEqual([undefined, true]);
});

test("the newest that is chosen stays where it is when more come", () => {
  view.step(-1);
  const before = view.scrolled;
  view.events = messages(1, 140);
  expect(view.scrolled).toBe(before);
});

test("what is chosen is in view", () => {
  for (let press = 0; press < 60; press += 1) view.step(-1);
  expect(view.selected).toBe(41);
  const place = view.places[40]!;
  expect(view.scrolled).toBeLessThanOrEqual(place);
  expect(view.scrolled + VIEW).toBeGreaterThanOrEqual(place + GUESS);
});

test("when the chosen message is hidden the next is chosen", () => {
  view.step(-1);
  view.step(-1);
  view.leave(99);
  expect(view.selected).toBe(100);
  view.leave(100);
  expect(view.selected).toBe(99);
});

test("what the mouse aims at does not move away, and goes on soon after", () => {
  view.point(98);
  view.events = messages(1, 130);
  expect([view.following, view.fresh]).toEqual([false, 30]);
  vi.advanceTimersByTime(POINTING_MS);
  expect([view.following, atEnd()]).toEqual([true, true]);
  view.point(120);
  view.rest();
  vi.advanceTimersByTime(60_000);
  expect(view.pointed).toBe(120);
});

test("letters count by what is printed on the key, and not with Ctrl", () => {
  const press = (key: string, code = "", more = {}) => ({
    key,
    code,
    ctrlKey: false,
    metaKey: false,
    altKey: false,
    isComposing: false,
    ...more,
  });
  expect(inList(press("h", "KeyH"))).toBe("hide");
  expect(inList(press("H", "KeyH"))).toBe("hide");
  expect(inList(press("р", "KeyH"))).toBe("hide");
  expect(inList(press("b", "KeyN"))).toBe("ban");
  expect(inList(press("ArrowUp"))).toBe("older");
  expect(inList(press("b", "KeyB", { ctrlKey: true }))).toBeUndefined();
  expect(onPage(press("m", "KeyM"))).toBe("write");
  expect(onPage(press("h", "KeyH"))).toBeUndefined();
});
