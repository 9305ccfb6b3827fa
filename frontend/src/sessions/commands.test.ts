import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Commands, inWords, onItsWay } from "./commands.svelte";

let commands: Commands;

beforeEach(() => {
  vi.useFakeTimers();
  commands = new Commands();
  commands.arrived(10);
});
afterEach(() => vi.useRealTimers());

const pass = (ms = 0) => vi.advanceTimersByTimeAsync(ms);
const next = (itemId?: number) => commands.begin("next", "next product", itemId);

test("a command on a good network is never shown", async () => {
  const command = next();
  await pass(149);
  void commands.done(command, 11);
  commands.arrived(11);
  await pass(1000);
  expect([commands.slow, commands.underway]).toEqual([[], []]);
});

test("one that takes 150 ms is shown, with the line it leads to", async () => {
  next(4);
  await pass(150);
  expect(commands.heading).toBe(4);
  expect(onItsWay(commands.slow, "connected")).toBe("Sending: next product…");
  next(5);
  await pass(150);
  expect(commands.heading).toBe(5);
  expect(onItsWay(commands.slow, "connected")).toBe("Sending: next product and 1 more…");
});

test("without a connection it is said how many wait for it", async () => {
  for (let times = 0; times < 3; times += 1) next();
  await pass(150);
  expect(onItsWay(commands.slow, "reconnecting")).toBe("3 waiting for the connection");
  expect(onItsWay([], "reconnecting")).toBe("");
});

test("an answer alone is not the end: its version has to come", async () => {
  const command = next();
  const done = commands.done(command, 12);
  commands.arrived(11);
  await pass();
  expect(commands.underway).toEqual([command]);
  commands.arrived(12);
  await done;
  expect(commands.underway).toEqual([]);
});

test("news that never come do not keep a command for ever", async () => {
  void commands.done(next(), 12);
  await pass(5000);
  expect(commands.underway).toEqual([]);
});

test("a refusal says what was to be done, for eight seconds", async () => {
  commands.failed(commands.begin("jump", inWords("jump", { number: 99 })), "Invalid product number");
  expect(commands.failures.map(({ text }) => text)).toEqual(["Jump to 99: Invalid product number"]);
  await pass(7999);
  expect(commands.failures).toHaveLength(1);
  await pass(1);
  expect(commands.failures).toEqual([]);
});

test("the next success of its kind takes it away, another's does not", async () => {
  commands.fail("jump", "jump to 99", "Invalid product number");
  commands.fail("send_message", "message to the host", "Type a message first");
  void commands.done(commands.begin("show_card", "show the card"), 10);
  expect(commands.failures).toHaveLength(2);
  void commands.done(next(), 10);
  expect(commands.failures.map(({ kind }) => kind)).toEqual(["send_message"]);
});

test("one notice of a kind at a time, each a new one, so that it is read out again", () => {
  commands.fail("jump", "jump to 99", "Invalid product number");
  const [first] = commands.failures;
  commands.fail("jump", "jump to 99", "Invalid product number");
  expect(commands.failures).toHaveLength(1);
  expect(commands.failures[0]!.id).not.toBe(first!.id);
});

test("Escape takes the notices away, and tells whether there were any", () => {
  commands.fail("jump", "jump to 99", "Invalid product number");
  expect([commands.dismiss(), commands.failures, commands.dismiss()]).toEqual([true, [], false]);
});

test.each([
  ["next", {}, "next product"],
  ["jump", { number: 7 }, "jump to 7"],
  ["pause_clock", {}, "pause clock"],
])("%s %j is said as %j", (event, payload, words) => expect(inWords(event, payload)).toBe(words));
