import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { FakeServer } from "../testing/fake-server";
import type { LiveSocket } from "../live/connection";
import { PresenceStore } from "./presence.svelte";

const TOPIC = "session:1:presence";
const mia = (ref: string, page = "producer") => ({ phx_ref: ref, name: "Mia", page });
let server: FakeServer;
let socket: LiveSocket;

beforeEach(async () => {
  vi.useFakeTimers();
  server = new FakeServer();
  socket = server.connect();
  await vi.advanceTimersByTimeAsync(0);
});

afterEach(() => {
  socket.socket.disconnect();
  vi.useRealTimers();
});

test("one person with two pages is one person; who leaves is gone", async () => {
  const store = new PresenceStore(socket, 1, "producer");
  await vi.advanceTimersByTimeAsync(0);
  server.broadcast(TOPIC, "presence_state", {
    "person:1": { metas: [mia("a"), mia("b", "host")] },
    "person:2": { metas: [{ phx_ref: "c", name: "Tom", page: "host" }] },
  });
  expect(store.people).toEqual([
    { key: "person:1", name: "Mia", pages: ["producer", "host"] },
    { key: "person:2", name: "Tom", pages: ["host"] },
  ]);
  server.broadcast(TOPIC, "presence_diff", {
    joins: {},
    leaves: { "person:1": { metas: [mia("b", "host")] } },
  });
  expect(store.people[0]!.pages).toEqual(["producer"]);
  server.broadcast(TOPIC, "presence_diff", { joins: {}, leaves: { "person:1": { metas: [mia("a")] } } });
  expect(store.people.map((one) => one.name)).toEqual(["Tom"]);
});
