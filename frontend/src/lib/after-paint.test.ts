import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { afterPaint, whenIdle } from "./after-paint";

let frames: FrameRequestCallback[];
beforeEach(() => {
  vi.useFakeTimers();
  frames = [];
  vi.stubGlobal("requestAnimationFrame", (frame: FrameRequestCallback) => frames.push(frame));
  vi.stubGlobal("cancelAnimationFrame", () => (frames = []));
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});
const draw = () => frames.splice(0).forEach((frame) => frame(0));

test("it waits for the frame, and then for the end of it", () => {
  const then = vi.fn();
  afterPaint(then);
  vi.advanceTimersByTime(50);
  draw();
  expect(then).not.toHaveBeenCalled();
  vi.advanceTimersByTime(0);
  expect(then).toHaveBeenCalledTimes(1);
});

test("a page that draws no frames goes on, and once only", () => {
  const then = vi.fn();
  afterPaint(then);
  vi.advanceTimersByTime(100);
  expect(then).toHaveBeenCalledTimes(1);
  vi.advanceTimersByTime(1000);
  expect(then).toHaveBeenCalledTimes(1);
});

test("what is called off is not called, before the frame or behind it", () => {
  const then = vi.fn();
  afterPaint(then)();
  const late = afterPaint(then);
  draw();
  late();
  vi.advanceTimersByTime(1000);
  expect(then).not.toHaveBeenCalled();
});

test("a browser without idle callbacks is given a moment", () => {
  const then = vi.fn();
  whenIdle(then);
  vi.advanceTimersByTime(199);
  expect(then).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1);
  expect(then).toHaveBeenCalledTimes(1);
});
