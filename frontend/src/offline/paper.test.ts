import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { EVERY_MS, PaperHold } from "./paper";

const worker = { start: vi.fn(), again: vi.fn() };
let paper: PaperHold;

beforeEach(() => {
  vi.useFakeTimers();
  vi.clearAllMocks();
  paper = new PaperHold(worker);
});
afterEach(() => {
  vi.useRealTimers();
});

test("the paper is held when the console opens, and anew when the show begins", () => {
  paper.start();
  paper.follow(undefined);
  paper.follow("draft");
  expect([worker.start.mock.calls.length, worker.again.mock.calls.length]).toEqual([1, 0]);
  paper.follow("live");
  paper.follow("live");
  expect(worker.again).toHaveBeenCalledTimes(1);
});

test("it is kept up while the show runs, and no longer", () => {
  paper.follow("rehearsal");
  vi.advanceTimersByTime(2 * EVERY_MS);
  expect(worker.again).toHaveBeenCalledTimes(3);
  paper.follow("draft");
  vi.advanceTimersByTime(2 * EVERY_MS);
  expect(worker.again).toHaveBeenCalledTimes(3);
  paper.follow("live");
  paper.stop();
  vi.advanceTimersByTime(2 * EVERY_MS);
  expect(worker.again).toHaveBeenCalledTimes(4);
});
