import fc from "fast-check";
import { expect, test } from "vitest";
import { item } from "../samples";
import type { Item } from "../types";
import {
  dropped,
  hasHeading,
  restOfRun,
  roughly,
  runs,
  span,
  step,
  stepRun,
  times,
  type Move,
} from "./order";

/** "a:Gold b:Gold c" → lines 1, 2, 3 in these sections. */
const lineup = (...sections: string[]): Item[] =>
  sections.map((section, index) => item({ id: index + 1, section }));

/** What the server makes of a move; see `building.move_items`. */
function moved(items: readonly Item[], move: Move | undefined): string {
  if (!move) return "nowhere";
  const ids = new Set(move.item_ids);
  const others = items.filter(({ id }) => !ids.has(id));
  const ones = items
    .filter(({ id }) => ids.has(id))
    .map((one) => ({ ...one, section: move.section ?? one.section }));
  return [...others.slice(0, move.to_index), ...ones, ...others.slice(move.to_index)]
    .map(({ id, section }) => `${id}${section && `:${section}`}`)
    .join(" ");
}

const picked = (...ids: number[]) => new Set(ids);

test("lines after one another in the same section are a run; a name may come again", () => {
  const all = runs(lineup("", "Gold", "Gold", "", "Gold"));
  expect(all.map((run) => [run.section, run.items.length, run.at])).toEqual([
    ["", 1, 0],
    ["Gold", 2, 1],
    ["", 1, 3],
    ["Gold", 1, 4],
  ]);
  expect(all.map(hasHeading)).toEqual([false, true, true, true]);
  expect(new Set(all.map(({ key }) => key)).size).toBe(4);
});

test("a step goes past the neighbour and stays in the section", () => {
  const items = lineup("Gold", "Gold", "Gold");
  expect(moved(items, step(items, picked(2), -1))).toBe("2:Gold 1:Gold 3:Gold");
  expect(moved(items, step(items, picked(2), 1))).toBe("1:Gold 3:Gold 2:Gold");
});

test("at a heading a step leads across it, and the order stays", () => {
  const items = lineup("Gold", "Gold", "Silver");
  expect(moved(items, step(items, picked(2), 1))).toBe("1:Gold 2:Silver 3:Silver");
  expect(moved(items, step(items, picked(3), -1))).toBe("1:Gold 2:Gold 3:Gold");
  expect(moved(items, step(items, picked(1), -1))).toBe("1 2:Gold 3:Silver");
});

test("at the ends there is nowhere to go", () => {
  const items = lineup("", "", "");
  expect(step(items, picked(1), -1)).toBeUndefined();
  expect(step(items, picked(3), 1)).toBeUndefined();
  expect(step(items, picked(), 1)).toBeUndefined();
});

test("several that are apart are gathered first, then go on together", () => {
  const items = lineup("", "", "", "", "");
  expect(moved(items, step(items, picked(2, 4), -1))).toBe("1 2 4 3 5");
  expect(moved(items, step(items, picked(2, 4), 1))).toBe("1 3 2 4 5");
  expect(moved(items, step(items, picked(2, 3), 1))).toBe("1 4 2 3 5");
});

test("a section goes past the one beside it as a whole", () => {
  const items = lineup("Gold", "Gold", "Silver", "Silver", "Pearl");
  const [gold, silver, pearl] = runs(items);
  expect(moved(items, stepRun(items, silver!.key, -1))).toBe("3:Silver 4:Silver 1:Gold 2:Gold 5:Pearl");
  expect(moved(items, stepRun(items, gold!.key, 1))).toBe("3:Silver 4:Silver 1:Gold 2:Gold 5:Pearl");
  expect(stepRun(items, gold!.key, -1)).toBeUndefined();
  expect(stepRun(items, pearl!.key, 1)).toBeUndefined();
});

test("what is let go of lies before that line, in the section above the place", () => {
  const items = lineup("Gold", "Gold", "Silver", "Silver");
  expect(moved(items, dropped(items, picked(1), 4, "Silver"))).toBe("2:Gold 3:Silver 1:Silver 4:Silver");
  expect(moved(items, dropped(items, picked(1, 4), 3, "Silver"))).toBe("2:Gold 1:Silver 4:Silver 3:Silver");
  expect(moved(items, dropped(items, picked(2), null, "Silver"))).toBe("1:Gold 3:Silver 4:Silver 2:Silver");
  expect(dropped(items, picked(2), 3, "Gold")).toBeUndefined();
  expect(moved(items, dropped(items, picked(2), 3, "Silver"))).toBe("1:Gold 2:Silver 3:Silver 4:Silver");
});

test("whatever is moved, no line is lost, and those that stay keep their order", () => {
  const sections = fc.array(fc.constantFrom("", "Gold", "Silver"), { minLength: 1, maxLength: 9 });
  const ids = fc.uniqueArray(fc.integer({ min: 1, max: 9 }), { minLength: 1 });
  fc.assert(
    fc.property(sections, ids, fc.constantFrom<1 | -1>(1, -1), (given, some, way) => {
      const items = lineup(...given);
      const move = step(items, picked(...some), way);
      if (!move) return;
      const after = moved(items, move)
        .split(" ")
        .map((word) => parseInt(word));
      expect(after.toSorted()).toEqual(items.map(({ id }) => id));
      const stays = (id: number) => !some.includes(id);
      expect(after.filter(stays)).toEqual(items.map(({ id }) => id).filter(stays));
    }),
  );
});

test("a new section takes over the rest of the one it begins in", () => {
  const items = lineup("Gold", "Gold", "Gold", "Silver");
  expect(restOfRun(items, 2)).toEqual([2, 3]);
  expect(restOfRun(items, 4)).toEqual([4]);
});

test("each line begins when those before it have had their time; what is skipped takes none", () => {
  const items = [
    item({ id: 1, planned_seconds: 120 }),
    item({ id: 2, skipped: true, planned_seconds: 600 }),
    item({ id: 3 }),
    item({ id: 4 }),
  ];
  const session = { duration_minutes: 10, scheduled_at: "2026-11-27T18:00:00+00:00" };
  const found = times(items, session);
  expect([...found.starts.values()]).toEqual([0, 120, 120, 360]);
  expect([found.total, found.over, found.sharing]).toEqual([600, 0, 2]);
  expect(new Date(found.ends!).toISOString()).toBe("2026-11-27T18:10:00.000Z");
});

test("a lineup that is longer than the show says by how much", () => {
  const items = [item({ id: 1, planned_seconds: 3600 }), item({ id: 2, planned_seconds: 3540 })];
  const found = times(items, { duration_minutes: 100, scheduled_at: null });
  expect([found.over, found.ends]).toEqual([19 * 60, undefined]);
  expect(times([], { duration_minutes: 100, scheduled_at: null }).over).toBe(0);
});

test("spans are read at a glance", () => {
  expect([span(150), span(9000), span(59)]).toEqual(["2:30", "2:30:00", "0:59"]);
  expect([roughly(1140), roughly(-4200), roughly(3600), roughly(31)]).toEqual([
    "19 min",
    "1 h 10 min",
    "1 h",
    "1 min",
  ]);
});
