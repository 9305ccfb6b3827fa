import { expect, test } from "vitest";
import { ServerClock } from "./server-clock";

const at = (time: string) => Date.parse(`2026-11-21T${time}Z`);

test("before the server has said anything it is this machine's time", () =>
  expect(new ServerClock().now(5_000)).toBe(5_000));

test("a machine whose clock is wrong is put right", () => {
  const clock = new ServerClock();
  clock.told("1970-01-01T00:01:00+00:00", 5_000);
  expect(clock.now(6_000)).toBe(61_000);
});

test("what is no time changes nothing", () => {
  const clock = new ServerClock();
  clock.told("soon", 5_000);
  expect(clock.now(6_000)).toBe(6_000);
});

test("an answer is half its round trip old, and the quickest answer counts", () => {
  const clock = new ServerClock();
  clock.answered("2026-11-21T18:00:10.000Z", at("18:00:00.000"), at("18:00:00.400"));
  expect(clock.now(at("18:00:00.400"))).toBe(at("18:00:10.200"));
  clock.answered("2026-11-21T18:00:30.000Z", at("18:00:20.000"), at("18:00:22.000")); // slow, and a second off
  expect(clock.now(at("18:00:20.000"))).toBe(at("18:00:29.800"));
  clock.answered("2026-11-21T18:00:30.010Z", at("18:00:20.000"), at("18:00:20.020"));
  expect(clock.now(at("18:00:20.000"))).toBe(at("18:00:30.000"));
});

test("what the server tells by itself does not spoil what was measured", () => {
  const clock = new ServerClock();
  clock.answered("2026-11-21T18:00:10.000Z", at("18:00:00.000"), at("18:00:00.000"));
  clock.told("2026-11-21T18:00:10.000Z", at("18:00:05.000"));
  expect(clock.now(at("18:00:00.000"))).toBe(at("18:00:10.000"));
});
