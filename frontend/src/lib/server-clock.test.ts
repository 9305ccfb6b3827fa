import { expect, test } from "vitest";
import { ServerClock } from "./server-clock";

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
