import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { LiveSocket } from "../live/connection";
import { FakeServer } from "../testing/fake-server";
import { LayoutStore, type KindRow } from "./layout.svelte";
import type { Box, OverlayRow } from "./types";

const TOPIC = "overlay:4";
const chat: Box = { id: "chat", type: "chat", x: 10, y: 20, width: 300, height: 400, shown: true };
const goal: KindRow = { type: "goal", name: "Goal", says: "", width: 440, height: 110, frames: [] };
const row = (version: number, boxes: readonly Box[] = [chat]): OverlayRow => ({
  id: 4,
  name: "Main",
  width: 1920,
  height: 1080,
  version,
  boxes,
});
let server: FakeServer;
let socket: LiveSocket;
let store: LayoutStore;
let version: number;

beforeEach(async () => {
  vi.useFakeTimers();
  server = new FakeServer();
  version = 1;
  server.snapshots[TOPIC] = { overlay: row(1), configs: {} };
  server.answer = () => ({ version: (version += 1) });
  socket = server.connect();
  store = new LayoutStore(row(1), {});
  store.follow(socket, 1);
  await pass();
});
afterEach(() => {
  socket.close();
  vi.useRealTimers();
});

const pass = (ms = 0) => vi.advanceTimersByTimeAsync(ms);
const saves = () => server.pushes.map(({ payload }) => payload["boxes"] as Box[]);
const x = () => store.boxes[0]?.x;

test("a change is kept by itself, and what follows at once goes along", async () => {
  store.place("chat", { ...chat, x: 11 });
  store.place("chat", { ...chat, x: 12 });
  expect(store.unsaved).toBe(true);
  await pass(200);
  expect(saves().map((boxes) => boxes[0]?.x)).toEqual([12]);
  expect(store.unsaved).toBe(false);
});

test("what is changed while it is being kept is kept after it", async () => {
  server.answer = undefined;
  store.place("chat", { ...chat, x: 11 });
  await pass(100);
  store.place("chat", { ...chat, x: 50 });
  await pass(500);
  expect(saves()).toHaveLength(1);
  server.reply(server.pushes[0]!, { version: 2 });
  await pass(100);
  expect(saves().map((boxes) => boxes[0]?.x)).toEqual([11, 50]);
  server.reply(server.pushes[1]!, { version: 3 });
  await pass();
  expect(store.unsaved).toBe(false);
});

test("a drag is one step back, key presses that follow on each other are one", async () => {
  store.takeUp();
  for (let to = 11; to < 40; to += 1) store.drag("chat", { ...chat, x: to });
  store.drop();
  for (let to = 40; to < 45; to += 1) store.place("chat", { ...chat, x: to }, "nudge chat");
  await pass(1_000);
  store.place("chat", { ...chat, x: 99 }, "nudge chat");
  expect(x()).toBe(99);
  store.undo();
  expect(x()).toBe(44);
  store.undo();
  expect(x()).toBe(39);
  store.undo();
  expect([x(), store.past.length]).toEqual([10, 0]);
  store.redo();
  expect(x()).toBe(39);
});

test("a drag that is let go leaves everything as it was", async () => {
  store.takeUp();
  store.drag("chat", { ...chat, x: 500 });
  store.letGo();
  await pass(500);
  expect([x(), store.past.length]).toEqual([10, 0]);
  expect(saves().at(-1)?.[0]?.x ?? 10).toBe(10);
});

test("adding, hiding, ordering and removing can be taken back", async () => {
  store.add(goal);
  expect(store.boxes.map(({ id }) => id)).toEqual(["chat", "goal"]);
  expect(store.chosen).toBe("goal");
  store.reorder("goal", -1);
  store.toggle("goal");
  expect(store.boxes[0]).toMatchObject({ id: "goal", shown: false });
  expect(store.remove("goal")).toBe("chat");
  for (let n = 0; n < 4; n += 1) store.undo();
  expect(store.boxes).toEqual([chat]);
  await pass(500);
  expect(saves().at(-1)).toEqual([chat]);
});

test("what somebody else did is seen, and own steps back would undo it: there are none", async () => {
  store.place("chat", { ...chat, x: 11 });
  await pass(200);
  server.broadcast(TOPIC, "overlay_changed", { ...row(9, [{ ...chat, x: 700 }]) });
  expect([x(), store.past.length, store.said]).toEqual([700, 0, "Somebody else has changed this layout."]);
});

test("of two at once the newer wins, whichever answer comes first", async () => {
  server.answer = undefined;
  store.place("chat", { ...chat, x: 11 });
  await pass(100);
  // Theirs was kept before ours: ours stays.
  server.broadcast(TOPIC, "overlay_changed", { ...row(2, [{ ...chat, x: 700 }]) });
  server.broadcast(TOPIC, "overlay_changed", { ...row(3, [{ ...chat, x: 11 }]) });
  server.reply(server.pushes[0]!, { version: 3 });
  await pass();
  expect(x()).toBe(11);
  store.place("chat", { ...chat, x: 12 });
  await pass(100);
  // Theirs after ours: theirs is shown.
  server.broadcast(TOPIC, "overlay_changed", { ...row(5, [{ ...chat, x: 800 }]) });
  server.reply(server.pushes[1]!, { version: 4 });
  await pass();
  expect(x()).toBe(800);
});

test("own echo does not pull a box back under the hand", async () => {
  store.takeUp();
  store.drag("chat", { ...chat, x: 30 });
  await pass(100);
  store.drag("chat", { ...chat, x: 60 });
  server.broadcast(TOPIC, "overlay_changed", { ...row(2, [{ ...chat, x: 30 }]) });
  expect(x()).toBe(60);
  await pass(200);
  expect(saves().at(-1)?.[0]?.x).toBe(60);
});

test("over a break nothing is lost: it is kept when the server is back", async () => {
  server.up = false;
  server.drop();
  await pass();
  store.place("chat", { ...chat, x: 77 });
  await pass(40_000);
  expect(store.said).toContain("Not saved yet");
  expect(x()).toBe(77);
  server.up = true;
  await pass(3_000);
  expect(saves().at(-1)?.[0]?.x).toBe(77);
  expect([store.unsaved, store.said]).toEqual([false, ""]);
});
