/** Where others are, and what they hear of this window's selection. */

import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { IDLE_MS, isIdle } from "./cursors";
import { MemoryBrowser } from "./pending";
import { refusal, SimulatedServer } from "./testing/server";
import { Window } from "./testing/window";
import type { Cursor } from "./types";

const pass = (milliseconds = 10) => vi.advanceTimersByTimeAsync(milliseconds);

let server: SimulatedServer;
let mia: Window;

beforeEach(async () => {
  vi.useFakeTimers();
  server = new SimulatedServer([{ insert: "hello\n" }]);
  mia = new Window(server, new MemoryBrowser(), 1);
  await pass();
});
afterEach(() => void vi.useRealTimers());

const tom = (anchor: number, head: number, version: number): Cursor => ({
  anchor,
  head,
  version,
  window: "tom's",
  user_id: 2,
  name: "Tom",
});
const heard = (cursor: Cursor) => mia.wire.deliver("remote_cursor", cursor);
const shown = () => mia.client.cursors.all.map(({ anchor, head }) => [anchor, head]);
const told = () =>
  mia.wire.pushed.filter(({ event }) => event === "cursor_update").map(({ payload }) => payload);
const other = (text: string) =>
  server.update(9, { change: [{ insert: text }], version: server.version, op_id: crypto.randomUUID() });

test("a cursor is shown where it is in this window's text: over what it had not seen, and what is unsent here", async () => {
  mia.wire.intercept = (event) => (event === "update" ? refusal("unavailable") : undefined);
  other("ab");
  await pass();
  mia.type("X");
  await pass();
  mia.type("Y");
  heard(tom(1, 3, 0));
  await pass();
  expect(shown()).toEqual([[5, 7]]);
  mia.type("Z", 6);
  other("c");
  await pass();
  expect(shown()).toEqual([[6, 9]]);
});

test("one that is ahead waits for its version", async () => {
  heard(tom(3, 3, 1));
  await pass();
  expect(shown()).toEqual([]);
  other("abc");
  await pass();
  expect(shown()).toEqual([[3, 3]]);
});

test("a neighbour is not pushed by what is typed right there", async () => {
  heard(tom(5, 5, 0));
  await pass();
  mia.type("!", 5);
  expect(shown()).toEqual([[5, 5]]);
});

test("who leaves is gone, who does nothing is idle, and nobody sees himself", async () => {
  heard(tom(1, 1, 0));
  heard({ ...tom(2, 2, 0), window: mia.client.joined!.window });
  await pass();
  expect(shown()).toEqual([[1, 1]]);
  const [cursor] = mia.client.cursors.all;
  expect(isIdle(cursor!)).toBe(false);
  await pass(IDLE_MS);
  heard(tom(1, 1, 0));
  await pass();
  expect(isIdle(mia.client.cursors.all[0]!)).toBe(true);
  heard(tom(2, 2, 0));
  await pass();
  expect(isIdle(mia.client.cursors.all[0]!)).toBe(false);
  mia.wire.present(["somebody else's"]);
  expect(shown()).toEqual([]);
});

test("one's own is told ten times a second at most, and the last place is told", async () => {
  for (let place = 0; place < 6; place += 1) {
    mia.client.select(place, place);
    await pass(10);
  }
  await pass(200);
  expect(told()).toEqual([
    { anchor: 0, head: 0, version: 0 },
    { anchor: 5, head: 5, version: 0 },
  ]);
});

test("while a change is under way nothing is told; then it is where others have it", async () => {
  const answers: (() => void)[] = [];
  const push = mia.wire.push.bind(mia.wire);
  mia.wire.push = (async (event: string, payload: Record<string, unknown>) => {
    await new Promise<void>((go) => answers.push(go));
    return push(event, payload);
  }) as typeof mia.wire.push;
  mia.type("abc", 5);
  mia.client.select(8, 8);
  await pass(200);
  expect(told()).toEqual([]);
  mia.type("de", 8);
  mia.client.select(10, 10);
  answers.shift()!();
  await pass(5);
  // The others have "abc" by now, and not yet "de".
  expect(told()).toEqual([{ anchor: 8, head: 8, version: 1 }]);
  await pass(50);
  answers.shift()!();
  await pass(200);
  // And when they have it all, behind the last letter.
  expect(told().at(-1)).toEqual({ anchor: 10, head: 10, version: 2 });
});

test("others' changes move the selection that is told", async () => {
  mia.client.select(2, 4);
  await pass();
  mia.client.select(2, 5);
  other("xx");
  await pass(200);
  expect(told().at(-1)).toEqual({ anchor: 4, head: 7, version: 1 });
});
