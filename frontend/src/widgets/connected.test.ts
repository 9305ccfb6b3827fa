import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { LiveSocket } from "../live/connection";
import { FakeServer } from "../testing/fake-server";
import { ConnectedStore, frames, lasted, type PageRow } from "./connected.svelte";

const TOPIC = "overlay_pages:1";
const page = (ref: string, more: Partial<PageRow> = {}): PageRow => ({
  build: "b1",
  visible: true,
  active: null,
  width: 1920,
  height: 1080,
  obs: true,
  frame_ms: 4,
  since: "2026-11-22T18:00:00Z",
  at: "2026-11-22T18:00:00Z",
  phx_ref: ref,
  ...more,
});
let server: FakeServer;
let socket: LiveSocket;
let store: ConnectedStore;

beforeEach(async () => {
  vi.useFakeTimers();
  server = new FakeServer();
  server.snapshots[TOPIC] = { build: "b2", server_time: new Date().toISOString() };
  socket = server.connect();
  store = new ConnectedStore();
  store.follow(socket, 1);
  await vi.advanceTimersByTimeAsync(0);
  server.broadcast(TOPIC, "presence_state", { "4": { metas: [page("a"), page("b")] } });
});
afterEach(() => {
  socket.close();
  vi.useRealTimers();
});

test("pages come, report again and go", () => {
  expect([store.ready, store.build, store.pages.get(4)?.length]).toEqual([true, "b2", 2]);
  server.broadcast(TOPIC, "presence_diff", {
    joins: { "4": { metas: [page("c", { visible: false })] } },
    leaves: { "4": { metas: [page("a")] } },
  });
  expect(store.pages.get(4)?.map(({ phx_ref, visible }) => [phx_ref, visible])).toEqual([
    ["b", true],
    ["c", false],
  ]);
  server.broadcast(TOPIC, "presence_diff", { joins: {}, leaves: { "4": { metas: [page("b"), page("c")] } } });
  expect(store.pages.get(4)).toBeUndefined();
});

test("a frame is said in words", () => {
  expect(frames(page("a"))).toBe("Drawing");
  expect(frames(page("a", { frame_ms: null, visible: false }))).toBe("No frame while hidden");
  expect(frames(page("a", { frame_ms: 180_000 }))).toBe("Last frame 3 min before its report");
  expect([lasted(-5), lasted(40_000), lasted(7_200_000)]).toEqual(["0 s", "40 s", "2 h"]);
});
