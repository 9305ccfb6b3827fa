import { expect, test } from "vitest";
import { facts, item, live } from "./samples";
import { plan, planned, showTime } from "./show-time";
import type { SessionFacts } from "./types";

const START = Date.parse("2026-11-27T18:00:00Z");
const session = { ...facts, duration_minutes: 20, scheduled_at: null, skip_sold_out: true } as SessionFacts;
/** Of four one is skipped and one sold out. */
const items = [
  item({ id: 1 }),
  item({ id: 2, skipped: true, planned_seconds: 900 }),
  item({ id: 3, stock: 0 }),
  item({ id: 4 }),
];

test("what is passed over takes no time from the others", () => {
  expect(plan(items, 20, true).get(1)).toBe(600);
  expect(planned(items, 20, true)).toBe(1200);
  expect(plan(items, 20, false).get(1)).toBe(400); // 20 minutes over three
  // Shown all the same, it has a time of its own.
  expect([plan(items, 20, true).get(2), plan(items, 20, true).get(3)]).toEqual([900, 600]);
});

test("it is not counted to the end of the show, nor is dropping it any help", () => {
  const at = (seconds: number) =>
    showTime(
      live({
        started_at: new Date(START).toISOString(),
        clock: { since: new Date(START).toISOString(), paused_at: null, added_seconds: 0 },
      }),
      items,
      session,
      START + seconds * 1000,
    )!;
  expect(at(0).offset).toBe(0);
  expect(at(900).offset).toBe(300);
  expect(at(900).drop).toEqual([4]);
});
