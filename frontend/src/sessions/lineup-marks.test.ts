import { expect, test } from "vitest";
import { LineupMarks } from "./lineup-marks.svelte";

const none = {
  onAir: undefined,
  ready: undefined,
  next: undefined,
  shown: undefined,
  waiting: undefined,
  enter: undefined,
};

test("the marks move with the show, and leave nothing behind", () => {
  const marks = new LineupMarks();
  marks.put({ ...none, onAir: 1, shown: 1, next: 2 });
  expect([marks.of(1).onAir, marks.of(1).shown, marks.of(2).next]).toEqual([true, true, true]);
  marks.put({ ...none, onAir: 2, shown: 2, next: 3 });
  expect([marks.of(1).onAir, marks.of(1).shown, marks.of(2).next]).toEqual([false, false, false]);
  expect([marks.of(2).onAir, marks.of(3).next]).toEqual([true, true]);
});

test("a key press changes the rows it concerns and no other", () => {
  const marks = new LineupMarks();
  const ids = Array.from({ length: 2000 }, (_, index) => index + 1);
  const drawn = () => ids.map((id) => [marks.of(id).onAir, marks.of(id).next, marks.of(id).shown].join());
  marks.keep(ids);
  marks.put({ ...none, onAir: 1, shown: 1, next: 2 });
  const before = drawn();
  marks.put({ ...none, onAir: 2, shown: 2, next: 3 });
  const after = drawn();
  expect(ids.filter((id) => before[id - 1] !== after[id - 1])).toEqual([1, 2, 3]);
});

test("a line that is taken out and put back is marked where it is on air", () => {
  const marks = new LineupMarks();
  marks.keep([1, 2]);
  marks.put({ ...none, onAir: 2 });
  marks.keep([1]);
  marks.keep([1, 2]);
  marks.put({ ...none, onAir: 2 });
  expect(marks.of(2).onAir).toBe(true);
});
