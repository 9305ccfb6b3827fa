import fc from "fast-check";
import { expect, test } from "vitest";
import { facts, item, live } from "./samples";
import { dropWords, leftWord, minutes, offsetWords, plan, showTime, type ShowTime } from "./show-time";
import type { Item, LiveState, SessionFacts } from "./types";

const START = Date.parse("2026-11-27T18:00:00Z");
const iso = (seconds: number) => new Date(START + seconds * 1000).toISOString();
/** Four products of 5 minutes in a show of 20. */
const items = [1, 2, 3, 4].map((id) => item({ id, planned_seconds: 300 }));
const session = { ...facts, duration_minutes: 20, scheduled_at: null } as SessionFacts;

function at(
  seconds: number,
  more: Partial<LiveState> = {},
  of: Partial<SessionFacts> = {},
  lines: Item[] = items,
) {
  const state = live({
    started_at: iso(0),
    clock: { since: iso(0), paused_at: null, added_seconds: 0 },
    ...more,
  });
  return showTime(state, lines, { ...session, ...of }, START + seconds * 1000);
}

test("it counts down, turns amber and red before the end, and goes on below zero", () => {
  const seen = [0, 239, 240, 284, 285, 300, 301].map((second) => [at(second)!.left, at(second)!.phase]);
  expect(seen).toEqual([
    [300, "plenty"],
    [61, "plenty"],
    [60, "soon"],
    [16, "soon"],
    [15, "now"],
    [0, "now"],
    [-1, "over"],
  ]);
});

test("a line has its own thresholds", () => {
  const lines = [
    item({ id: 1, planned_seconds: 300, warn_seconds: 120, danger_seconds: 30 }),
    ...items.slice(1),
  ];
  expect([179, 180, 270].map((second) => at(second, {}, {}, lines)!.phase)).toEqual([
    "plenty",
    "soon",
    "now",
  ]);
});

test("where the session freezes at zero the time stays there and is said to be up", () => {
  const time = at(372, {}, { freeze_at_zero: true })!;
  expect([time.left, time.phase, leftWord(time)]).toEqual([0, "over", "TIME UP"]);
});

test("time is added to and taken from what is on air, and the end moves with it", () => {
  const added = at(60, { clock: { since: iso(0), paused_at: null, added_seconds: 90 } })!;
  expect([added.planned, added.left, added.offset]).toEqual([390, 330, 90]);
});

test("in a pause the product's time stands and the end of the show moves on", () => {
  const paused = { clock: { since: iso(0), paused_at: iso(100), added_seconds: 0 } };
  expect([at(100, paused)!.left, at(400, paused)!.left]).toEqual([200, 200]);
  expect([at(100, paused)!.offset, at(400, paused)!.offset]).toEqual([0, 300]);
  expect(leftWord(at(400, paused)!)).toBe("PAUSED");
});

test("skipping products brings the show forward, going back puts it behind", () => {
  const third = { item_id: 3, clock: { since: iso(60), paused_at: null, added_seconds: 0 } };
  expect(at(60, third)!.offset).toBe(-540);
  const first = { clock: { since: iso(900), paused_at: null, added_seconds: 0 } };
  expect(at(900, first)!.offset).toBe(900);
});

test("who began late is behind their schedule", () => {
  const late = { started_at: iso(300), clock: { since: iso(300), paused_at: null, added_seconds: 0 } };
  expect(at(300, late, { scheduled_at: iso(0) })!.offset).toBe(300);
  expect(at(300, late)!.offset).toBe(0);
});

test("a schedule of another day, and any in a rehearsal, is not what the show is measured by", () => {
  expect(at(0, {}, { scheduled_at: iso(86_400) })!.offset).toBe(0);
  expect(at(0, {}, { scheduled_at: iso(-86_400) })!.offset).toBe(0);
  expect(at(0, { status: "rehearsal" }, { scheduled_at: iso(-600) })!.offset).toBe(0);
});

test("a night on which the clocks change is as long as any other", () => {
  // 1:30 in New York, half an hour before 2:00 becomes 1:00.
  const night = Date.parse("2026-11-01T05:30:00Z");
  const state = live({
    started_at: new Date(night).toISOString(),
    clock: { since: new Date(night).toISOString(), paused_at: null, added_seconds: 0 },
  });
  const time = showTime(state, items, session, night)!;
  expect(time.expectedEnd - night).toBe(1_200_000);
});

test("what the own times leave of the show is shared evenly", () => {
  const lines = [item({ id: 1, planned_seconds: 600 }), item({ id: 2 }), item({ id: 3 })];
  expect([...plan(lines, 20).values()]).toEqual([600, 300, 300]);
  expect([...plan(lines, 10).values()]).toEqual([600, 60, 60]);
  expect(plan([], 20).size).toBe(0);
});

test("the plan of lines without times of their own fills the show, whatever its length", () =>
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 100 }), fc.integer({ min: 100, max: 1440 }), (count, length) => {
      const lines = Array.from({ length: count }, (_, index) => item({ id: index + 1, images: 0 }));
      const sum = [...plan(lines, length).values()].reduce((one, other) => one + other, 0);
      expect(Math.abs(sum - length * 60)).toBeLessThanOrEqual(count / 2);
    }),
  ));

test("what to drop saves what the show is behind, and one product less would not", () =>
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 10, max: 900 }), { minLength: 1, maxLength: 30 }),
      fc.integer({ min: 0, max: 3000 }),
      (lengths, behind) => {
        const lines = lengths.map((planned_seconds, index) =>
          item({ id: index + 1, planned_seconds, images: 0 }),
        );
        const duration_minutes = lengths.reduce((one, other) => one + other, 0) / 60;
        const time = at(
          behind,
          { clock: { since: iso(behind), paused_at: null, added_seconds: 0 } },
          { duration_minutes },
          lines,
        )!;
        const saved = time.drop.map((position) => lengths[position - 1]!).sort((a, b) => b - a);
        const sum = saved.reduce((one, other) => one + other, 0);
        if (saved.length > 0) {
          expect(sum).toBeGreaterThanOrEqual(Math.floor(time.offset));
          expect(sum - saved.at(-1)!).toBeLessThan(time.offset);
        } else if (time.offset >= 30) {
          const all = lengths.slice(1).reduce((one, other) => one + other, 0);
          expect(all).toBeLessThan(time.offset);
        }
        expect(time.drop).not.toContain(1);
      },
    ),
  ));

test("there is no time before the show, and none of a product that is not in the lineup", () => {
  expect(at(0, { clock: { since: null, paused_at: null, added_seconds: 0 } })).toBeUndefined();
  expect(at(0, { item_id: 99 })).toBeUndefined();
  expect(at(0, { item_id: null })).toBeUndefined();
});

test("a clock that is a little behind the server's does not count backwards", () =>
  expect(at(-2)!.elapsed).toBe(0));

test("spans read as people write them", () =>
  expect([272, 59.2, 0, -0.4, -72, 3725, -3725].map(minutes)).toEqual([
    "4:32",
    "1:00",
    "0:00",
    "0:00",
    "−1:12",
    "1:02:05",
    "−1:02:05",
  ]));

test("behind and ahead are words, not signs alone", () =>
  expect([200, -65, 3, -3].map(offsetWords)).toEqual(["+3:20 over", "−1:05 under", "in time", "in time"]));

test("how to finish in time is a sentence", () => {
  expect(dropWords([12, 31, 38], "21:00")).toBe("Drop 12, 31 and 38 to finish at 21:00");
  expect(dropWords([12], "21:00")).toBe("Drop 12 to finish at 21:00");
  expect(dropWords([], "21:00")).toBe("");
});

test("over time says so", () =>
  expect([at(0), at(301)].map((time) => leftWord(time as ShowTime))).toEqual(["left", "OVER"]));
