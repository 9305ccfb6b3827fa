import { flushSync } from "svelte";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { LiveSocket } from "../live/connection";
import { facts, item, live, meta, state } from "../sessions/samples";
import { SessionStore } from "../sessions/session.svelte";
import type { LiveState } from "../sessions/types";
import { FakeServer } from "../testing/fake-server";
import { HoldingStore } from "./holding.svelte";
import type { Kept } from "./record";

const STATE = "session:1:state";
const META = "session:1:meta";
const NOON = Date.parse("2026-01-01T12:00:00Z");
let server: FakeServer;
let socket: LiveSocket;
let store: SessionStore;
let holding: HoldingStore;

beforeEach(() => {
  vi.useFakeTimers({ now: NOON });
  server = new FakeServer();
  server.snapshots[STATE] = { ...state() };
  server.snapshots[META] = { ...meta() };
});
afterEach(() => {
  holding.close();
  socket.close();
  vi.useRealTimers();
});

const pass = (ms = 0) => vi.advanceTimersByTimeAsync(ms);

async function opened({ kept, search = "" }: { kept?: Kept; search?: string } = {}): Promise<void> {
  store = new SessionStore(search);
  holding = new HoldingStore(store);
  socket = server.connect();
  store.follow(socket, 1);
  holding.follow(socket);
  holding.take(kept);
  await pass();
  flushSync();
}

/** The server is gone for good measure. */
async function cut(ms = 1500): Promise<void> {
  server.up = false;
  server.drop();
  await pass(ms);
}

/** … and back, with this on air. */
async function back(more: Partial<LiveState> = {}): Promise<void> {
  server.snapshots[STATE] = { ...state(more) };
  server.up = true;
  await pass(2000);
}

const kept = (more: Partial<LiveState> = {}): Kept => ({
  live: live(more),
  can: { drive: false, acknowledge: true },
  heardAt: NOON - 60_000,
  owed: null,
  question: null,
  session: facts,
  items: Array.from({ length: 5 }, (_, index) => item({ id: index + 1 })),
});
/** What was sent, but for the question what time it is. */
const commands = () => server.pushes.filter(({ event }) => event !== "time");
const message = (id: string) => ({ id, text: "hi", color: "amber" as const, sent_at: "", acked_at: null });

test("a break is spoken of after a second, with the time of the server's last word", async () => {
  await opened();
  await pass(3000);
  server.broadcast(STATE, "state_changed", { ...live({ version: 11 }) });
  await cut(900);
  expect([holding.away, holding.holding]).toEqual([true, false]);
  await pass(200);
  expect([holding.holding, holding.heardAt]).toEqual([true, NOON + 3000]);
  await back({ version: 11 });
  expect([holding.away, holding.holding]).toEqual([false, false]);
});

test("a host steps alone: nothing is sent, and the first snapshot ends it", async () => {
  await opened();
  await cut();
  holding.step("next");
  holding.step("next_image");
  holding.jump(4);
  holding.step("next");
  expect([store.shown?.id, holding.stepping, store.onAir?.id, holding.next]).toEqual([5, true, 1, undefined]);
  holding.step("next");
  expect([store.shown?.id, holding.said]).toEqual([5, "This is the last product"]);
  await back({ version: 10 }); // the show has not moved at all
  expect([store.shown?.id, holding.stepping, holding.said]).toEqual([1, false, ""]);
  expect(commands()).toEqual([]);
});

test("stepping back to where the show was is stepping no more", async () => {
  await opened();
  await cut();
  holding.step("next");
  expect(holding.stepping).toBe(true);
  holding.step("previous");
  expect([holding.stepping, store.shown?.id]).toEqual([false, 1]);
});

test("who steps in the first second is told at once, and a screen that follows does not step", async () => {
  await opened();
  holding.step("next");
  expect([store.shown?.id, holding.holding]).toEqual([1, false]);
  await cut(100);
  expect(holding.holding).toBe(false);
  holding.step("next");
  expect([store.shown?.id, holding.stepping]).toEqual([2, true]);
});

test("typed digits lead to that number, and are forgotten after a while", async () => {
  await opened();
  await cut();
  holding.type("4");
  expect([holding.digits, holding.enter(), store.shown?.id]).toEqual(["4", true, 4]);
  holding.type("2");
  await pass(2500);
  expect([holding.digits, holding.enter()]).toEqual(["", false]);
});

test("what was kept is shown until the server speaks, which then wins even with an older version", async () => {
  server.up = false;
  await opened({ kept: kept({ version: 99, item_id: 3 }) });
  await pass(1200);
  expect([store.shown?.id, holding.holding, holding.heardAt]).toEqual([3, true, NOON - 60_000]);
  await back({ version: 10, item_id: 2 });
  expect([store.shown?.id, holding.holding]).toEqual([2, false]);
  server.broadcast(STATE, "state_changed", { ...live({ version: 11, item_id: 4 }) });
  expect(store.shown?.id).toBe(4);
});

test("what was kept comes too late when the server was faster", async () => {
  await opened();
  holding.take(kept({ version: 99, item_id: 3 }));
  expect([store.shown?.id, store.live?.version]).toEqual([1, 10]);
});

test("a bookmark counts on a load that finds the server, and not after a break", async () => {
  await opened({ kept: kept({ item_id: 2 }), search: "?sp=3" });
  expect(store.shown?.id).toBe(3);
  await cut();
  await back({ version: 10 });
  expect(store.shown?.id).toBe(1);
  socket.close();
  server.up = false;
  await opened({ kept: kept({ item_id: 2 }), search: "?sp=3" });
  await pass(1200);
  expect(store.shown?.id).toBe(2);
  await back();
  expect(store.shown?.id).toBe(1);
});

test("a message seen while away is told once when the server is back, and counts here at once", async () => {
  server.snapshots[STATE] = { ...state({ message: message("m1") }) };
  await opened();
  await cut();
  holding.acknowledge();
  expect([!!holding.live?.message?.acked_at, store.live?.message?.acked_at]).toEqual([true, null]);
  const opId = holding.owed?.opId;
  await back({ version: 12, message: message("m1") });
  expect(commands().map(({ event, payload }) => [event, payload])).toEqual([
    ["ack_message", { op_id: opId }],
  ]);
  // Broken off before the answer: asked again under the same id.
  await cut();
  await back({ version: 12, message: message("m1") });
  expect(new Set(commands().map(({ payload }) => payload["op_id"]))).toEqual(new Set([opId]));
  server.reply(commands().at(-1)!, { version: 13 });
  await pass();
  expect(holding.owed).toBe(null);
});

test("another message than the one that was seen is not acknowledged", async () => {
  server.snapshots[STATE] = { ...state({ message: message("m1") }) };
  await opened();
  await cut();
  holding.acknowledge();
  await back({ version: 12, message: message("m2") });
  expect([commands(), holding.owed]).toEqual([[], null]);
  expect(holding.live?.message?.acked_at).toBe(null);
});

test("what was seen before a reload is still told after it", async () => {
  server.snapshots[STATE] = { ...state({ message: message("m1") }) };
  const owed = { messageId: "m1", opId: "00000000-0000-4000-8000-000000000001" };
  await opened({ kept: { ...kept({ message: message("m1") }), owed } });
  expect(commands().map(({ payload }) => payload["op_id"])).toEqual([owed.opId]);
});
